import { expect, test } from 'vitest';
import { defaultPatience, isTooMany } from './shut-out.ts';

test.each([
  [4, 4, false],
  [5, 5, true],
  [5, 49, true],
  [5, 50, false],
  [6, 50, true],
  [100, 1_000, false],
  [101, 1_000, true],
])('%i of %i people wait for a person: %s', (people, of, waits) => {
  expect(isTooMany(people, of, defaultPatience)).toBe(waits);
});
