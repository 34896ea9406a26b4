import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inventedCount, inventedRegistrationNumber } from './invented/index.ts';
import { readPersonalCode } from './personal-code.ts';
import type { RefusalCode } from './refusals.ts';
import {
  isOfPublicBody,
  isRegistrationNumber,
  type RegistrationNumber,
  readRegistrationNumber,
} from './registration-number.ts';

const outcomeOf = (input: unknown): string => {
  const reading = readRegistrationNumber(input);
  return reading.accepted ? reading.identifier : reading.refusal;
};

const root = join(import.meta.dirname, '../../..');

test.each(['90001733697', '40003584818', '40003521600', '90001669496'])('%s is a registration number', (number) => {
  expect(isRegistrationNumber(number)).toBe(true);
  expect(outcomeOf(number)).toBe(number);
  expect(outcomeOf(` ${number}\u00a0\n`)).toBe(number);
});

test('those of public bodies begin with 9', () => {
  expect(isOfPublicBody('90001733697' as RegistrationNumber)).toBe(true);
  expect(isOfPublicBody('40003584818' as RegistrationNumber)).toBe(false);
});

describe('is none', () => {
  const refused: [what: string, input: unknown, refusal: RefusalCode][] = [
    ['a wrong check digit', '40003521601', 'wrong_check_digit'],
    ['ten digits', '9000173369', 'wrong_length'],
    ['twelve digits', '900017336970', 'wrong_length'],
    ['a letter', '9000173369x', 'not_digits'],
    ['a Cyrillic О', '9\u041e\u041e\u041e1733697', 'not_digits'],
    ['fullwidth digits', '９０００１７３３６９７', 'not_digits'],
    ['Arabic-Indic digits', '\u0669\u0660\u0660\u0660\u0661\u0667\u0663\u0663\u0666\u0669\u0667', 'not_digits'],
    ['the number for value added tax', 'LV40003584818', 'not_digits'],
    ['a space inside', '4000 3584 818', 'not_digits'],
    ['nothing', '', 'empty'],
    ['null', null, 'empty'],
    ['a number', 90001733697, 'not_text'],
    ['a huge text', '9'.repeat(50_000_000), 'too_long'],
  ];
  test.each(refused)('%s', (_, input, refusal) => {
    expect(outcomeOf(input)).toBe(refusal);
    expect(typeof input === 'string' && isRegistrationNumber(input)).toBe(false);
  });

  test('a personal code, whatever its sum', () => {
    const code = '16112500031';
    expect(readPersonalCode(code).accepted).toBe(true);
    expect(outcomeOf(code)).toBe('looks_like_personal_code');
    expect(isRegistrationNumber(code)).toBe(false);
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{11}$/), (digits) => {
        expect(isRegistrationNumber(digits) && readPersonalCode(digits).accepted).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });
});

test('every slip of one digit is found, and every swap of two neighbours', () => {
  const index = fc.nat(inventedCount.registrationNumber - 1);
  fc.assert(
    fc.property(index, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 9 }), (which, at, by) => {
      const number = inventedRegistrationNumber('slip', which);
      expect(isRegistrationNumber(number)).toBe(true);
      const slipped = number.slice(0, at) + ((Number(number[at]) + by) % 10) + number.slice(at + 1);
      expect(isRegistrationNumber(slipped)).toBe(false);
      const swapped = number.slice(0, at - 1) + number[at] + number[at - 1] + number.slice(at + 1);
      expect(swapped === number || !isRegistrationNumber(swapped)).toBe(true);
    }),
  );
});

test('every number of the sample data is one', () => {
  const text = readFileSync(join(root, 'packages/simulation/data/invented/services.csv'), 'utf8');
  const numbers = new Set(text.match(/(?<=,)[0-9]{11}(?=,)/g));
  expect(numbers.size).toBeGreaterThan(3);
  expect([...numbers].filter((number) => !isRegistrationNumber(number))).toEqual([]);
});
