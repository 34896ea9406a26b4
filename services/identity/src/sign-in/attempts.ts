import { networkOf, type RateLimit, type RateLimiter } from '@vienuviet/http';

/**
 * How often somebody may try to sign in. Counted before the password is looked at, right or wrong, so that many tries
 * at once are counted too; by instances together, in Redis.
 */
const limits = {
  /** One account from one address: a person who mistypes. */
  accountAtAddress: { requests: 10, windowSeconds: 300 },
  /** One account from everywhere: guessing from many machines. Above the first, so that no stranger locks one out. */
  account: { requests: 50, windowSeconds: 300 },
  /** One address for all accounts: guessing one password for many; a centre's clerks come from one address. */
  address: { requests: 300, windowSeconds: 300 },
} as const satisfies Record<string, RateLimit>;

export interface Attempt {
  readonly account: string;
  readonly address: string;
  /** Everybody comes from this address, as on a machine for development: only the account counts. */
  readonly isShared: boolean;
}

/** Seconds to wait before the next try counts, or undefined when this one may be made. */
export async function secondsToWait(
  limiter: RateLimiter,
  { account, address, isShared }: Attempt,
): Promise<number | undefined> {
  const network = networkOf(address);
  const ofAddress = [
    [`sign-in:address:${network}`, limits.address],
    [`sign-in:both:${account}:${network}`, limits.accountAtAddress],
  ] as const;
  const asked = [...(isShared ? [] : ofAddress), [`sign-in:account:${account}`, limits.account] as const];
  for (const [key, limit] of asked) {
    const { allowed, retryAfter } = await limiter.take(key, limit);
    if (!allowed) return retryAfter;
  }
  return undefined;
}
