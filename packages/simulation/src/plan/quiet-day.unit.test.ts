import { expect, test } from 'vitest';
import { makePlan } from './make-plan.ts';
import { whyQuiet } from './quiet-day.ts';

const why = (date: string, centres: readonly string[], seed = '1') => whyQuiet(makePlan({ seed, date, centres }));
const both = ['aizkraukle', 'cesis'];

test('a day with cases is not quiet', () => {
  expect(why('2026-11-20', both)).toBeUndefined();
});

test('on a public holiday the plan says which one it is', () => {
  expect(why('2026-11-18', both)).toBe('2026-11-18 is a public holiday (Republic Day): all centres are closed');
  expect(why('2023-07-10', both)).toMatch('(day after the Song and Dance Festival)');
});

test('at the weekend it says which day it is', () => {
  expect(why('2026-11-22', both)).toBe('2026-11-22 is a Sunday, when these centres are closed');
});

test('where nobody comes by chance it says that', () => {
  expect(whyQuiet({ seed: '1', date: '2026-11-20', centres: both, cases: [] })).toMatch(
    /^nobody comes to these centres/,
  );
});
