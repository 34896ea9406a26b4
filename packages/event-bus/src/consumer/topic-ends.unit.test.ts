import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PartitionRange } from '../types.ts';
import { followTopicEnds } from './topic-ends.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const range: PartitionRange = { partition: 0, low: 0n, high: 7n };

test('asks for every topic again and again, also after an answer that did not come', async () => {
  const ranges = vi.fn(async (_topic: string) => [range]);
  const onEnds = vi.fn(async () => undefined);
  const following = followTopicEnds({ subscriber: { ranges }, topics: ['case', 'service'], intervalMs: 1_000, onEnds });
  expect(ranges).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onEnds.mock.calls).toEqual([
    ['case', [range]],
    ['service', [range]],
  ]);
  ranges.mockRejectedValueOnce(new Error('the broker is away'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onEnds).toHaveBeenCalledTimes(2);
  onEnds.mockRejectedValueOnce(new Error('PostgreSQL is away'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onEnds).toHaveBeenCalledTimes(3);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onEnds).toHaveBeenCalledTimes(5);
  following.stop();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(ranges).toHaveBeenCalledTimes(6);
});

test('an answer that comes after the end is told nobody', async () => {
  const answer = Promise.withResolvers<PartitionRange[]>();
  const onEnds = vi.fn(async () => undefined);
  const subscriber = { ranges: () => answer.promise };
  const following = followTopicEnds({ subscriber, topics: ['case'], intervalMs: 1_000, onEnds });
  await vi.advanceTimersByTimeAsync(1_000);
  following.stop();
  answer.resolve([range]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onEnds).not.toHaveBeenCalled();
});
