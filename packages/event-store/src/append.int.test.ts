import { randomUUID } from 'node:crypto';
import type { TestDatabase } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { append, eventStoreDatabase, happened, newStreamId, openStore } from './test-support/store.ts';
import type { EventStore, ExpectedVersion } from './types.ts';

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

/** A stream with this many events. */
async function streamOf(events: number): Promise<string> {
  const streamId = newStreamId();
  if (events > 0)
    await store.append(
      append(
        streamId,
        'no_stream',
        Array.from({ length: events }, () => happened()),
      ),
    );
  return streamId;
}

describe('an append', () => {
  test('gives versions within the stream and positions within the store, and is read back as it was', async () => {
    const streamId = newStreamId();
    const before = await store.lastPosition();
    const meta = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    const first = await store.append({
      ...append(streamId, 'no_stream', [happened({ n: 1 }), happened({ n: 2 })]),
      meta,
    });
    expect(first).toEqual({ outcome: 'appended', streams: [{ streamId, version: 2, position: before + 2 }] });
    const second = await store.append(append(streamId, 2, [happened({ n: 3 })]));
    expect(second).toEqual({ outcome: 'appended', streams: [{ streamId, version: 3, position: before + 3 }] });

    const events = await store.readStream(streamId);
    expect(events.map((event) => [event.version, event.position, event.data])).toEqual([
      [1, before + 1, { n: 1 }],
      [2, before + 2, { n: 2 }],
      [3, before + 3, { n: 3 }],
    ]);
    expect(events.map((event) => event.meta)).toEqual([meta, meta, {}]);
    expect(events[0]!.recordedAt).toBeInstanceOf(Date);
    expect(await store.readStream(streamId, 3)).toEqual(events.slice(2));
    expect(await store.readStream(newStreamId())).toEqual([]);

    const feed = await store.readFeed(before, 10);
    expect(feed.map((event) => event.eventId)).toEqual(events.map((event) => event.eventId));
    expect(feed[0]!.payload).toEqual(store.codec.encode('test.Happened', { n: 1 }, Buffer.alloc(16)).payload);
    expect(await store.lastPosition()).toBe(before + 3);
  });

  const table: [existing: number, expected: ExpectedVersion, accepted: boolean][] = [
    [0, 'no_stream', true],
    [0, 'any', true],
    [0, 'stream_exists', false],
    [0, 0, true],
    [0, 1, false],
    [2, 'no_stream', false],
    [2, 'any', true],
    [2, 'stream_exists', true],
    [2, 0, false],
    [2, 1, false],
    [2, 2, true],
    [2, 3, false],
  ];
  test.each(table)('to a stream of %i events that expects %s: accepted is %s', async (existing, expected, accepted) => {
    const streamId = await streamOf(existing);
    const result = await store.append(append(streamId, expected));
    if (accepted) {
      expect(result).toMatchObject({ outcome: 'appended', streams: [{ version: existing + 1 }] });
    } else {
      expect(result).toEqual({ outcome: 'conflict', streamId, expected, actual: existing });
      expect(await store.readStream(streamId)).toHaveLength(existing);
    }
  });

  test('to several streams is all or nothing', async () => {
    const [a, b] = [await streamOf(1), await streamOf(1)];
    const streams = (versionOfB: number) => [...append(a, 1).streams, ...append(b, versionOfB).streams];
    expect(await store.append({ streams: streams(7) })).toEqual({
      outcome: 'conflict',
      streamId: b,
      expected: 7,
      actual: 1,
    });
    expect(await store.readStream(a)).toHaveLength(1);
    const position = await store.lastPosition();
    expect(await store.append({ streams: streams(1) })).toEqual({
      outcome: 'appended',
      streams: [
        { streamId: a, version: 2, position: position + 1 },
        { streamId: b, version: 2, position: position + 2 },
      ],
    });
  });

  test('of known event ids appends nothing; of partly known ones is an error', async () => {
    const streamId = newStreamId();
    const given = (...ids: string[]) =>
      append(
        streamId,
        'any',
        ids.map((eventId) => ({ ...happened(), eventId })),
      );
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()];
    await store.append(given(one, two));
    expect(await store.append(given(one, two))).toEqual({ outcome: 'known_events' });
    expect(await store.append(given(two))).toEqual({ outcome: 'known_events' });
    await expect(store.append(given(two, three))).rejects.toMatchObject({ code: 'events_partly_known' });
    expect(await store.readStream(streamId)).toHaveLength(2);
  });
});
