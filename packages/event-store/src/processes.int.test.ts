import { setTimeout as pause } from 'node:timers/promises';
import type { TestDatabase } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEventStore } from './event-store.ts';
import { jsonCodec } from './test-support/json-codec.ts';
import { otherProcess } from './test-support/other-process.ts';
import { append, eventStoreDatabase, happened, newStreamId, openStore } from './test-support/store.ts';
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

const streams = (count: number) => Array.from({ length: count }, newStreamId);

describe('another process', () => {
  test('appends to the same streams at once, and every version is given once', { timeout: 30_000 }, async () => {
    const shared = streams(8);
    const other = await otherProcess(database.writerUrl, shared);
    const until = Date.now() + 1_500;
    let mine = 0;
    const write = async (streamId: string) => {
      while (Date.now() < until) {
        // Some decide on what they read, as a command does; some do not care.
        const version = Math.random() < 0.5 ? ((await store.readStream(streamId)).at(-1)?.version ?? 0) : 'any';
        const result = await store.append(append(streamId, version, [happened()]));
        if (result.outcome === 'appended') mine++;
      }
    };
    await Promise.all(shared.map(write));
    const theirs = await other.stop();
    const histories = await Promise.all(shared.map((streamId) => store.readStream(streamId)));
    for (const history of histories) {
      expect(history.map((event) => event.version)).toEqual(history.map((_, index) => index + 1));
    }
    expect(mine).toBeGreaterThan(0);
    expect(theirs).toBeGreaterThan(0);
    expect(histories.flat()).toHaveLength(mine + theirs);
  });

  test('that is stopped in the middle of an append holds nobody up', { timeout: 60_000 }, async () => {
    const other = await otherProcess(database.writerUrl, streams(20));
    const slowest: number[] = [];
    for (let round = 0; round < 25; round++) {
      await pause(10 + Math.random() * 20);
      other.signal('SIGSTOP');
      const started = performance.now();
      for (let count = 0; count < 3; count++) await store.append(append(newStreamId(), 'any'));
      slowest.push(performance.now() - started);
      other.signal('SIGCONT');
    }
    expect(await other.stop()).toBeGreaterThan(0);
    // A lock held by the stopped process would be held until its statement or transaction times out, in seconds.
    expect(Math.max(...slowest)).toBeLessThan(3_000);
  });

  test('that is killed leaves whole appends only', { timeout: 60_000 }, async () => {
    const shared = streams(5);
    for (let round = 0; round < 5; round++) {
      const other = await otherProcess(database.writerUrl, shared);
      await pause(30 + Math.random() * 50);
      other.signal('SIGKILL');
      expect(await store.append(append(newStreamId(), 'any'))).toMatchObject({ outcome: 'appended' });
    }
    for (const history of await Promise.all(shared.map((streamId) => store.readStream(streamId)))) {
      expect(history.map((event) => event.version)).toEqual(history.map((_, index) => index + 1));
    }
  });
});

describe('a transaction that appends and then lingers', () => {
  test('is ended by the server in time, and its append never happened', async () => {
    const pool = database.pool('writer', 1);
    const tx = await pool.connect();
    tx.on('error', () => undefined);
    await tx.query(`set idle_in_transaction_session_timeout = '300ms'`);
    await tx.query('begin');
    const streamId = newStreamId();
    await store.appendIn(tx, append(streamId, 'no_stream'));
    const started = performance.now();
    const waited = await store.append(append(newStreamId(), 'any'));
    expect(waited.outcome).toBe('appended');
    expect(performance.now() - started).toBeGreaterThan(200);
    expect(await store.readStream(streamId)).toEqual([]);
    tx.release(true);
  });
});

describe('an append in a transaction of the caller', () => {
  test('is there with the rest or not at all, and is announced when the caller says so', async () => {
    const tx = await database.pool('writer', 1).connect();
    let announced = 0;
    const off = store.onAppended(() => announced++);
    const [kept, dropped] = [newStreamId(), newStreamId()];
    await tx.query('begin');
    expect(await store.appendIn(tx, append(kept, 'no_stream', [happened(), happened()]))).toMatchObject({
      outcome: 'appended',
      streams: [{ streamId: kept, version: 2 }],
    });
    expect(await store.readStream(kept)).toEqual([]);
    expect(await store.readStream(kept, 1, tx)).toHaveLength(2);
    await tx.query('commit');
    expect(announced).toBe(0);
    store.announce();
    expect(announced).toBe(1);
    off();
    await tx.query('begin');
    await store.appendIn(tx, append(dropped, 'no_stream'));
    await tx.query('rollback');
    expect(await store.readStream(kept)).toHaveLength(2);
    expect(await store.readStream(dropped)).toEqual([]);
    tx.release();
  });

  test('sees what was committed while it waited for the lock, though its statement began before', async () => {
    const pool = database.pool('writer', 2);
    const [first, second] = [await pool.connect(), await pool.connect()];
    const streamId = newStreamId();
    await first.query('begin');
    await second.query('begin');
    await store.appendIn(first, append(streamId, 'no_stream'));
    const waiting = store.appendIn(second, append(streamId, 'no_stream'));
    await pause(50);
    await first.query('commit');
    expect(await waiting).toEqual({ outcome: 'conflict', streamId, expected: 'no_stream', actual: 1 });
    expect(await store.appendIn(second, append(streamId, 1))).toMatchObject({ outcome: 'appended' });
    await second.query('commit');
    first.release();
    second.release();
  });

  test('is refused in a stricter isolation, whose snapshot is older than the lock', async () => {
    const tx = await database.pool('writer', 1).connect();
    for (const isolation of ['repeatable read', 'serializable']) {
      for (const events of [[happened()], [happened(), happened()]]) {
        await tx.query(`begin isolation level ${isolation}`);
        const refused = store.appendIn(tx, append(newStreamId(), 'any', events));
        await expect(refused).rejects.toMatchObject({ cause: { message: expect.stringContaining('READ COMMITTED') } });
        await tx.query('rollback');
      }
    }
    tx.release();
  });
});

test('a pool that is set to a stricter isolation is refused, not silently wrong', async () => {
  const pool = database.pool('writer', 1);
  await pool.query(`set default_transaction_isolation = 'repeatable read'`);
  const strict = await createEventStore({ pool, codec: jsonCodec });
  await expect(strict.append(append(newStreamId(), 'any'))).rejects.toMatchObject({ code: 'unavailable' });
  await strict.close();
});
