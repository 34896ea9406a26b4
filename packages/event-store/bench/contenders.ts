import { randomUUID } from 'node:crypto';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import { createEventStore } from '../src/event-store.ts';
import type { EventCodec } from '../src/types.ts';
import type { Contender } from './contender.ts';
import type { BenchDatabase } from './database.ts';

/** An event of the size that a registered case has on the bus. */
export const PAYLOAD: Buffer = Buffer.alloc(300, 'a case that was registered at a desk ');
export const TYPE = 'intake.CaseRegistered';
const ANSWER = JSON.stringify({ caseId: randomUUID(), stream: `case-${randomUUID()}`, version: 1 });
const REQUEST_HASH = Buffer.alloc(32, 7);

/** Encoding is not what is measured here: every contender gets the bytes ready. */
export const readyMade: EventCodec = {
  encode: () => ({ schemaId: 1, payload: PAYLOAD }),
  decode: () => ({ type: TYPE, schemaId: 1, data: {} }),
};

/**
 * One prepared INSERT into the same events table with the same indexes, its own transaction, a connection for each
 * writer: nothing is checked, nothing else is stored.
 */
export async function bare(database: BenchDatabase, writers: number, events: number): Promise<Contender> {
  const pool = database.admin(writers);
  await pool.query('create schema if not exists bench; create sequence if not exists bench.position');
  const rows = Array.from({ length: events }, (_, row) => {
    const parameters = Array.from({ length: 7 }, (_, column) => `$${row * 7 + column + 1}`);
    return `(nextval('bench.position'), ${parameters.join(', ')}, clock_timestamp())`;
  });
  const text = `
    insert into event_store.events
      (position, stream_id, version, type, schema_id, payload, meta, event_id, recorded_at)
    values ${rows.join(', ')}`;
  return {
    name: 'bare `INSERT`',
    append() {
      const streamId = `case-${randomUUID()}`;
      const values = rows.flatMap((_, row) => [streamId, row + 1, TYPE, 1, PAYLOAD, '{}', randomUUID()]);
      return pool.query({ name: `bare_${events}`, text, values });
    },
    reset: () => emptied(database),
    close: () => pool.end(),
  };
}

/** The route's append: expected version, idempotency row with the stored answer, all indexes. */
export async function eventStore(database: BenchDatabase, events: number): Promise<Contender> {
  const pool = database.writer(4);
  const store = await createEventStore({ pool, codec: readyMade });
  const list = Array.from({ length: events }, () => ({ type: TYPE, data: {} }));
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

/** The same bytes as JSON by emmett, a connection for each writer: expected version, no idempotency row. */
export async function emmett(database: BenchDatabase, writers: number, events: number): Promise<Contender> {
  const pool = database.admin(writers);
  const store = getPostgreSQLEventStore(database.adminUrl, { connectionOptions: { pool } });
  await store.schema.migrate();
  const list = Array.from({ length: events }, () => ({ type: TYPE, data: { text: PAYLOAD.toString().slice(0, 288) } }));
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
