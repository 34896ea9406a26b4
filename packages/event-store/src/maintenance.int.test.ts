import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { TestDatabase } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEventStore } from './event-store.ts';
import { startEpoch } from './maintenance.ts';
import { APPEND_CHANNEL, type AppendObservation } from './observation.ts';
import { jsonCodec } from './test-support/json-codec.ts';
import { append, command, eventStoreDatabase, happened, newStreamId, openStore } from './test-support/store.ts';
import type { EventStore } from './types.ts';

let database: TestDatabase;
let store: EventStore;

beforeAll(async () => {
  database = await eventStoreDatabase();
  store = await openStore(database);
  await store.append(append(newStreamId(), 'any', [happened()], command()));
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

describe('roles', () => {
  const forbidden = [
    `insert into event_store.events values (99, 'case-x', 1, 't', 1, '', '{}', gen_random_uuid(), now())`,
    `update event_store.events set payload = ''`,
    'delete from event_store.events',
    'truncate event_store.events',
    'update event_store.streams set version = 9',
    'delete from event_store.streams',
    'delete from event_store.commands',
    `insert into event_store.commands values (gen_random_uuid(), 's', '', '', now())`,
    'update event_store.store set epoch = gen_random_uuid()',
    `select event_store.purge_commands('0 days', 10)`,
    'select event_store.start_epoch()',
    'alter table event_store.events enable row level security',
  ];
  test.each(forbidden)('the service cannot: %s', async (sql) => {
    const pool = database.pool('writer', 1);
    await expect(pool.query(sql)).rejects.toMatchObject({ code: '42501' });
    await pool.end();
  });

  test('a person with a BI tool sees nothing here', async () => {
    const pool = database.pool('reader', 1);
    for (const table of ['events', 'streams', 'commands', 'store']) {
      await expect(pool.query(`select * from event_store.${table}`)).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('nothing is granted to everybody', async () => {
    const { rows } = await database.pool('owner', 1).query(
      `select proname from pg_proc p join pg_namespace n on n.oid = pronamespace
        where nspname = 'event_store' and has_function_privilege('public', p.oid, 'execute')`,
    );
    expect(rows).toEqual([]);
  });

  test('the service reads under row security as soon as it is switched on, and appends all the same', async () => {
    const owner = database.pool('owner', 1);
    await owner.query('alter table event_store.events enable row level security');
    expect(await store.readFeed(0, 10)).toEqual([]);
    expect(await store.append(append(newStreamId(), 'any'))).toMatchObject({ outcome: 'appended' });
    await owner.query('alter table event_store.events disable row level security');
    expect(await store.readFeed(0, 10)).toHaveLength(2);
  });
});

describe('each call', () => {
  test('is published for metrics, and listeners hear of commits', async () => {
    const seen: AppendObservation[] = [];
    const listen = (message: unknown) => seen.push(message as AppendObservation);
    subscribe(APPEND_CHANNEL, listen);
    let commits = 0;
    const off = store.onAppended(() => commits++);
    await Promise.all([
      store.append(append(newStreamId(), 'any', [happened(), happened()])),
      store.append(append(newStreamId(), 3)),
    ]);
    await store.append(append(newStreamId(), 3));
    off();
    await store.append(append(newStreamId(), 'any'));
    unsubscribe(APPEND_CHANNEL, listen);
    // Now and then they are called for nothing: a slow machine sees it.
    expect(commits).toBeGreaterThanOrEqual(1);
    expect(seen).toMatchObject([
      { appends: 2, events: 2, waiting: 0, outcomes: { appended: 1, conflict: 1 } },
      { appends: 1, events: 0, outcomes: { conflict: 1 } },
      { appends: 1, events: 1, outcomes: { appended: 1 } },
    ]);
    expect(seen[0]!.milliseconds).toBeGreaterThan(0);
  });
});

describe('after a restore', () => {
  test('the store has a new epoch, and who holds the old one stops instead of skipping', async () => {
    const old = await openStore(database);
    const renewed = await startEpoch(database.pool('owner', 1));
    expect(renewed).not.toBe(old.epoch);
    await expect(old.readFeed(0, 10)).rejects.toMatchObject({ code: 'epoch_changed' });
    await expect(old.readFeed(1_000_000, 10)).rejects.toMatchObject({ code: 'epoch_changed' });
    await expect(old.append(append(newStreamId(), 'any'))).rejects.toMatchObject({ code: 'epoch_changed' });
    await old.close();
    const pool = database.pool('writer', 2);
    const again = await createEventStore({ pool, codec: jsonCodec });
    expect(again.epoch).toBe(renewed);
    expect((await again.readFeed(0, 10)).length).toBeGreaterThan(0);
    await again.close();
  });
});
