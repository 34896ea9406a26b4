import { randomUUID } from 'node:crypto';
import { testInfrastructure } from '@vienuviet/testing';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startNudges } from './nudges.ts';
import { createFeedProgress, type FeedProgress } from './progress.ts';

/** An instance as far as nudges go: a connection to Redis, and readers that would look by themselves once a minute. */
interface Instance {
  readonly redis: Redis;
  readonly progress: FeedProgress;
  /** What the projection of this instance tells after a batch. */
  projected(): void;
  end(): void;
}

let position: number;
let instances: Instance[];

beforeEach(async () => {
  position = 0;
  const channel = `test-${randomUUID()}`;
  instances = [start(channel), start(channel)];
  await Promise.all(instances.map(({ redis }) => redis.ping()));
  // The subscriptions take a moment.
  await expect.poll(async () => Object.values(await instances[0]!.redis.pubsub('NUMSUB', channel))[1]).toBe(2);
});

afterEach(() => {
  for (const instance of instances) instance.end();
});

function start(channel: string): Instance {
  const redis = new Redis(testInfrastructure().redisUrl, { retryStrategy: () => 20 });
  redis.on('error', () => undefined);
  const unexpected = (error: unknown) => {
    throw error;
  };
  const progress = createFeedProgress({ look: async () => position, onError: unexpected, pollMs: 60_000 });
  const listeners = new Set<() => void>();
  const stop = startNudges({
    redis,
    channel,
    progress,
    onItemsProjected: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return {
    redis,
    progress,
    projected: () => {
      for (const listener of listeners) listener();
    },
    end: () => {
      stop();
      progress.close();
      redis.disconnect();
    },
  };
}

const never = new AbortController().signal;

describe('a nudge over Redis', () => {
  test('wakes the readers of the other instance', async () => {
    const waiting = instances.map(({ progress }) => progress.waitBeyond(0, 10_000, never));
    position = 1;
    instances[0]!.projected();
    expect(await Promise.all(waiting)).toEqual([true, true]);
  });

  test('wakes them again after Redis had cut all connections', async () => {
    await instances[0]!.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    position = 1;
    const waiting = instances[1]!.progress.waitBeyond(1, 10_000, never);
    await expect
      .poll(async () => {
        position += 1;
        instances[0]!.projected();
        return Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 20, 'later'))]);
      })
      .toBe(true);
  });

  test('that is a lie wakes nobody: only what the database says counts', async () => {
    const waiting = instances[1]!.progress.waitBeyond(0, 300, never);
    for (let i = 0; i < 5; i++) instances[0]!.projected();
    expect(await waiting).toBe(false);
  });

  test('is swallowed while this instance has no Redis, and readers here are woken all the same', async () => {
    instances[0]!.redis.disconnect();
    const waiting = instances[0]!.progress.waitBeyond(0, 10_000, never);
    position = 1;
    instances[0]!.projected();
    expect(await waiting).toBe(true);
  });
});
