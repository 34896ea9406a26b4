/**
 * Chance with a seed: the generator xoshiro128** (Blackman and Vigna, 2018), seeded from SHA-256 of named parts.
 * Every case, centre and day takes a generator of its own by name, so that adding a centre or a kind of event leaves
 * the rest of the day as it was.
 */
import { createHash } from 'node:crypto';

export interface Random {
  /** A number in [0, 1) with 32 random bits. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** One of the list, in proportion to its weight. Weights are not negative and not all zero. */
  weighted<T>(list: readonly T[], weightOf: (item: T) => number): T;
  /** Number of independent arrivals with this mean. */
  poisson(mean: number): number;
  /** The list in another order (Fisher-Yates). */
  shuffle<T>(list: readonly T[]): T[];
}

const rotateLeft = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** Numbers of 32 random bits from a state that is not all zero. */
export function xoshiro128(seed: readonly [number, number, number, number]): () => number {
  const state: [number, number, number, number] = [...seed];
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(state[1], 5), 7), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotateLeft(state[3], 11);
    return result;
  };
}

/** A generator for the named parts: same parts, same numbers, on every machine. */
export function randomFor(...parts: readonly (string | number)[]): Random {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  const bits = xoshiro128([
    digest.readInt32LE(0),
    digest.readInt32LE(4),
    digest.readInt32LE(8),
    digest.readInt32LE(12),
  ]);
  const next = (): number => bits() / 2 ** 32;

  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));

  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new RangeError('nothing to pick from');
    return list[integer(0, list.length - 1)] as T;
  };

  const weighted = <T>(list: readonly T[], weightOf: (item: T) => number): T => pickerOf(list, weightOf)(next());

  // Knuth's product of uniforms; parts of a large mean add up, since exp(-mean) would vanish.
  const poisson = (mean: number): number => {
    if (mean > 30) return poisson(30) + poisson(mean - 30);
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = next(); product > limit; product *= next()) count += 1;
    return count;
  };

  const shuffle = <T>(list: readonly T[]): T[] => {
    const result = [...list];
    for (let index = result.length - 1; index > 0; index -= 1) {
      const other = integer(0, index);
      [result[index], result[other]] = [result[other] as T, result[index] as T];
    }
    return result;
  };

  return { next, integer, chance: (probability) => next() < probability, pick, weighted, poisson, shuffle };
}

/**
 * Picks from a list by weight with one number in [0, 1): the weights are added up once, for lists that are drawn from
 * often. Weights are not negative and not all zero.
 */
export function pickerOf<T>(list: readonly T[], weightOf: (item: T) => number): (part: number) => T {
  const items = list.filter((item) => weightOf(item) > 0);
  let total = 0;
  const sums = items.map((item) => {
    total += weightOf(item);
    return total;
  });
  if (items.length === 0) throw new RangeError('weights add up to nothing');
  return (part) => {
    let low = 0;
    let high = items.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) > part * total) high = middle;
      else low = middle + 1;
    }
    return items[low] as T;
  };
}
