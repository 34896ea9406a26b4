import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type TestDatabase, testDatabase } from '@vienuviet/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { eventStoreMigrations } from './maintenance.ts';
import { type FeedFaults, faultsOf, followFeed } from './test-support/feed-checker.ts';
import { append, happened, newStreamId, openStore } from './test-support/store.ts';
import type { AppendResult, EventStore } from './types.ts';

const SERVICE = 'test-event-store';
const LOCK = 'perform pg_advisory_xact_lock(7160010);';
const PLACE_AFTER_THE_LAST =
  /select position, recorded_at into v_position, v_recorded_at\s+from event_store\.events order by position desc limit 1;/;

const folders: string[] = [];
const databases: TestDatabase[] = [];
afterAll(async () => {
  await Promise.all(databases.map((database) => database.drop()));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

/** The store's own SQL, changed: what the guard in it is worth shows when it is taken out. */
async function databaseWith(change: (sql: string) => string): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'event-store-'));
  folders.push(folder);
  await cp(eventStoreMigrations.folder, folder, { recursive: true });
  for (const name of await readdir(folder)) {
    const file = join(folder, name, 'migration.sql');
    await writeFile(file, change(await readFile(file, 'utf8')));
  }
  const database = await testDatabase({ service: SERVICE, sets: [{ name: 'event-store', folder }] });
  databases.push(database);
  return database;
}

const withoutLock = (sql: string) => sql.replaceAll(LOCK, '');

/** Positions from a sequence, as most stores give them: `append_one` only. */
const withSequence = (sql: string) =>
  sql
    .replace('create table event_store.streams', 'create sequence event_store.place;\ncreate table event_store.streams')
    .replace(PLACE_AFTER_THE_LAST, "v_position := nextval('event_store.place') - 1;");

interface Reading {
  readonly faults: FeedFaults;
  readonly appended: number;
}

/**
 * Readers follow the feed while stores append by themselves and in slow transactions of callers, some of which are
 * rolled back in the end.
 */
async function readBesideWriters(database: TestDatabase, milliseconds: number): Promise<Reading> {
  const stores = await Promise.all([1, 2].map(() => openStore(database)));
  const until = Date.now() + milliseconds;
  let ended = false;
  let appended = 0;
  const hot = newStreamId();
  const writing = async (
    work: (store: EventStore, turn: number) => Promise<AppendResult | undefined>,
    store: EventStore,
  ) => {
    for (let turn = 0; Date.now() < until; turn++) {
      const result = await work(store, turn).catch(() => undefined);
      if (result?.outcome === 'appended') appended++;
    }
  };
  const quick = (store: EventStore) => store.append(append(newStreamId(), 'any'));
  const onHotStream = (store: EventStore) => store.append(append(hot, 'any'));
  const severalEvents = (store: EventStore) => store.append(append(newStreamId(), 'any', [happened(), happened()]));
  const slow = (store: EventStore, turn: number) => slowTransaction(database, store, turn % 4 === 3);

  const readers = [7, 500].map((limit) => followFeed(stores[0]!, 0, limit, () => ended));
  const works = [quick, quick, quick, onHotStream, onHotStream, severalEvents, slow, slow, slow];
  await Promise.all(works.map((work, index) => writing(work, stores[index % 2]!)));
  ended = true;
  const readings = await Promise.all(readers);
  const { rows } = await database.pool('writer').query('select position from event_store.events');
  const all = readings.map((reading) => faultsOf(reading, rows));
  await Promise.all(stores.map((store) => store.close()));
  const sum = (fault: keyof FeedFaults) => all.reduce((total, faults) => total + faults[fault], 0);
  const faults = {
    missed: sum('missed'),
    doubled: sum('doubled'),
    disordered: sum('disordered'),
    inverted: sum('inverted'),
  };
  return { faults, appended };
}

/** A transaction that lingers between its append and its end, and may be rolled back. */
async function slowTransaction(
  database: TestDatabase,
  store: EventStore,
  rolledBack: boolean,
): Promise<AppendResult | undefined> {
  const pool = transactions.get(database) ?? database.pool('writer', 4);
  transactions.set(database, pool);
  const tx = await pool.connect();
  try {
    await tx.query('begin');
    const result = await store.appendIn(tx, append(newStreamId(), 'any'));
    await pause(Math.random() * 8);
    await tx.query(rolledBack ? 'rollback' : 'commit');
    if (!rolledBack) store.announce();
    return rolledBack ? undefined : result;
  } catch (error) {
    await tx.query('rollback');
    throw error;
  } finally {
    tx.release();
  }
}
const transactions = new Map<TestDatabase, ReturnType<TestDatabase['pool']>>();

describe('a reader of the feed, beside slow and aborted writers', () => {
  test('gets every event once and in order', { timeout: 30_000 }, async () => {
    const reading = await readBesideWriters(await databaseWith((sql) => sql), 2_000);
    expect(reading.faults).toEqual({ missed: 0, doubled: 0, disordered: 0, inverted: 0 });
    expect(reading.appended).toBeGreaterThan(50);
  });

  test('is protected a second time: without the lock two appends claim one position, and one is refused', async () => {
    expect(await collide(await databaseWith((sql) => sql))).toEqual({ refused: 0 });
    expect((await collide(await databaseWith(withoutLock))).refused).toBeGreaterThan(0);
  });

  test('misses events when positions come from a sequence without the lock: the check above can fail', async () => {
    const change = (sql: string) => withSequence(withoutLock(sql));
    const reading = await readBesideWriters(await databaseWith(change), 2_000);
    expect(reading.faults.missed).toBeGreaterThan(0);
  });

  test('misses none when positions come from a sequence under the lock: it is the lock that does it', async () => {
    const reading = await readBesideWriters(await databaseWith(withSequence), 2_000);
    expect(reading.faults.missed).toBe(0);
  });
});

/** Two stores append at once, as two processes would. */
async function collide(database: TestDatabase): Promise<{ refused: number }> {
  const stores = await Promise.all([openStore(database), openStore(database)]);
  const results = await Promise.allSettled(
    Array.from({ length: 200 }, async (_, index) => {
      await pause(index);
      return Promise.all(stores.map((store) => store.append(append(newStreamId(), 'any'))));
    }),
  );
  await Promise.all(stores.map((store) => store.close()));
  return { refused: results.filter((result) => result.status === 'rejected').length };
}
