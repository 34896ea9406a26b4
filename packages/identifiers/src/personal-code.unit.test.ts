import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inventedCount, inventedPersonalCode } from './invented/index.ts';
import { checkDigitOf, personalCodeOf, readPersonalCode } from './personal-code.ts';
import { IdentifierError, type RefusalCode } from './refusals.ts';

/** What came of a text, in the short: its digits, those with a warning, or why it was refused. */
function outcomeOf(input: unknown): string {
  const reading = readPersonalCode(input);
  if (!reading.accepted) return reading.refusal;
  return `${reading.identifier.reveal()}${reading.warning === null ? '' : ` ${reading.warning}`}`;
}
const invented = fc
  .record({ form: fc.constantFrom('old', 'new'), index: fc.nat(inventedCount.new - 1), seed: fc.string() })
  .map(({ form, index, seed }) => inventedPersonalCode(seed, index, form));

describe('the vectors of the domain', () => {
  test.each(['161175-19997', '030303-10012', '111111-11111', '329999-12345', '320000-00000', '391231-00001'])(
    '%s is valid, with its dash and without',
    (code) => {
      const digits = code.replace('-', '');
      expect(outcomeOf(code)).toBe(digits);
      expect(outcomeOf(digits)).toBe(digits);
    },
  );

  test.each([2, 3, 4, 5, 6, 7, 8, 9])('the new form has 3 and then %i', (second) => {
    expect(outcomeOf(`3${second}0000-99999`)).toBe(`3${second}000099999`);
  });

  test('161375-19997 has an impossible date', () => {
    expect(outcomeOf('161375-19997')).toBe('impossible_date');
  });

  test('a wrong check digit on an old code is a warning, and the code is read', () => {
    expect(outcomeOf('161175-19998')).toBe('16117519998 wrong_check_digit');
    expect(personalCodeOf('161175-19998').reveal()).toBe('16117519998');
  });

  test.each([
    { of: '0101001003', digit: 0, why: 'a remainder of ten' },
    { of: '1611751999', digit: 7, why: 'any other' },
  ])('the check digit of $of is $digit: $why', ({ of, digit }) => {
    expect(checkDigitOf(of)).toBe(digit);
  });
});

describe('the date of an old code', () => {
  test.each(['290200-20000', '290296-10000', '310199-00000', '300475-10000', '010100-00000'])('%s was', (code) => {
    expect(outcomeOf(code)).not.toBe('impossible_date');
  });

  test.each([
    { code: '290200-00000', why: '1800 was no leap year' },
    { code: '290200-10000', why: '1900 was none' },
    { code: '290201-20000', why: 'nor was 2001' },
    { code: '310475-10000', why: 'April has 30 days' },
    { code: '000175-10000', why: 'day 0' },
    { code: '320175-30000', why: undefined },
    { code: '010075-10000', why: 'month 0' },
    { code: '161175-39997', why: 'no code has the century 3' },
    { code: '161175-99997', why: 'nor 9' },
    { code: '401175-19997', why: 'day 40' },
    { code: '900017-33697', why: 'day 90: a registration number' },
  ])('$code: $why', ({ code, why }) => {
    expect(outcomeOf(code)).toBe(why === undefined ? code.replace('-', '') : 'impossible_date');
  });
});

const spaces = [
  ...[' ', '\t', '\n', '\r\n', '\u00a0', '\u1680', '\u2000', '\u2003', '\u2007', '\u2009', '\u200a', '\u2028'],
  ...['\u202f', '\u205f', '\u3000', '\ufeff', '\u200b', '\u200d', '\u2060', '\u200e', '\u202a', '\u2066', '\u00ad'],
];
const dashes = '-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u02d7\u2043\u2796\ufe58\ufe63\uff0d\u058a'.split('');
const named = (character: string): string => `U+${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;

describe('as people type and paste it', () => {
  test.each(spaces.map((space) => [named(space), space]))(
    'the space %s around it and at the dash means nothing',
    (_, s) => {
      expect(outcomeOf(`${s}161175${s}-${s}19997${s}`)).toBe('16117519997');
      expect(outcomeOf(`161175${s}19997`)).toBe('16117519997');
    },
  );

  test.each(dashes.map((dash) => [named(dash), dash]))('the dash %s is a dash', (_, dash) => {
    expect(outcomeOf(`161175${dash}19997`)).toBe('16117519997');
  });

  const refused: [what: string, input: unknown, refusal: RefusalCode][] = [
    ['nothing', '', 'empty'],
    ['null', null, 'empty'],
    ['undefined', undefined, 'empty'],
    ['space', ' \u00a0\u200b ', 'empty'],
    ['a number', 16117519997, 'not_text'],
    ['a bigint', 16117519997n, 'not_text'],
    ['an object that lies about its text', { toString: () => '161175-19997' }, 'not_text'],
    ['a list', ['161175-19997'], 'not_text'],
    ['ten digits', '161175-1999', 'wrong_length'],
    ['twelve digits', '161175-199977', 'wrong_length'],
    ['a dash alone', '-', 'wrong_length'],
    ['the dash in another place', '16117-519997', 'wrong_shape'],
    ['two dashes', '161175--19997', 'wrong_shape'],
    ['a dash in front', '-16117519997', 'wrong_shape'],
    ['a dash behind', '161175-19997-', 'wrong_shape'],
    ['a space inside', '16 1175-19997', 'wrong_shape'],
    ['what cannot be seen inside', '16\u200b1175-19997', 'wrong_shape'],
    ['a Cyrillic О for 0', '03\u041e303-10012', 'not_digits'],
    ['a Latin O for 0', '03O303-10012', 'not_digits'],
    ['a Latin l for 1', '16ll75-19997', 'not_digits'],
    ['Arabic-Indic digits', '\u0661\u0666\u0661\u0661\u0667\u0665-\u0661\u0669\u0669\u0669\u0667', 'not_digits'],
    ['one Persian digit', '16117\u06f5-19997', 'not_digits'],
    ['fullwidth digits', '１６１１７５-１９９９７', 'not_digits'],
    ['mathematical digits', '\u{1d7cf}61175-19997', 'not_digits'],
    ['a superscript', '16117\u2075-19997', 'not_digits'],
    ['a digit with a stroke through it', '161175\u0338-19997', 'not_digits'],
    ['NUL', '161175-19997\0', 'not_digits'],
    ['half a surrogate pair', '161175-19997\ud800', 'not_digits'],
    ['the actor of a resident', 'PK:16117519997', 'not_digits'],
    ['markup', '<b>161175-19997</b>', 'not_digits'],
    ['more than anybody types', '161175-19997'.padEnd(65), 'too_long'],
    ['a huge text', '1'.repeat(50_000_000), 'too_long'],
  ];
  test.each(refused)('%s is refused', (_, input, refusal) => {
    expect(outcomeOf(input)).toBe(refusal);
    expect(() => personalCodeOf(input)).toThrow(IdentifierError);
  });
});

describe('whatever comes in', () => {
  test('a code reads the same again, in every way of writing it', () => {
    const between = fc.constantFrom('', ...dashes, ...spaces);
    fc.assert(
      fc.property(invented, between, fc.constantFrom('', ...spaces), (code, middle, edge) => {
        const written = `${edge}${code.reveal().slice(0, 6)}${middle}${code.reveal().slice(6)}${edge}`;
        expect(outcomeOf(written)).toBe(code.reveal());
        expect(outcomeOf(code.revealWithDash())).toBe(code.reveal());
      }),
    );
  });

  test('eleven digits are accepted exactly when they are of the new form or begin with a day that was', () => {
    const digits = fc.stringMatching(/^[0-4][0-9][01][0-9]{8}$/);
    fc.assert(
      fc.property(digits, (text) => {
        const [day, month, year] = [text.slice(0, 2), text.slice(2, 4), text.slice(4, 6)];
        const iso = `${18 + Number(text[6])}${year}-${month}-${day}`;
        const date = new Date(`${iso}T00:00:00Z`);
        const was = Number(text[6]) < 3 && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso);
        expect(readPersonalCode(text).accepted).toBe(was || /^3[2-9]/.test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('one wrong digit of an old code is warned of, save where ten and nought have the same check digit', () => {
    let unnoticed = 0;
    let changed = 0;
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        fc.integer({ min: 7, max: 10 }),
        fc.integer({ min: 1, max: 9 }),
        (index, at, by) => {
          const digits = inventedPersonalCode('slip', index).reveal();
          const slipped = digits.slice(0, at) + ((Number(digits[at]) + by) % 10) + digits.slice(at + 1);
          changed += 1;
          if (!outcomeOf(slipped).endsWith('wrong_check_digit')) unnoticed += 1;
        },
      ),
      { numRuns: 2_000, seed: 20260302 },
    );
    expect(unnoticed / changed).toBeLessThan(0.05);
  });

  test('nothing but the closed list comes out, and nothing is thrown', () => {
    const anything = fc.oneof(fc.anything(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9 –-]{0,14}$/));
    fc.assert(
      fc.property(anything, (input) => {
        expect(outcomeOf(input)).toMatch(/^([a-z_]+|\d{11}( wrong_check_digit)?)$/);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('two codes are the same when their digits are', () => {
  expect(personalCodeOf('161175-19997').equals(personalCodeOf('16117519997'))).toBe(true);
  expect(personalCodeOf('161175-19997').equals(personalCodeOf('161175-19998'))).toBe(false);
});

test('a code tells no date of birth and no age', () => {
  const says = Object.getOwnPropertyNames(Object.getPrototypeOf(personalCodeOf('161175-19997')));
  expect(says.toSorted()).toEqual(['constructor', 'equals', 'reveal', 'revealWithDash', 'toJSON', 'toString']);
});
