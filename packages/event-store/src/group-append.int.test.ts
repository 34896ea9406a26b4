import { setTimeout as pause } from 'node:timers/promises';
import type { TestDatabase } from '@vienuviet/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createEventStore, type EventStoreOptions } from './event-store.ts';
import { jsonCodec } from './test-support/json-codec.ts';
import { append, command, eventStoreDatabase, happened, newStreamId, openStore } from './test-support/store.ts';
import type { EventStore } from './types.ts';

let database: TestDatabase;
const opened: EventStore[] = [];
const open = async (limits: EventStoreOptions['limits'] = {}) => {
  const store = await openStore(database, limits);
  opened.push(store);
  return store;
};

beforeAll(async () => {
  database = await eventStoreDatabase();
});
afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())));
afterAll(() => database.drop());

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** How many transactions wrote the events after a position. */
async function commitsAfter(position: number): Promise<number> {
  const { rows } = await database
    .pool('writer', 1)
    .query('select count(distinct xmin::text)::int as commits from event_store.events where position > $1', [position]);
  return rows[0].commits;
}

/** Holds the order lock as a slow transaction of somebody else would, until `release`. */
async function holdOrderLock(store: EventStore) {
  const client = await database.pool('writer', 1).connect();
  await client.query('begin');
  await store.appendIn(client, append(newStreamId(), 'any'));
  return async () => {
    await client.query('commit');
    client.release();
  };
}

describe('appends that come together', () => {
  test('share two commits, and those that come meanwhile share the next', async () => {
    const store = await open();
    const before = await store.lastPosition();
    await Promise.all(times(64, () => store.append(append(newStreamId(), 'no_stream'))));
    expect(await commitsAfter(before)).toBe(2);

    const release = await holdOrderLock(store);
    const first = store.append(append(newStreamId(), 'any'));
    await pause(30);
    const later = times(50, () => store.append(append(newStreamId(), 'any')));
    await pause(10);
    await release();
    await Promise.all([first, ...later]);
    expect(await commitsAfter(before + 64)).toBe(3);
  });

  test('are written in the order in which they came', async () => {
    const store = await open();
    const ids = times(40, newStreamId);
    const before = await store.lastPosition();
    await Promise.all(ids.map((id) => store.append(append(id, 'any'))));
    const feed = await store.readFeed(before, 100);
    expect(feed.map((event) => event.streamId)).toEqual(ids);
    expect(feed.map((event) => event.position)).toEqual(times(40, (index) => before + 1 + index));
  });

  test('to one stream see each other', async () => {
    const store = await open();
    const id = newStreamId();
    const results = await Promise.all([
      store.append(append(id, 'no_stream')),
      store.append(append(id, 1, [happened(), happened()])),
      store.append(append(id, 1)),
      store.append(append(id, 'any')),
      store.append(append(id, 4)),
    ]);
    expect(results.map((result) => (result.outcome === 'appended' ? result.streams[0]!.version : result))).toEqual([
      1,
      3,
      { outcome: 'conflict', streamId: id, expected: 1, actual: 3 },
      4,
      5,
    ]);
  });

  test('are answered each on its own: a conflict or known command among them changes nothing for the others', async () => {
    const store = await open();
    const record = command();
    await store.append(append(newStreamId(), 'any', [happened()], record));
    const results = await Promise.all([
      store.append(append(newStreamId(), 'no_stream')),
      store.append(append(newStreamId(), 5)),
      store.append(append(newStreamId(), 'any', [happened()], record)),
      store.append(append(newStreamId(), 'no_stream')),
    ]);
    expect(results.map((result) => result.outcome)).toEqual(['appended', 'conflict', 'known_command', 'appended']);
  });

  test('take no more than a batch may hold, by number and by bytes; a larger one goes alone', async () => {
    const few = await open({ batchAppends: 4 });
    let before = await few.lastPosition();
    await Promise.all(times(10, () => few.append(append(newStreamId(), 'any'))));
    expect(await commitsAfter(before)).toBe(3);

    const small = await open({ batchBytes: 3_000 });
    before = await small.lastPosition();
    const large = () => small.append(append(newStreamId(), 'any', [happened({ text: 'x'.repeat(2_000) })]));
    const huge = () => small.append(append(newStreamId(), 'any', [happened({ text: 'x'.repeat(900_000) })]));
    await Promise.all([large(), large(), huge(), large()]);
    expect(await commitsAfter(before)).toBe(4);
  });
});

describe('a bad append', () => {
  // PostgreSQL cannot hold NUL in text, and only it notices in the type of an event.
  const poison = () => append(newStreamId(), 'any', [{ type: 'test.Bad\0Type', data: {} }]);

  test('that the database refuses fails alone; its neighbours are appended', async () => {
    const store = await open();
    const ids = times(6, newStreamId);
    const results = await Promise.allSettled(
      ids.map((id, index) => store.append(index % 3 === 1 ? poison() : append(id, 'no_stream'))),
    );
    expect(results.map((result) => result.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(results[1]).toMatchObject({ reason: { code: 'append_refused', cause: { code: '22021' } } });
    for (const [index, id] of ids.entries()) expect(await store.readStream(id)).toHaveLength(index % 3 === 1 ? 0 : 1);
    await expect(store.append(poison())).rejects.toMatchObject({ code: 'append_refused' });
  });

  test('that cannot be put on the wire fails alone too', async () => {
    const store = await open();
    const unsendable = append(newStreamId(), 'any', [{ type: 'test.Huge#3000000000', data: {} }]);
    const results = await Promise.allSettled([store.append(append(newStreamId(), 'any')), store.append(unsendable)]);
    expect(results).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'append_refused' } }]);
  });
});

describe('back-pressure', () => {
  test('refuses what comes when too much waits, by number and by bytes, and takes appends again afterwards', async () => {
    for (const limits of [{ waitingAppends: 3 }, { waitingBytes: 2_000 }]) {
      const store = await open(limits);
      const release = await holdOrderLock(await open());
      const one = () => store.append(append(newStreamId(), 'any', [happened({ text: 'x'.repeat(400) })]));
      const underWay = one();
      await pause(20);
      const waiting = [one(), one(), one()];
      await expect(one()).rejects.toMatchObject({ code: 'overloaded' });
      await release();
      await Promise.all([underWay, ...waiting]);
      expect(await one()).toMatchObject({ outcome: 'appended' });
    }
  });
});

describe('closing', () => {
  test('waits for the appends under way; afterwards append throws', async () => {
    const store = await open();
    const release = await holdOrderLock(await open());
    const underWay = store.append(append(newStreamId(), 'any'));
    await pause(20);
    const waiting = store.append(append(newStreamId(), 'any'));
    const closed = store.close();
    await expect(store.append(append(newStreamId(), 'any'))).rejects.toMatchObject({ code: 'closed' });
    expect(await Promise.race([closed.then(() => 'closed'), pause(30).then(() => 'waits')])).toBe('waits');
    await release();
    expect(await Promise.all([underWay, waiting])).toMatchObject([{ outcome: 'appended' }, { outcome: 'appended' }]);
    await closed;
    await store.close();
  });

  test('is not needed to share a pool of one session: it goes back after a moment of silence', async () => {
    const pool = database.pool('writer', 1);
    const store = await createEventStore({ pool, codec: jsonCodec });
    opened.push(store);
    for (let round = 0; round < 3; round++) {
      await store.append(append(newStreamId(), 'any'));
      expect(await store.lastPosition()).toBeGreaterThan(0);
    }
  });
});
