import { createRateLimiter } from '@vienuviet/http';
import { createLog } from '@vienuviet/telemetry';
import { expect, test } from 'vitest';
import { secondsToWaitForCode } from './attempts.ts';

test('a code may be tried five times in five minutes, and thirty times a day, whatever the times in between', async () => {
  let now = Date.parse('2026-11-20T00:00:00Z');
  const limiter = createRateLimiter({
    name: 'codes',
    log: createLog({ service: 'codes', level: 'silent' }),
    clock: () => new Date(now),
  });
  const tries = async (account: string): Promise<number> => {
    let taken = 0;
    while ((await secondsToWaitForCode(limiter, account)) === undefined) taken++;
    return taken;
  };
  expect(await tries('auditor')).toBe(5);
  expect(await tries('engineer')).toBe(5);
  let day = 5;
  // Whoever guesses all day long, every ten minutes.
  for (const end = now + 23 * 3_600_000; now < end; now += 600_000) day += await tries('auditor');
  expect(day).toBeLessThanOrEqual(30);
  expect(day).toBeGreaterThan(20);
});
