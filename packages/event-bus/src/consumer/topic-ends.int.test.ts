import { afterAll, beforeAll, expect, test } from 'vitest';
import { message, newStream } from '../testing/parcel-messages.ts';
import { parcelsProjection } from '../testing/parcels.ts';
import { type ProjectionRunner, projectionRunner } from '../testing/projection-runner.ts';
import { type TestBus, testBus } from '../testing/test-bus.ts';
import { until } from '../testing/until.ts';
import { asOf } from './as-of.ts';
import { noteTopicEnds } from './topic-ends.ts';

let bus: TestBus;
let runner: ProjectionRunner;
beforeAll(async () => {
  bus = await testBus();
  runner = projectionRunner(bus);
});
afterAll(async () => {
  await runner.stopAll();
  await bus.close();
});

test('what arrives behind a consumer that stands counts as its lag', async () => {
  const stands = await runner.run(parcelsProjection({ name: 'stands', from: ['parcel'] }), {
    ...{ maxParkedKeys: 0, topicEndsMs: 200 },
  });
  const streamId = newStream();
  const poison = message(streamId, { value: Buffer.from('poison') });
  await bus.produce('parcel', [poison]);
  await until(() => stands.state().trouble?.code === 'too_many_parked_keys');
  await bus.produce('parcel', [poison, poison, poison]);
  await until(() => stands.state().lag === 4, 25_000);
  const lagging = async () => (await stands.asOf()).filter(({ lag }) => lag > 0);
  await until(async () => (await lagging()).length === 1);
  expect(await lagging()).toMatchObject([{ topic: 'parcel', offset: '-1', lag: 4, lastEventAt: null }]);
}, 60_000);

test('a store without events is no lag, and of two clusters the one that answered last is told', async () => {
  const store = { name: 'following', clusterId: 'store' };
  await noteTopicEnds(bus.pool, store, 'store', [{ partition: 0, low: 1n, high: 1n }]);
  expect(await asOf(bus.pool, 'following')).toMatchObject([{ topic: 'store', offset: '-1', lag: 0 }]);
  await noteTopicEnds(bus.pool, { name: 'moved', clusterId: 'lost' }, 'parcel', [{ partition: 0, low: 0n, high: 9n }]);
  await noteTopicEnds(bus.pool, { name: 'moved', clusterId: 'new' }, 'parcel', [{ partition: 0, low: 0n, high: 2n }]);
  expect(await asOf(bus.pool, 'moved')).toMatchObject([{ topic: 'parcel', lag: 2 }]);
});

test('an older answer does not take an end back, and each answer is dated', async () => {
  const consumer = { name: 'noted', clusterId: 'one' };
  const read = async () => {
    const { rows } = await bus.pool.query(
      `select partition, next_offset::int, end_offset::int, checked_at from event_bus.consumer_offsets
        where consumer = 'noted' order by partition`,
    );
    return rows;
  };
  const range = (partition: number, high: bigint) => ({ partition, low: 0n, high });
  await noteTopicEnds(bus.pool, consumer, 'parcel', [range(0, 7n), range(10, 2n), range(2, 0n)]);
  const first = await read();
  expect(first).toMatchObject([
    { partition: 0, next_offset: 0, end_offset: 7 },
    { partition: 2, next_offset: 0, end_offset: 0 },
    { partition: 10, next_offset: 0, end_offset: 2 },
  ]);
  // Dates have milliseconds, and both answers may come within one.
  await new Promise((resolve) => setTimeout(resolve, 5));
  await noteTopicEnds(bus.pool, consumer, 'parcel', [range(0, 5n), range(10, 3n)]);
  const second = await read();
  expect(second.map(({ end_offset: end }) => end)).toEqual([7, 0, 3]);
  expect(second[0].checked_at.getTime()).toBeGreaterThan(first[0].checked_at.getTime());
  expect(second[1].checked_at).toEqual(first[1].checked_at);
});
