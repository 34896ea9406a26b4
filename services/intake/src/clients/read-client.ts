import type { EventStore, RecordedEvent } from '@vienuviet/event-store';
import type { Privacy, SealedValue } from '@vienuviet/privacy';
import type { EventMap } from '@vienuviet/schemas';
import { type ClientEvent, type ClientState, clientDecider, type SealedFieldName, sealedFields } from './client.ts';
import type { ClientData } from './client-data.ts';

/** A client as its stream says, still sealed. */
export interface StoredClient {
  readonly subjectId: string;
  readonly state: ClientState;
  /** 0 when there is none. */
  readonly version: number;
  /** The event that says all that is known; undefined when there is none. */
  readonly last: RecordedClient | undefined;
}

type RecordedClient = RecordedEvent<string, EventMap['intake.ClientRegistered'] | EventMap['intake.ClientChanged']>;

const streamOf = (subjectId: string): string => `client-${subjectId}`;

export async function readClient(store: EventStore, subjectId: string): Promise<StoredClient> {
  const events = await store.readStream(streamOf(subjectId));
  const state = events.reduce(
    (before, event) => clientDecider.evolve(before, event as unknown as ClientEvent),
    clientDecider.initialState,
  );
  const last = events.findLast(({ type }) => type === 'intake.ClientRegistered' || type === 'intake.ClientChanged');
  return { subjectId, state, version: events.at(-1)?.version ?? 0, last: last as RecordedClient | undefined };
}

/** Records that were found to be one person: so many may follow one another. */
const mostMerges = 20;

/** The client that an id leads to now: the record it was merged into, where it was. */
export async function readCurrentClient(store: EventStore, subjectId: string): Promise<StoredClient> {
  let client = await readClient(store, subjectId);
  for (let step = 0; step < mostMerges && client.state.status === 'merged'; step++) {
    client = await readClient(store, client.state.mergedInto!);
  }
  return client;
}

/** What is known of clients, in clear; null for one who was erased, or never was. One question to the keys for all. */
export async function openClients(
  privacy: Pick<Privacy, 'open'>,
  clients: readonly StoredClient[],
): Promise<(ClientData | null)[]> {
  const asked: { client: number; name: SealedFieldName; value: SealedValue }[] = [];
  clients.forEach(({ subjectId, last }, client) => {
    for (const name of sealedFields) {
      const envelope = last?.data[name];
      if (!Buffer.isBuffer(envelope) || last === undefined) continue;
      asked.push({ client, name, value: { subjectId, eventId: last.eventId, field: name, envelope } });
    }
  });
  const texts = await privacy.open(asked.map(({ value }) => value));
  const opened = clients.map(() => ({}) as Partial<Record<SealedFieldName, string | null>>);
  asked.forEach(({ client, name }, index) => {
    opened[client]![name] = texts[index]!;
  });
  return clients.map(({ last }, index) => dataOf(last, opened[index]!));
}

function dataOf(
  last: RecordedClient | undefined,
  { personalCode, clientName, phone, email, eAddress, postalAddress }: Partial<Record<SealedFieldName, string | null>>,
): ClientData | null {
  if (last === undefined || clientName == null) return null;
  const { kind, language, registrationNumber, codeConfirmed } = last.data;
  return {
    // A later version of the list is not known here, and nothing is guessed.
    kind: kind === 'unknown' ? 'natural' : kind,
    language: language === 'unknown' ? 'other' : language,
    ...{ registrationNumber, codeConfirmed, clientName },
    personalCode: personalCode ?? null,
    phone: phone ?? null,
    email: email ?? null,
    eAddress: eAddress ?? null,
    postalAddress: postalAddress ?? null,
  };
}

export { streamOf as clientStreamOf };
