import { randomUUID } from 'node:crypto';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import { v7 } from 'uuid';
import { createEventStore } from '../src/event-store.ts';
import type { EventCodec } from '../src/types.ts';
import type { Contender } from './contender.ts';
import type { BenchDatabase } from './database.ts';

/** An event of the size that a registered case has on the bus. */
const PAYLOAD = Buffer.alloc(300, 'a case that was registered at a desk ');
const TYPE = 'intake.CaseRegistered';
const ANSWER = JSON.stringify({ caseId: randomUUID(), stream: `case-${randomUUID()}`, version: 1 });
const REQUEST_HASH = Buffer.alloc(32, 7);

/** Encoding is not what is measured here: every contender gets the bytes ready. */
const codec: EventCodec = {
  encode: () => ({ schemaId: 1, payload: PAYLOAD }),
  decode: () => ({ type: TYPE, schemaId: 1, data: {} }),
};

const BARE = `
  insert into event_store.events
    (position, stream_id, version, type, schema_id, payload, meta, event_id, recorded_at)
  values (nextval('bench.position'), $1, $2, $3, $4, $5, $6, $7, clock_timestamp())`;

/** One prepared INSERT into the same events table, its own transaction: nothing is checked, nothing else is stored. */
export async function bare(database: BenchDatabase, writers: number, events = 1): Promise<Contender> {
  const pool = database.admin(writers);
  await pool.query('create schema if not exists bench; create sequence if not exists bench.position');
  const insert = (client: { query: (config: object) => Promise<unknown> }, streamId: string, version: number) =>
    client.query({ name: 'bare', text: BARE, values: [streamId, version, TYPE, 1, PAYLOAD, '{}', v7()] });
  const several = async (streamId: string) => {
    const client = await pool.connect();
    await client.query('begin');
    for (let version = 1; version <= events; version++) await insert(client, streamId, version);
    await client.query('commit');
    client.release();
  };
  return {
    name: 'bare INSERT',
    append: () => (events === 1 ? insert(pool, `case-${randomUUID()}`, 1) : several(`case-${randomUUID()}`)),
    reset: () => emptied(database),
    close: () => pool.end(),
  };
}

/** The route's append: expected version, idempotency row with the stored answer, all indexes. */
export async function ours(database: BenchDatabase, events = 1): Promise<Contender> {
  const pool = database.writer(4);
  const store = await createEventStore({ pool, codec });
  const event = { type: TYPE, data: {} };
  const list = Array.from({ length: events }, () => event);
  return {
    name: 'event store',
    append: () =>
      store.append({
        streams: [{ streamId: `case-${randomUUID()}`, streamType: 'case', expectedVersion: 'no_stream', events: list }],
        command: { key: randomUUID(), scope: 'clerk.one POST /v1/cases', requestHash: REQUEST_HASH, answer: ANSWER },
      }),
    reset: () => emptied(database),
    async close() {
      await store.close();
      await pool.end();
    },
  };
}

/** The same event by `@event-driven-io/emmett-postgresql`: expected version, no idempotency row, payload as JSON. */
export async function emmett(database: BenchDatabase, writers: number, events = 1): Promise<Contender> {
  const pool = database.admin(writers);
  const store = getPostgreSQLEventStore(database.adminUrl, { connectionOptions: { pool } });
  await store.schema.migrate();
  const event = { type: TYPE, data: { text: PAYLOAD.toString().slice(0, 280) } };
  const list = Array.from({ length: events }, () => event);
  return {
    name: 'emmett-postgresql 0.42',
    append: () =>
      store.appendToStream(`case-${randomUUID()}`, list, { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' }),
    async reset() {
      await pool.query('truncate emt_messages, emt_streams');
      await pool.query('checkpoint');
    },
    async close() {
      await store.close();
      await pool.end();
    },
  };
}

async function emptied(database: BenchDatabase): Promise<void> {
  const pool = database.admin(1);
  await pool.query('truncate event_store.events, event_store.streams, event_store.commands');
  await pool.query('checkpoint');
  await pool.end();
}
