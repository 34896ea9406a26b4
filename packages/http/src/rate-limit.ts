import type { Log } from '@vienuviet/telemetry';
import type { Redis } from 'ioredis';

export interface RateLimit {
  readonly requests: number;
  readonly windowSeconds: number;
}

export interface RateDecision {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds after which it is worth to try again. */
  readonly retryAfter: number;
}

export interface RateLimiter {
  take(key: string, limit: RateLimit): Promise<RateDecision>;
}

/**
 * Sliding window out of two fixed ones: the count of this window and the share of the last one that still lies within
 * the window's length. Two numbers a caller, and no burst of twice the limit at the seam of two windows.
 * A refused request is not counted. KEYS: this window, the last one. ARGV: limit, share of the last, seconds to keep.
 */
const takeScript = `
local current = tonumber(redis.call('get', KEYS[1]) or '0')
local last = tonumber(redis.call('get', KEYS[2]) or '0')
local used = current + math.floor(last * tonumber(ARGV[2]))
if used >= tonumber(ARGV[1]) then return {0, used} end
redis.call('incr', KEYS[1])
if current == 0 then redis.call('expire', KEYS[1], ARGV[3]) end
return {1, used + 1}`;

/** A hanging Redis must not hang requests: after this long, and for a while, the process counts alone. */
const redisPatienceMs = 150;
const redisPauseMs = 1_000;

/** Limits kept in Redis, shared by all instances; in this process alone while Redis is away. */
export function createRateLimiter({
  name,
  redis,
  log,
  clock,
}: {
  name: string;
  redis?: Redis | undefined;
  log: Log;
  clock: () => Date;
}): RateLimiter {
  const local = createLocalLimiter(clock);
  let pausedUntil = 0;
  let away = false;

  const noteAway = (error: unknown): void => {
    pausedUntil = clock().getTime() + redisPauseMs;
    if (!away) log.warn({ err: error, event: 'limits_local' }, 'Redis is away: limits are counted in this process');
    away = true;
  };

  return {
    take: async (key, limit) => {
      if (redis === undefined || pausedUntil > clock().getTime()) return local.take(key, limit);
      if (redis.status !== 'ready') {
        // A client made with lazyConnect opens its connection when it is first asked.
        if (redis.status === 'wait') redis.connect().catch(noteAway);
        noteAway(new Error(`Redis is ${redis.status}`));
        return local.take(key, limit);
      }
      try {
        const decision = await withinPatience(takeFromRedis(redis, name, key, limit, clock().getTime()));
        if (away) log.info({ event: 'limits_shared' }, 'Redis is back: limits are shared again');
        away = false;
        return decision;
      } catch (error) {
        noteAway(error);
        return local.take(key, limit);
      }
    },
  };
}

async function takeFromRedis(redis: Redis, name: string, key: string, limit: RateLimit, now: number) {
  const { index, lastShare, left } = windowAt(now, limit);
  // One hash slot for both, so that the script also runs on a cluster.
  const base = `rate:{${name}:${key}}:${limit.windowSeconds}`;
  const [allowed, used] = (await redis.eval(
    takeScript,
    2,
    `${base}:${index}`,
    `${base}:${index - 1}`,
    limit.requests,
    lastShare,
    2 * limit.windowSeconds + 1,
  )) as [number, number];
  return decisionOf(allowed === 1, used, limit, left);
}

function createLocalLimiter(clock: () => Date): RateLimiter {
  const most = 50_000;
  const windows = new Map<string, { index: number; current: number; last: number }>();
  return {
    take: async (key, limit) => {
      const { index, lastShare, left } = windowAt(clock().getTime(), limit);
      const id = `${key}:${limit.windowSeconds}`;
      const known = windows.get(id);
      const window =
        known?.index === index ? known : { index, current: 0, last: known?.index === index - 1 ? known.current : 0 };
      if (known !== window) {
        windows.delete(id);
        if (windows.size >= most) for (const oldest of windows.keys()) if (windows.delete(oldest)) break;
        windows.set(id, window);
      }
      const used = window.current + Math.floor(window.last * lastShare);
      if (used >= limit.requests) return decisionOf(false, used, limit, left);
      window.current++;
      return decisionOf(true, used + 1, limit, left);
    },
  };
}

function windowAt(now: number, { windowSeconds }: RateLimit): { index: number; lastShare: number; left: number } {
  const position = now / (windowSeconds * 1000);
  const index = Math.floor(position);
  return { index, lastShare: 1 - (position - index), left: Math.ceil((1 - (position - index)) * windowSeconds) };
}

const decisionOf = (allowed: boolean, used: number, limit: RateLimit, left: number): RateDecision => ({
  allowed,
  remaining: Math.max(0, limit.requests - used),
  retryAfter: Math.max(1, left),
});

async function withinPatience<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${redisPatienceMs} ms`)), redisPatienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
