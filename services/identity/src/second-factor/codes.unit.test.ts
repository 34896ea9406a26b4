import { describe, expect, test } from 'vitest';
import { enrolmentAddress, newSecret, stepOf } from './codes.ts';

/** The secret of the RFC's examples, `12345678901234567890`. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const at = (seconds: number): Date => new Date(seconds * 1000);

describe('a code', () => {
  // RFC 6238, appendix B, the last six digits.
  test.each([
    [59, '287082', 1],
    [1_111_111_109, '081804', 37_037_036],
    [20_000_000_000, '353130', 666_666_666],
  ])('at %s s is as the RFC has it', (seconds, code, step) => {
    expect(stepOf(secret, code, at(seconds))).toBe(step);
  });

  test('is taken one period early or late, and no more', () => {
    const [begin, code] = [1_111_111_080, '081804'];
    const steps = [-60, -30, 0, 29, 30, 59, 60].map((off) => stepOf(secret, code, at(begin + off)));
    expect(steps).toEqual([undefined, 37_037_036, 37_037_036, 37_037_036, 37_037_036, 37_037_036, undefined]);
  });

  test.each(['', '28708', '2870820', '-87082', '２８７０８２', '287 82', '287083'])('is not “%s”', (code) => {
    expect(stepOf(secret, code, at(59))).toBeUndefined();
  });
});

test('a secret has 160 bits and is another one each time', () => {
  expect(newSecret()).toMatch(/^[A-Z2-7]{32}$/);
  expect(newSecret()).not.toBe(newSecret());
});

test('the address for the device names us and the account', () => {
  const { protocol, pathname, searchParams } = new URL(enrolmentAddress(secret, 'clerk.cesis.1'));
  expect([protocol, decodeURIComponent(pathname)]).toEqual([
    'otpauth:',
    expect.stringContaining('Vienuviet:clerk.cesis.1'),
  ]);
  expect(Object.fromEntries(searchParams)).toEqual({
    ...{ issuer: 'Vienuviet', secret, algorithm: 'SHA1', digits: '6', period: '30' },
  });
});
