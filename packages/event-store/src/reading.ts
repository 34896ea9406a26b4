import type { AdmittedAppend } from './admission.ts';
import type { EventCodec, EventMeta, Queryable, RecordedEvent, StoredEvent } from './types.ts';

const STREAM = 'select * from event_store.read_stream($1, $2)';

const FEED = 'select * from event_store.read_feed($1, $2, $3)';

const LAST_POSITION = 'select position from event_store.events order by position desc limit 1';

const COMMAND = 'select request_hash, answer from event_store.find_command($1, $2)';

/** The answer to a repeated command and, for a new one, the stream to decide on: one round trip. */
const COMMAND_OR_STREAM = `
  select null as position, null as stream_id, null as version, null as type, null as schema_id, request_hash as payload,
         null as meta, null as event_id, null as recorded_at, answer
    from event_store.find_command($2, $3)
  union all
  select *, null from event_store.read_stream($1, 1)`;

/** Columns of `event_store.stored_event`; bigint comes as number or text, as the pool is made. */
type EventRow = [
  position: number | string,
  streamId: string,
  version: number | string,
  type: string,
  schemaId: number,
  payload: Buffer,
  meta: string,
  eventId: string,
  recordedAt: number | string,
];
type CommandOrEventRow = [...EventRow, answer: string | null];

export type KnownCommand = { outcome: 'known_command'; answer: string } | { outcome: 'key_reused' } | undefined;

export async function readStream(
  db: Queryable,
  codec: EventCodec,
  streamId: string,
  from: number,
): Promise<RecordedEvent[]> {
  const { rows } = await db.query<EventRow>({
    name: 'event_store_stream',
    text: STREAM,
    values: [streamId, from],
    rowMode: 'array',
  });
  return rows.map((row) => recorded(row, codec));
}

export async function readFeed(db: Queryable, epoch: string, after: number, limit: number): Promise<StoredEvent[]> {
  const { rows } = await db.query<EventRow>({
    name: 'event_store_feed',
    text: FEED,
    values: [after, limit, epoch],
    rowMode: 'array',
  });
  return rows.map(stored);
}

export async function lastPosition(db: Queryable): Promise<number> {
  const { rows } = await db.query<[string | number]>({
    name: 'event_store_last_position',
    text: LAST_POSITION,
    rowMode: 'array',
  });
  return Number(rows[0]?.[0] ?? 0);
}

export async function readEpoch(db: Queryable): Promise<string> {
  const { rows } = await db.query<[string]>({ text: 'select epoch from event_store.store', rowMode: 'array' });
  return rows[0]![0];
}

export async function findCommand(
  db: Queryable,
  key: string,
  scope: string,
  requestHash: Buffer,
): Promise<KnownCommand> {
  const { rows } = await db.query<[Buffer, string]>({
    name: 'event_store_command',
    text: COMMAND,
    values: [key, scope],
    rowMode: 'array',
  });
  const row = rows[0];
  return row === undefined ? undefined : knownCommand(row[0], row[1], requestHash);
}

/** The answer of an append that the store knew already. */
export async function answerOf(db: Queryable, append: AdmittedAppend): Promise<string | undefined> {
  const { keyText, scope, requestHash } = append.command!;
  const known = await findCommand(db, keyText, scope, requestHash);
  return known?.outcome === 'known_command' ? known.answer : undefined;
}

export async function readCommandOrStream(
  db: Queryable,
  codec: EventCodec,
  streamId: string,
  command: { key: string; scope: string; requestHash: Buffer },
): Promise<{ known: KnownCommand; events: RecordedEvent[] }> {
  const { rows } = await db.query<CommandOrEventRow>({
    name: 'event_store_command_or_stream',
    text: COMMAND_OR_STREAM,
    values: [streamId, command.key, command.scope],
    rowMode: 'array',
  });
  const stored = rows.find((row) => row[0] === null);
  if (stored !== undefined) return { known: knownCommand(stored[5], stored[9]!, command.requestHash), events: [] };
  const events = rows.map((row) => recorded(row as unknown as EventRow, codec));
  return { known: undefined, events: events.sort((a, b) => a.version - b.version) };
}

function knownCommand(storedHash: Buffer, answer: string, requestHash: Buffer): KnownCommand {
  return storedHash.equals(requestHash) ? { outcome: 'known_command', answer } : { outcome: 'key_reused' };
}

function stored(row: EventRow): StoredEvent {
  return {
    position: Number(row[0]),
    streamId: row[1],
    version: Number(row[2]),
    type: row[3],
    schemaId: row[4],
    payload: row[5],
    meta: metaOf(row[6]),
    eventId: row[7],
    recordedAt: new Date(Number(row[8])),
  };
}

function recorded(row: EventRow, codec: EventCodec): RecordedEvent {
  return {
    type: row[3],
    data: codec.decode(row[5]).data,
    eventId: row[7],
    streamId: row[1],
    version: Number(row[2]),
    position: Number(row[0]),
    recordedAt: new Date(Number(row[8])),
    meta: metaOf(row[6]),
  };
}

const NO_META: EventMeta = Object.freeze({});

const metaOf = (text: string): EventMeta => (text === '{}' ? NO_META : JSON.parse(text));
