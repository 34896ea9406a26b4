import { describe, expect, test } from 'vitest';
import { createFeedProgress } from './progress.ts';

const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const never = new AbortController().signal;
const unexpected = (error: unknown) => {
  throw error;
};

describe('waiting for the feed to go on', () => {
  test('a nudge wakes who waits below the new position, and nobody else', async () => {
    let position = 5;
    const progress = createFeedProgress({ look: async () => position, onError: unexpected, pollMs: 60_000 });
    const woken: string[] = [];
    const low = progress.waitBeyond(5, 60_000, never).then(() => woken.push('low'));
    progress.waitBeyond(9, 60_000, never).then(() => woken.push('high'));
    await soon(5);
    expect(woken).toEqual([]);
    position = 7;
    progress.nudge();
    await low;
    expect(woken).toEqual(['low']);
    expect(progress.waiting).toBe(1);
    progress.close();
  });

  test('a nudge during a look is not lost', async () => {
    let position = 1;
    let answer: (() => void) | undefined;
    const look = () => {
      const seen = position;
      return new Promise<number>((resolve) => {
        answer = () => resolve(seen);
      });
    };
    const progress = createFeedProgress({ look, onError: unexpected, pollMs: 60_000 });
    const waited = progress.waitBeyond(1, 60_000, never);
    position = 2;
    progress.nudge();
    answer?.();
    await soon(1);
    answer?.();
    await waited;
    expect(progress.waiting).toBe(0);
  });

  test('without any nudge the position is looked up again and again', async () => {
    let position = 0;
    const progress = createFeedProgress({ look: async () => position, onError: unexpected, pollMs: 5 });
    const waited = progress.waitBeyond(0, 60_000, never);
    await soon(10);
    position = 1;
    await waited;
  });

  test('what moved before the wait began is noticed without a nudge', async () => {
    const progress = createFeedProgress({ look: async () => 8, onError: unexpected, pollMs: 60_000 });
    expect(await progress.waitBeyond(7, 60_000, never)).toBe(true);
  });

  test('ends by its time and by its signal, and then nobody looks any more', async () => {
    let looks = 0;
    const look = async () => {
      looks += 1;
      return 0;
    };
    const progress = createFeedProgress({ look, onError: unexpected, pollMs: 2 });
    expect(await progress.waitBeyond(0, 10, never)).toBe(false);
    const controller = new AbortController();
    const waited = progress.waitBeyond(0, 60_000, controller.signal);
    controller.abort();
    expect(await waited).toBe(false);
    await progress.waitBeyond(0, 60_000, controller.signal);
    expect(progress.waiting).toBe(0);
    const before = looks;
    progress.nudge();
    await soon(10);
    expect(looks).toBe(before);
  });

  test('a failing look is told and the next one comes by itself', async () => {
    const told: unknown[] = [];
    let fails = 2;
    const look = async () => {
      if (fails-- > 0) throw new Error('database away');
      return 1;
    };
    const progress = createFeedProgress({ look, onError: (error) => told.push(error), pollMs: 2 });
    await progress.waitBeyond(0, 60_000, never);
    expect(told).toHaveLength(2);
  });
});
