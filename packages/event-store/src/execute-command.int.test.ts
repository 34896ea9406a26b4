import { randomUUID } from 'node:crypto';
import type { TestDatabase } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accept, type Decider, refuse } from './decider.ts';
import { executeCommand } from './execute-command.ts';
import { eventStoreDatabase, newStreamId, openStore } from './test-support/store.ts';
import type { EventStore } from './types.ts';

type Counted = { type: 'test.Counted'; data: { by: number } };
type Count = { by: number };

/** Counts up to a hundred. */
const counter: Decider<Count, number, Counted> = {
  initialState: 0,
  decide({ by }, total) {
    if (total + by > 100) return refuse('over_a_hundred', 'Count by less.');
    return by === 0 ? accept() : accept({ type: 'test.Counted', data: { by } });
  },
  evolve: (total, event) => total + event.data.by,
};

let database: TestDatabase;
let store: EventStore;
let other: EventStore;

beforeAll(async () => {
  database = await eventStoreDatabase();
  store = await openStore(database);
  other = await openStore(database);
});
afterAll(async () => {
  await store.close();
  await other.close();
  await database.drop();
});

const count = (streamId: string, by: number, key?: string, via = store) =>
  executeCommand(via, {
    decider: counter,
    streamType: 'case',
    streamId,
    command: { by },
    ...(key === undefined ? {} : { idempotency: { key, scope: 'test', requestHash: Buffer.from(`by ${by}`) } }),
    answer: ({ version, state }) => JSON.stringify({ version, total: state }),
  });

const totalOf = async (streamId: string) =>
  (await store.readStream(streamId)).reduce((total, event) => total + (event.data as Count).by, 0);

describe('a command', () => {
  test('is decided on the state of its stream and answered with the version written', async () => {
    const streamId = newStreamId();
    await count(streamId, 3);
    expect(await count(streamId, 4)).toEqual({
      outcome: 'executed',
      streamId,
      version: 2,
      state: 7,
      events: [{ type: 'test.Counted', data: { by: 4 } }],
      answer: '{"version":2,"total":7}',
    });
  });

  test('that is refused leaves no trace, and its key may be sent again', async () => {
    const streamId = newStreamId();
    const key = randomUUID();
    await count(streamId, 60);
    expect(await count(streamId, 60, key)).toEqual({
      outcome: 'refused',
      refusal: { code: 'over_a_hundred', message: 'Count by less.' },
    });
    expect(await store.findCommand(key, 'test', Buffer.from('by 60'))).toBeUndefined();
    expect(await count(streamId, 40, key)).toMatchObject({ outcome: 'executed', version: 2 });
  });

  test('that changes nothing is remembered too', async () => {
    const streamId = newStreamId();
    const key = randomUUID();
    expect(await count(streamId, 0, key)).toMatchObject({ outcome: 'executed', version: 0, events: [] });
    await count(streamId, 5);
    expect(await count(streamId, 0, key)).toEqual({ outcome: 'known_command', answer: '{"version":0,"total":0}' });
    expect(await count(streamId, 0)).toMatchObject({ outcome: 'executed', version: 1, events: [] });
  });

  test('sent again is answered as the first time and not executed; with another body the key is refused', async () => {
    const streamId = newStreamId();
    const key = randomUUID();
    await count(streamId, 3, key);
    expect(await count(streamId, 3, key)).toEqual({ outcome: 'known_command', answer: '{"version":1,"total":3}' });
    expect(await count(streamId, 4, key)).toEqual({ outcome: 'key_reused' });
    expect(await totalOf(streamId)).toBe(3);
  });

  test('whose twins come at once, also to two processes, is executed once, and all get the same answer', async () => {
    for (let round = 0; round < 10; round++) {
      const streamId = newStreamId();
      const key = randomUUID();
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) => count(streamId, 3, key, index % 2 === 0 ? store : other)),
      );
      expect(results.filter((result) => result.outcome === 'executed')).toHaveLength(1);
      for (const result of results) expect(result).toMatchObject({ answer: '{"version":1,"total":3}' });
      expect(await totalOf(streamId)).toBe(3);
    }
  });

  test('decides anew when others append meanwhile', async () => {
    const streamId = newStreamId();
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        count(streamId, 10 + index, randomUUID(), index % 2 === 0 ? store : other),
      ),
    );
    expect(results.map((result) => result.outcome)).toEqual(Array(6).fill('executed'));
    expect(await totalOf(streamId)).toBe(10 + 11 + 12 + 13 + 14 + 15);
  });
});

describe('a command that relies on another stream', () => {
  /** Counts by one more than another stream has counted so far. */
  const countLike = (streamId: string, otherId: string, meanwhile: () => Promise<unknown> = async () => undefined) => {
    let prepared = 0;
    const execution = executeCommand(store, {
      decider: counter,
      streamType: 'case',
      streamId,
      command: async () => {
        const events = await store.readStream(otherId);
        if (prepared++ === 0) await meanwhile();
        const by = events.reduce((total, event) => total + (event.data as Count).by, 1);
        return { command: { by }, reliesOn: [{ streamId: otherId, streamType: 'case', version: events.length }] };
      },
    });
    return execution.then((result) => ({ result, prepared }));
  };

  test('is appended when that one has not moved', async () => {
    const [streamId, otherId] = [newStreamId(), newStreamId()];
    await count(otherId, 7);
    expect(await countLike(streamId, otherId)).toMatchObject({
      result: { outcome: 'executed', state: 8 },
      prepared: 1,
    });
    expect(await store.readStream(otherId)).toHaveLength(1);
  });

  test('is prepared and decided anew when that one moved in between', async () => {
    const [streamId, otherId] = [newStreamId(), newStreamId()];
    await count(otherId, 7);
    const counted = await countLike(streamId, otherId, () => count(otherId, 5, undefined, other));
    expect(counted).toMatchObject({ result: { outcome: 'executed', state: 13 }, prepared: 2 });
    expect(await totalOf(streamId)).toBe(13);
  });

  test('may rely on a stream not being there', async () => {
    const [streamId, otherId] = [newStreamId(), newStreamId()];
    const counted = await countLike(streamId, otherId, () => count(otherId, 5, undefined, other));
    expect(counted).toMatchObject({ result: { outcome: 'executed', state: 6 }, prepared: 2 });
  });
});
