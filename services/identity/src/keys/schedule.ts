import type { KeyPair } from './signing-key.ts';

/** A signing key and its times. */
export interface ScheduledKey extends KeyPair {
  readonly signsFrom: Date;
  /** Until when it stays published; undefined while no other one is to follow it. */
  readonly publishedUntil: Date | undefined;
}

/**
 * What signs and what is published at a moment. A key is published from when it is made; it signs from `signsFrom`
 * until that of the next one; it stays published until the last token that it signed is over.
 */
export function keysAtMoment(
  keys: readonly ScheduledKey[],
  now: Date,
): { signing: ScheduledKey; published: readonly ScheduledKey[] } {
  const published = keys
    .filter(({ publishedUntil }) => publishedUntil === undefined || publishedUntil > now)
    .toSorted((one, other) => other.signsFrom.getTime() - one.signsFrom.getTime());
  // A clock that is behind the database's may find that even the first key is still to come.
  const signing = published.find(({ signsFrom }) => signsFrom <= now) ?? published.at(-1);
  if (signing === undefined) throw new TypeError('there is no signing key');
  return { signing, published: [signing, ...published.filter((key) => key !== signing)] };
}
