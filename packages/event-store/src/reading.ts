import type { AdmittedAppend } from './admission.ts';
import type { EventCodec, EventMeta, Queryable, RecordedEvent, StoredEvent } from './types.ts';

const COLUMNS = 'position, stream_id, version, type, schema_id, payload, meta, event_id, recorded_at';

const STREAM = `select ${COLUMNS} from event_store.events where stream_id = $1 and version >= $2 order by version`;

/** Reads nothing when the store continues another history than the reader thinks. */
const FEED = `
  select ${COLUMNS} from event_store.events
   where position > $1 and (select epoch from event_store.store) = $3
   order by position limit $2`;

const LAST_POSITION = 'select position from event_store.events order by position desc limit 1';

const COMMAND = 'select request_hash, answer from event_store.commands where key = $1 and scope = $2';

/** The answer to a repeated command and, for a new one, the stream to decide on: one round trip. */
const COMMAND_OR_STREAM = `
  select null::bigint as position, null as stream_id, null::bigint as version, null as type, null::integer as schema_id,
         request_hash as payload, null::jsonb as meta, null::uuid as event_id, null::timestamptz as recorded_at, answer
    from event_store.commands where key = $2 and scope = $3
  union all
  select ${COLUMNS}, null from event_store.events where stream_id = $1`;

type EventRow = [string | number, string, string | number, string, number, Buffer, EventMeta, string, Date];
type CommandOrEventRow = [...EventRow, string | null];

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
    meta: row[6],
    eventId: row[7],
    recordedAt: row[8],
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
    recordedAt: row[8],
    meta: row[6],
  };
}
