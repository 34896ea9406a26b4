import { createRateLimiter } from '@vienuviet/http';
import { createLog } from '@vienuviet/telemetry';
import { expect, test } from 'vitest';
import { type Attempt, secondsToWait } from './attempts.ts';

const limiter = () =>
  createRateLimiter({
    name: 'attempts',
    log: createLog({ service: 'attempts', level: 'silent' }),
    // The beginning of a window, so that all tries are in one.
    clock: () => new Date('2026-11-20T10:00:00Z'),
  });

/** How many tries are taken before somebody has to wait. */
async function taken(attemptOf: (number: number) => Attempt): Promise<number> {
  const counted = limiter();
  for (let number = 0; number < 1_000; number++) {
    if ((await secondsToWait(counted, attemptOf(number))) !== undefined) return number;
  }
  return 1_000;
}

const address = '192.0.2.1';

test('one account may try ten times from one address, and fifty times from everywhere', async () => {
  expect(await taken(() => ({ account: 'a', address, isShared: false }))).toBe(10);
  expect(await taken((number) => ({ account: 'a', address: `192.0.2.${number}`, isShared: false }))).toBe(50);
});

test('one address may try three hundred accounts', async () => {
  expect(await taken((number) => ({ account: `a${number}`, address, isShared: false }))).toBe(300);
});

test('all addresses that one machine may have are one', async () => {
  const from = (number: number) => `2001:db8::${number.toString(16)}`;
  expect(await taken((number) => ({ account: 'a', address: from(number), isShared: false }))).toBe(10);
  expect(await taken((number) => ({ account: `a${number}`, address: from(number), isShared: false }))).toBe(300);
});

test('at an address that everybody shares only the account counts', async () => {
  expect(await taken((number) => ({ account: `a${number}`, address, isShared: true }))).toBe(1_000);
  expect(await taken(() => ({ account: 'a', address, isShared: true }))).toBe(50);
});
