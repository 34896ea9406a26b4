import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { InboundMessage } from '../types.ts';
import { type Part, partQueue } from './part-queue.ts';

const part = (partition: number, messages = 1): Part => ({
  batch: { topic: 'case', partition, messages: [], highWatermark: 10n },
  messages: Array.from({ length: messages }, () => ({}) as InboundMessage),
  expected: 0n,
});

/** A queue whose transactions end when they are let go, and what went in each. */
function queue(most: number, fails: (partitions: number[]) => boolean = () => false) {
  const runs: number[][] = [];
  const going: (() => void)[] = [];
  const push = partQueue({
    most,
    async run(parts) {
      const partitions = parts.map(({ batch }) => batch.partition);
      runs.push(partitions);
      await new Promise<void>((resolve) => going.push(resolve));
      if (fails(partitions)) throw new Error(`failed: ${partitions.join(' ')}`);
    },
  });
  const letGo = async () => {
    for (let quiet = 0; quiet < 3; quiet++) {
      if (going.length > 0) quiet = 0;
      for (const go of going.splice(0)) go();
      await pause(5);
    }
  };
  return { push, runs, letGo };
}

describe('parts of several partitions', () => {
  test('that wait together share a transaction, two transactions at once', async () => {
    const { push, runs, letGo } = queue(100);
    const first = [push(part(1)), push(part(2))];
    await pause(5);
    const second = [push(part(3))];
    await pause(5);
    const third = [push(part(4)), push(part(5)), push(part(6))];
    await pause(5);
    expect(runs).toEqual([[1, 2], [3]]);
    await letGo();
    expect(runs).toEqual([[1, 2], [3], [4, 5, 6]]);
    await Promise.all([...first, ...second, ...third]);
  });

  test('are at most so many messages, or one part that has more', async () => {
    const { push, runs, letGo } = queue(10);
    const all = [push(part(1, 6)), push(part(2, 4)), push(part(3, 1)), push(part(4, 30)), push(part(5, 1))];
    await pause(5);
    await letGo();
    expect(runs).toEqual([[1, 2], [3], [4], [5]]);
    await Promise.all(all);
  });

  test('are done again one by one when they failed together: only the one at fault fails', async () => {
    const { push, runs, letGo } = queue(100, (partitions) => partitions.includes(2));
    const settled = Promise.allSettled([push(part(1)), push(part(2)), push(part(3))]);
    await pause(5);
    await letGo();
    expect(runs).toEqual([[1, 2, 3], [1], [2], [3]]);
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
