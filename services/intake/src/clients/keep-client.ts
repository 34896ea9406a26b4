/** Writes what became of a client: events, and by what the client is found, in one transaction. */
import { inTransaction } from '@vienuviet/database';
import type { AppendResult, Refusal, StreamRead } from '@vienuviet/event-store';
import {
  denyForeign,
  HttpProblem,
  idempotencyOf,
  markReplayed,
  notFound,
  problem,
  refusalProblem,
} from '@vienuviet/http';
import type { Personal } from '@vienuviet/privacy';
import type { CommandAnswer, ServiceContext } from '@vienuviet/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type pg from 'pg';
import { statusOf } from '../commanding.ts';
import { refusals } from '../errors.ts';
import { type ClientCommand, type ClientRecord, clientDecider } from './client.ts';
import type { ClientData } from './client-data.ts';
import { type IndexEntry, replaceEntries } from './client-index.ts';
import { clientStreamOf, type StoredClient } from './read-client.ts';

export interface Keeping {
  readonly client: StoredClient;
  readonly command: ClientCommand;
  /** By what the client is found from now on; not given: as before. */
  readonly entries?: readonly IndexEntry[];
  /** Streams that the command relies on, at the versions at which they were read. */
  readonly reliesOn?: readonly StreamRead[];
  /** What else is written with the events. */
  readonly also?: (tx: pg.ClientBase) => Promise<unknown>;
}

/** An append that came to nothing: rolls the transaction back. */
class NotAppended extends Error {
  readonly result: Exclude<AppendResult, { outcome: 'appended' }>;

  constructor(result: Exclude<AppendResult, { outcome: 'appended' }>) {
    super('nothing was appended');
    this.result = result;
  }
}

/** The answer to a repeated command; `undefined` when it is new. */
export async function answeredBefore(
  { store }: Pick<ServiceContext, 'store'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<CommandAnswer | undefined> {
  const { key, scope, requestHash } = idempotencyOf(request);
  const known = await store.findCommand(key, scope, requestHash);
  if (known === undefined) return undefined;
  if (known.outcome === 'key_reused') throw problem('idempotency_key_reused');
  markReplayed(reply);
  return JSON.parse(known.answer);
}

/** Keeps what a command does to a client, once for its key. The answer holds ids alone. */
export async function keepClient(
  context: Pick<ServiceContext, 'store' | 'writer'>,
  request: FastifyRequest,
  reply: FastifyReply,
  { client, command, entries, reliesOn = [], also }: Keeping,
): Promise<CommandAnswer> {
  const { store, writer } = context;
  const decision = clientDecider.decide(command, client.state);
  if (!decision.accepted) throw refusedBy(decision.refusal, request);
  const { subjectId } = client;
  const streamId = clientStreamOf(subjectId);
  const version = client.version + decision.events.length;
  const answer: CommandAnswer = { subjectId, stream: streamId, version };
  try {
    await inTransaction(writer, async (tx) => {
      const owner = entries === undefined ? undefined : await replaceEntries(tx, subjectId, entries);
      if (owner !== undefined) throw existsAlready(owner);
      await also?.(tx);
      const result = await store.appendIn(tx, {
        streams: [
          { streamId, streamType: 'client', expectedVersion: client.version, events: decision.events },
          ...reliesOn.map(({ version: expectedVersion, ...stream }) => ({ ...stream, expectedVersion, events: [] })),
        ],
        command: { ...idempotencyOf(request), answer: JSON.stringify(answer) },
        meta: { traceparent: request.trace.traceparent },
      });
      if (result.outcome !== 'appended') throw new NotAppended(result);
    });
  } catch (error) {
    if (!(error instanceof NotAppended)) throw error;
    const { result } = error;
    if (result.outcome === 'key_reused') throw problem('idempotency_key_reused');
    if (result.outcome !== 'known_command') throw problem('concurrent_change', 'Repeat the command with the same key.');
    markReplayed(reply);
    return JSON.parse(result.answer);
  }
  store.announce();
  return answer;
}

/** The record as it goes into an event: what is personal, to be sealed with the client's key. */
export const recordOf = (data: ClientData, personal: (text: string) => Personal): ClientRecord => {
  const sealed = (text: string | null): Personal | null => (text === null ? null : personal(text));
  return {
    ...{ kind: data.kind, language: data.language },
    ...{ registrationNumber: data.registrationNumber, codeConfirmed: data.codeConfirmed },
    personalCode: sealed(data.personalCode),
    clientName: personal(data.clientName),
    phone: sealed(data.phone),
    email: sealed(data.email),
    eAddress: sealed(data.eAddress),
    postalAddress: sealed(data.postalAddress),
  };
};

export const existsAlready = (subjectId: string): HttpProblem =>
  new HttpProblem('client_exists', {
    status: refusals.client_exists,
    title: 'Somebody has this code already',
    detail: 'A client with this code is registered: go on with that one.',
    extensions: { subjectId },
  });

function refusedBy(refusal: Refusal, request: FastifyRequest): unknown {
  if (refusal.code === 'client_not_found') return notFound();
  if (refusal.code === 'client_foreign') return denyForeign(request);
  return refusalProblem(refusal, statusOf(refusal.code));
}
