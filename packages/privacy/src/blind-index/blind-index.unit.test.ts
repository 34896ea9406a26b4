import { describe, expect, test } from 'vitest';
import { createBlindIndex } from './blind-index.ts';

const index = createBlindIndex('a secret of tests, at least 32 characters');

describe('a blind index', () => {
  test.each([
    ['personal_code', '161175-19997', '16117519997'],
    ['phone', '+371 2000 0000', '+37120000000'],
    ['email', 'Anna.Bērziņa@Example.LV ', 'anna.be\u0304rzin\u0327a@example.lv'],
  ] as const)('of a %s is the same for every spelling', (kind, one, other) => {
    expect(index.of(kind, one)).toEqual(index.of(kind, other));
    expect(index.of(kind, one)).toHaveLength(32);
  });

  test('says nothing across kinds, values and secrets', () => {
    const other = createBlindIndex('another secret of tests, at least 32 characters');
    const all = [
      index.of('personal_code', '16117519997'),
      index.of('registration_number', '16117519997'),
      index.of('phone', '16117519997'),
      index.of('personal_code', '16117519998'),
      other.of('personal_code', '16117519997'),
    ].map((bytes) => bytes.toString('hex'));
    expect(new Set(all).size).toBe(all.length);
  });

  test('is not made with a secret that anybody could guess, which is not repeated', () => {
    expect(() => createBlindIndex('hunter2')).toThrow(/^the secret of the blind indexes has fewer than 32 characters$/);
  });
});
