import type { RateLimit, RateLimiter } from '@vienuviet/http';

/**
 * How often somebody who has shown the first factor may try a code. Three codes of a million are right at any moment: at
 * thirty tries a day a guess comes true once in thirty years.
 */
const limits: readonly RateLimit[] = [
  { requests: 5, windowSeconds: 300 },
  { requests: 30, windowSeconds: 86_400 },
];

/** Seconds to wait before the next code counts, or undefined when this one may be tried. */
export async function secondsToWaitForCode(limiter: RateLimiter, accountId: string): Promise<number | undefined> {
  for (const limit of limits) {
    const { allowed, retryAfter } = await limiter.take(`second-factor:${limit.windowSeconds}:${accountId}`, limit);
    if (!allowed) return retryAfter;
  }
  return undefined;
}
