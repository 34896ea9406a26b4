/** Nothing of what was typed gets out of this package by being shown: by a log, JSON, an inspection, an error. */
import { inspect } from 'node:util';
import { createLog } from '@vienuviet/telemetry';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readActor } from './actor.ts';
import { inventedPersonalCode } from './invented/index.ts';
import { personalCodeOf, readPersonalCode } from './personal-code.ts';
import { IdentifierError, identifierOf, refusals, warnings } from './refusals.ts';
import { readRegistrationNumber } from './registration-number.ts';

/** Every way in which something is shown without anybody asking for its digits. */
function shown(value: unknown): string {
  const lines: string[] = [];
  const log = createLog({ service: 'test', level: 'trace', destination: { write: (line) => void lines.push(line) } });
  log.info({ value, err: value }, 'shown');
  log.error(value as object);
  log.warn(`${value}`);
  const copy: unknown = value instanceof Error ? undefined : structuredClone(value);
  const inspections = [
    {},
    { showHidden: true, depth: null },
    { customInspect: false, showHidden: true, getters: true },
  ];
  return [
    ...lines,
    String(value),
    JSON.stringify({ value, list: [value] }),
    JSON.stringify(copy),
    ...inspections.flatMap((options) => [inspect(value, options), inspect({ value, copy }, options)]),
    ...Object.entries(Object.getOwnPropertyDescriptors(value)).map(
      ([name, { value: own }]) => `${name} ${inspect(own)}`,
    ),
    Object.entries(value as object).join(),
    ...(value instanceof Error ? [value.message, value.name, value.stack, inspect(value.cause)] : []),
  ].join('\n');
}

/** Times, places in files and positions are digits of nobody. */
const withoutPlaces = (text: string): string =>
  text
    .replaceAll(/"time":"[^"]*"/g, '')
    .replaceAll(/[^\s()]*\.[mc]?[jt]s(:\d+)*/g, '')
    .replaceAll(/\(?node:[^)\n]*/g, '');

/** Parts of the digits that stand in a text, three in a row and longer. */
const partsIn = (text: string, digits: string): string[] =>
  Array.from({ length: digits.length - 2 }, (_, at) => digits.slice(at, at + 3)).filter((part) =>
    withoutPlaces(text).includes(part),
  );

const digits = '16117519997';

test('the search finds what is shown: a planted leak of each kind', () => {
  expect(partsIn(shown(new Error(`no code: ${digits}`)), digits)).not.toEqual([]);
  expect(partsIn(shown(Object.assign(new Error('no code'), { input: digits })), digits)).not.toEqual([]);
  expect(partsIn(shown(new Error('no code', { cause: digits })), digits)).not.toEqual([]);
  expect(partsIn(shown({ accepted: false, text: digits }), digits)).not.toEqual([]);
  expect(partsIn(shown({ deep: { deeper: { list: [`x${digits.slice(0, 4)}`] } } }), digits)).not.toEqual([]);
  expect(partsIn(shown(Object.defineProperty({}, 'hidden', { value: digits })), digits)).not.toEqual([]);
});

describe('a personal code that was read', () => {
  test.each([
    ['itself', personalCodeOf(digits)],
    ['its reading', readPersonalCode(digits)],
    ['a reading with a warning', readPersonalCode('161175-19998')],
    ['a resident', readActor(`PK:${digits}`)],
    ['an official', readActor(`AU:VSAA-PK:${digits}`)],
    ['an authorised person', readActor(`DP:03030310012-PK:${digits}`)],
    ['a signatory', readActor(`PK:${digits}-UR:40003584818`)],
  ])('%s shows no digit', (_, value) => {
    const text = shown(value);
    expect(partsIn(text, digits)).toEqual([]);
    expect(partsIn(text, '03030310012')).toEqual([]);
    expect(text).toContain('[personal code]');
  });

  test('is not shown by what puts texts together', () => {
    const code = personalCodeOf(digits);
    expect([`${code}`, `${'code: '}${code}`, [code].join(), code.toString(), String(code)].join()).not.toMatch(/\d/);
    expect(Number(code)).toBeNaN();
    expect({ ...code }).toEqual({});
  });
});

describe('what was refused', () => {
  test('no sentence of this package has a digit', () => {
    expect(Object.values({ ...refusals, ...warnings }).filter((sentence) => /\p{N}/u.test(sentence))).toEqual([]);
  });

  /** Codes with a slip, in every way that is refused. */
  const slips = fc
    .tuple(fc.nat(79_999), fc.constantFrom('old', 'new'), fc.nat(10), fc.constantFrom('x', '', '٣', '\0', '--', '99'))
    .map(([index, form, at, put]) => {
      const code = inventedPersonalCode('slips', index, form as 'old' | 'new').reveal();
      return { code, text: code.slice(0, at) + put + code.slice(at + 1) };
    });

  test.each([
    ['a personal code', readPersonalCode, (text: string) => text],
    ['a registration number', readRegistrationNumber, (text: string) => text],
    ['a resident', readActor, (text: string) => `PK:${text}`],
    ['an official', readActor, (text: string) => `AU:VSAA-PK:${text}`],
    ['a system', readActor, (text: string) => `AU:${text}`],
    ['a signatory', readActor, (text: string) => `PK:${text}-UR:${text}`],
  ])('as %s shows no digit, as a result and as an error', (_, read, write) => {
    let seen = 0;
    fc.assert(
      fc.property(slips, ({ code, text }) => {
        const reading = read(write(text));
        if (reading.accepted) return;
        seen += 1;
        expect(shown(reading).replaceAll(/"time":"[^"]*"/g, '')).not.toContain(code.slice(0, 3));
        expect(partsIn(JSON.stringify(reading), code)).toEqual([]);
        const error = errorOf(() => identifierOf<unknown>(reading));
        expect(Object.keys(error)).toEqual(['name', 'code']);
        expect(error.message).not.toMatch(/\p{N}/u);
        expect(error.cause).toBeUndefined();
        expect(partsIn(shown(error), code)).toEqual([]);
      }),
    );
    expect(seen).toBeGreaterThan(20);
  });

  test('is thrown without the text where it was accepted earlier', () => {
    const error = errorOf(() => personalCodeOf('161375-19997'));
    expect(error).toMatchObject({ name: 'IdentifierError', code: 'impossible_date' });
    expect(partsIn(shown(error), '16137519997')).toEqual([]);
  });
});

function errorOf(act: () => unknown): IdentifierError {
  try {
    act();
  } catch (error) {
    if (error instanceof IdentifierError) return error;
  }
  throw new Error('no IdentifierError was thrown');
}
