import type { TestDatabase } from '@vienuviet/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEventStore } from './event-store.ts';
import { jsonCodec } from './test-support/json-codec.ts';
import { append, command, eventStoreDatabase, happened, newStreamId, openStore } from './test-support/store.ts';
import type { EventStore } from './types.ts';

let database: TestDatabase;
let store: EventStore;

beforeAll(async () => {
  database = await eventStoreDatabase();
  store = await openStore(database);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

describe('an empty store', () => {
  test('has position 0 and nothing to read', async () => {
    expect(await store.lastPosition()).toBe(0);
    expect(await store.readFeed(0, 10)).toEqual([]);
    expect(await store.readStream(newStreamId())).toEqual([]);
  });
});

describe('events', () => {
  test('come back byte for byte, empty and huge ones too', async () => {
    const before = await store.lastPosition();
    const streamId = newStreamId();
    const texts = ['', 'ā "quoted" \\ 🙂 \u0000', 'x'.repeat(900_000)];
    await store.append(
      append(
        streamId,
        'any',
        texts.map((text) => happened({ text })),
      ),
    );
    const feed = await store.readFeed(before, 10);
    for (const [index, text] of texts.entries()) {
      const { payload, schemaId } = store.codec.encode('test.Happened', { text }, Buffer.alloc(16));
      expect(feed[index]!.payload.equals(payload)).toBe(true);
      expect(feed[index]).toMatchObject({ type: 'test.Happened', schemaId, streamId, version: index + 1, meta: {} });
    }
    expect((await store.readStream(streamId)).map((event) => event.data)).toEqual(texts.map((text) => ({ text })));
  });

  test('of a thousand in one append keep their order', async () => {
    const streamId = newStreamId();
    await store.append(
      append(
        streamId,
        'any',
        Array.from({ length: 1_000 }, (_, nth) => happened({ nth })),
      ),
    );
    const events = await store.readStream(streamId);
    expect(events.map((event) => (event.data as { nth: number }).nth)).toEqual(
      Array.from({ length: 1_000 }, (_, n) => n),
    );
    const positions = events.map((event) => event.position);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  test('are recorded at an instant that never decreases, even when the clock was set back', async () => {
    const owner = database.pool('owner', 1);
    const ahead = new Date(Date.now() + 3_600_000);
    const position = await store.lastPosition();
    await owner.query('update event_store.events set recorded_at = $2 where position = $1', [position, ahead]);
    await store.append(append(newStreamId(), 'any'));
    await Promise.all([1, 2, 3].map(() => store.append(append(newStreamId(), 'any', [happened(), happened()]))));
    const later = await store.readFeed(position, 10);
    expect(later).toHaveLength(7);
    for (const event of later) expect(event.recordedAt).toEqual(ahead);
    const { rows } = await owner.query(
      `select count(*)::int as decreases from (
         select recorded_at < lag(recorded_at) over (order by position) as decreased from event_store.events) e
        where decreased`,
    );
    expect(rows[0].decreases).toBe(0);
  });
});

describe('reads and appends go by an index, never through the whole table', () => {
  /** How often a table was read from end to end, over all sessions. */
  async function wholeReads(pool: pg.Pool): Promise<unknown> {
    const { rows } =
      await pool.query(`select relname, seq_scan from pg_stat_user_tables where schemaname = 'event_store'
        and relname in ('events', 'streams', 'commands') order by 1`);
    return rows;
  }

  const fill = (owner: pg.Pool, table: 'events' | 'commands', rows: number) =>
    owner.query(
      table === 'events'
        ? `insert into event_store.events (position, stream_id, version, type, schema_id, payload, meta, event_id, recorded_at)
           select p + n, 'case-' || (p + n), 1, 'test.Happened', 1, repeat('x', 300)::bytea, '{}', gen_random_uuid(), now()
             from generate_series(1, ${rows}) as n, (select coalesce(max(position), 0) as p from event_store.events) last`
        : `insert into event_store.commands (key, scope, request_hash, answer, recorded_at)
           select gen_random_uuid(), 'clerk', 'x', '', now() from generate_series(1, ${rows})`,
    );

  test('with plans that a session made when the store was tiny, and whatever the size since', {
    timeout: 60_000,
  }, async () => {
    const own = await eventStoreDatabase();
    const owner = own.pool('owner', 1);
    const pool = own.pool('writer', 1);
    const one = await createEventStore({ pool, codec: jsonCodec });
    const everything = async () => {
      const record = command();
      // Ten times: a session settles on a plan in its sixth use.
      for (let time = 0; time < 10; time++) {
        await one.readFeed(0, 500);
        await one.readStream(newStreamId());
        await one.findCommand(record.key, record.scope, record.requestHash);
        await one.readCommandOrStream(newStreamId(), record);
        await one.append(append(newStreamId(), 'any', [happened()], command()));
        await Promise.all([1, 2, 3].map(() => one.append(append(newStreamId(), 'any', [happened()], command()))));
        const given = { ...happened(), eventId: record.key };
        await one.append(
          append(newStreamId(), 'any', [given, { ...happened(), eventId: newStreamId().slice(5) }], record),
        );
      }
      await pool.query('select pg_stat_force_next_flush()');
      await pool.query('select 1');
    };
    // A vacuum summarises the index of ages by reading the table, which counts as reading it from end to end.
    for (const table of ['events', 'streams', 'commands']) {
      await owner.query(`alter table event_store.${table} set (autovacuum_enabled = off)`);
    }
    // What tempts the planner most: it knows for certain that the tables are tiny.
    await everything();
    await owner.query('analyze event_store.events, event_store.streams, event_store.commands');
    await everything();
    const before = await wholeReads(owner);
    for (const rows of [50, 3_000, 20_000]) {
      await fill(owner, 'events', rows);
      await fill(owner, 'commands', rows);
      await everything();
    }
    // `fill` itself reads the events by their index.
    expect(await wholeReads(owner)).toEqual(before);
    await one.close();
    await own.drop();
  });
});
