import { expect, test } from 'vitest';
import { isRegistrationNumber } from './registration-number.ts';

test.each(['90001733697', '40003584818', '40003521600', '90001669496'])('%s is a registration number', (number) => {
  expect(isRegistrationNumber(number)).toBe(true);
});

test.each(['40003521601', '9000173369', '900017336970', '9000173369x', ' 90001733697', ''])(
  '"%s" is none',
  (number) => {
    expect(isRegistrationNumber(number)).toBe(false);
  },
);
