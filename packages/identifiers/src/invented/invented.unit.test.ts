import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { personalCodeOf, readPersonalCode } from '../personal-code.ts';
import { isRegistrationNumber } from '../registration-number.ts';
import { inventedCount, inventedPersonalCode, inventedRegistrationNumber, isInvented } from './index.ts';

const root = join(import.meta.dirname, '../../../..');
const forms = ['old', 'new'] as const;
const places = fc.record({
  form: fc.constantFrom(...forms),
  seed: fc.string(),
  part: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe('invented personal codes', () => {
  test('are valid without a warning, and known as invented, to the last one', () => {
    fc.assert(
      fc.property(places, ({ form, seed, part }) => {
        const code = inventedPersonalCode(seed, Math.floor(part * (inventedCount[form] - 1)), form);
        expect(readPersonalCode(code.reveal())).toMatchObject({ accepted: true, warning: null });
        expect(isInvented(code)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of the old form are of people born before 1860, of the new form end in noughts', () => {
    for (let index = 0; index < 2_000; index += 1) {
      expect(inventedPersonalCode('a', index).revealWithDash()).toMatch(/^[0-9]{4}[0-5][0-9]-0/);
      expect(inventedPersonalCode('a', index, 'new').revealWithDash()).toMatch(/^3[2-9][0-9]{4}-00000$/);
    }
  });

  test.each(forms)('of the form %s are the same for the same seed, others for another, and each once', (form) => {
    const codes = (seed: string, count: number): string[] =>
      Array.from({ length: count }, (_, index) => inventedPersonalCode(seed, index, form).reveal());
    expect(codes('day', 50)).toEqual(codes('day', 50));
    expect(codes('day', 50)).not.toEqual(codes('night', 50));
    expect(new Set(codes('day', 80_000)).size).toBe(80_000);
  });

  test('stay as they are: plans and recordings hold them', () => {
    expect([0, 1].map((index) => inventedPersonalCode('day', index).revealWithDash())).toEqual([
      '151029-02382',
      '170454-06399',
    ]);
  });

  test.each(['161175-19997', '030303-10012', '329999-12345', '010160-00000', '321059-00001'])('%s is none', (code) => {
    expect(isInvented(personalCodeOf(code))).toBe(false);
  });

  test.each([-1, 0.5, Number.NaN, inventedCount.new])('there is none with the index %s', (index) => {
    expect(() => inventedPersonalCode('a', index, 'new')).toThrow(RangeError);
  });
});

test('invented registration numbers are valid, begin with 7, and are each once', () => {
  const numbers = Array.from({ length: 20_000 }, (_, index) => inventedRegistrationNumber('day', index));
  expect(numbers.every((number) => isRegistrationNumber(number) && number.startsWith('7'))).toBe(true);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(() => inventedRegistrationNumber('day', inventedCount.registrationNumber)).toThrow(RangeError);
});

test('no service and no package that services are made of knows invented codes', () => {
  const sources = globSync('{services,packages,schemas}/**/src/**/*.ts', {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  });
  const knowing = sources.filter((path) =>
    readFileSync(join(root, path), 'utf8').includes('@vienuviet/identifiers/invented'),
  );
  const allowed =
    /^packages\/(simulation|testing|identifiers)\/|\.test\.ts$|\.bench\.ts$|\/(testing|test-support|tests)\//;
  expect(sources.length).toBeGreaterThan(100);
  expect(knowing.filter((path) => !allowed.test(path))).toEqual([]);
});
