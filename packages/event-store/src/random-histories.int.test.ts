import { randomUUID } from 'node:crypto';
import type { TestDatabase } from '@vienuviet/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReferenceStore, referenceStore } from './test-support/reference-store.ts';
import { eventStoreDatabase, openStore } from './test-support/store.ts';
import type { Append, CommandRecord, EventStore, ExpectedVersion, StreamAppend } from './types.ts';

let database: TestDatabase;
let store: EventStore;

beforeAll(async () => {
  database = await eventStoreDatabase();
  store = await openStore(database, { batchAppends: 7 });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

// Few of each, so that appends meet; fresh ones beside them, so that whole batches are free of trouble too.
const POOL = 4;
const place = fc.oneof(
  { weight: 3, arbitrary: fc.nat(POOL - 1) },
  { weight: 2, arbitrary: fc.constant('fresh' as const) },
);
const expected: fc.Arbitrary<ExpectedVersion | 'right'> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('right' as const) },
  { weight: 3, arbitrary: fc.constantFrom('any' as const, 'no_stream' as const, 'stream_exists' as const) },
  { weight: 1, arbitrary: fc.nat(6) },
);
const plannedStream = fc.record({ place, expected, events: fc.oneof(fc.constant(1), fc.nat(3)) });
const plannedAppend = fc.record({
  streams: fc.uniqueArray(plannedStream, { minLength: 0, maxLength: 3, selector: ({ place: at }) => at }),
  command: fc.option(fc.record({ key: place, scope: fc.nat(1), body: fc.nat(1), answer: fc.string() }), { freq: 2 }),
  eventIds: fc.option(place, { freq: 2 }),
});
type PlannedAppend = typeof plannedAppend extends fc.Arbitrary<infer T> ? T : never;

// Alone and in company: the two go through different functions.
const group = fc.oneof(
  fc.array(plannedAppend, { minLength: 1, maxLength: 20 }),
  fc.array(plannedAppend, { minLength: 1, maxLength: 1 }),
);
const history = fc.array(group, { minLength: 1, maxLength: 16 });

/** Names for the planned places, of one history. */
function names() {
  const pool = { stream: uuids(), key: uuids(), event: uuids() };
  const named = (of: readonly string[], at: number | 'fresh') => (at === 'fresh' ? randomUUID() : of[at]!);
  return {
    stream: (at: number | 'fresh') => `case-${named(pool.stream, at)}`,
    key: (at: number | 'fresh') => named(pool.key, at),
    event: (at: number | 'fresh', nth: number) => (at === 'fresh' ? randomUUID() : pool.event[(at + nth) % POOL]!),
  };
}
const uuids = () => Array.from({ length: POOL }, () => randomUUID());

function realised(planned: PlannedAppend, name: ReturnType<typeof names>, model: ReferenceStore): Append | undefined {
  let nth = 0;
  const streams = planned.streams.map(({ place: at, expected: expects, events }): StreamAppend => {
    const streamId = name.stream(at);
    const version = model.feed.filter((event) => event.streamId === streamId).length;
    return {
      streamId,
      streamType: 'case',
      expectedVersion: expects === 'right' ? version : expects,
      events: Array.from({ length: events }, () => ({
        type: 'test.Happened',
        data: { nth: nth++ },
        ...(planned.eventIds === null ? {} : { eventId: name.event(planned.eventIds, nth) }),
      })),
    };
  });
  // More events than there are ids to give would repeat one within the append, which is refused before it is sent.
  if (planned.eventIds !== null && nth > POOL) return undefined;
  if (planned.command === null) return streams.length === 0 ? undefined : { streams };
  const { key, scope, body, answer } = planned.command;
  const command: CommandRecord = {
    key: name.key(key),
    scope: `scope ${scope}`,
    requestHash: Buffer.from([body]),
    answer: JSON.stringify(answer.replaceAll('\0', '')),
  };
  return { streams, command };
}

test('random histories end as in a plain model, append by append', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(history, async (groups) => {
      const name = names();
      const model = referenceStore();
      const start = await store.lastPosition();
      for (const planned of groups) {
        // All of a group wait together; the store answers as if they had come one by one.
        const appends = planned.flatMap((one) => realised(one, name, model) ?? []);
        const promised = appends.map((append) => model.append(append));
        const results = await Promise.allSettled(appends.map((append) => store.append(append)));
        const answers = results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.code));
        expect(answers).toEqual(promised.map((result) => shifted(result, start)));
      }
      const feed = [];
      for (let after = start; ; ) {
        const page = await store.readFeed(after, 50);
        if (page.length === 0) break;
        feed.push(...page);
        after = page.at(-1)!.position;
      }
      expect(feed.map((event) => [event.position - start, event.streamId, event.version])).toEqual(
        model.feed.map((event, index) => [index + 1, event.streamId, event.version]),
      );
      expect(feed.map((event) => store.codec.decode(event.payload).data)).toEqual(
        model.feed.map((event) => event.data),
      );
    }),
    { numRuns: 80 },
  );
});

/** The model counts positions from 1. */
function shifted(result: ReturnType<ReferenceStore['append']>, by: number) {
  if (result === 'events_partly_known' || result.outcome !== 'appended') return result;
  return {
    ...result,
    streams: result.streams.map((stream) => ({ ...stream, position: stream.position + by })),
  };
}
