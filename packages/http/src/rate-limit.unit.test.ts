import { createLog } from '@vienuviet/telemetry';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRateLimiter, type RateLimit } from './rate-limit.ts';
import { open, type TestApp, testApp } from './test-support/app.ts';

const limit: RateLimit = { requests: 10, windowSeconds: 10 };
const start = Date.parse('2026-01-05T08:00:00Z');

describe('a limit counted in this process', () => {
  let now = start;
  const limiterAt = () =>
    createRateLimiter({ name: 't', log: createLog({ service: 't', level: 'silent' }), clock: () => new Date(now) });
  let limiter = limiterAt();
  beforeEach(() => {
    now = start;
    limiter = limiterAt();
  });
  const take = async (times: number, key = 'a') => {
    let allowed = 0;
    for (let index = 0; index < times; index++) if ((await limiter.take(key, limit)).allowed) allowed++;
    return allowed;
  };

  test('lets so many through and no more', async () => {
    expect(await take(15)).toBe(10);
    expect(await limiter.take('a', limit)).toMatchObject({ allowed: false, remaining: 0, retryAfter: 10 });
  });

  test('is for each caller alone', async () => {
    await take(15, 'a');
    expect(await take(15, 'b')).toBe(10);
  });

  test('does not let twice as many through at the seam of two windows', async () => {
    now = start + 9_900;
    expect(await take(15)).toBe(10);
    now = start + 10_100;
    const atTheSeam = await take(15);
    expect(atTheSeam).toBeLessThanOrEqual(1);
    // In the middle of the window, half of the last one still counts.
    now = start + 15_000;
    expect(atTheSeam + (await take(15))).toBe(5);
  });

  test('is forgotten after two windows', async () => {
    await take(15);
    now = start + 20_000;
    expect(await take(15)).toBe(10);
  });

  test('does not count what it refused', async () => {
    await take(1_000);
    now = start + 15_000;
    expect(await take(15)).toBe(5);
  });
});

describe('a route under a limit', () => {
  let it: TestApp;
  afterEach(() => it.app.close());
  const appWith = async (rate: RateLimit | false) => {
    it = await testApp({ limits: { rate } });
    it.app.get('/mine', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async () => 'x');
    it.app.get('/open', { config: open }, async () => 'x');
    it.app.get('/rare', { config: { ...open, rate: { requests: 1, windowSeconds: 10 } } }, async () => 'x');
    it.app.get('/free', { config: { ...open, rate: false } }, async () => 'x');
  };
  const as = async (name: string, url = '/mine') =>
    it.app.inject({ url, headers: await it.issuer.as(name, [{ role: 'auditor' }]) });

  test('answers 429 with the time after which it is worth to come again', async () => {
    await appWith({ requests: 2, windowSeconds: 60 });
    expect((await as('a')).headers['ratelimit-remaining']).toBe('1');
    await as('a');
    const answer = await as('a');
    expect(answer.json()).toMatchObject({ status: 429, code: 'too_many_requests' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await as('b')).statusCode).toBe(200);
  });

  test('counts those who guess at tokens by their address', async () => {
    await appWith({ requests: 2, windowSeconds: 60 });
    const guess = () => it.app.inject({ url: '/mine', headers: { authorization: 'Bearer guess' } });
    expect((await guess()).statusCode).toBe(401);
    expect((await guess()).statusCode).toBe(401);
    expect((await guess()).statusCode).toBe(429);
    expect((await as('a')).statusCode).toBe(200);
  });

  test('counts all addresses of one network of IPv6 as one, which one machine may have', async () => {
    await appWith({ requests: 2, windowSeconds: 60 });
    const from = (remoteAddress: string) => it.app.inject({ url: '/open', remoteAddress });
    expect((await from('2001:db8:1:2::1')).statusCode).toBe(200);
    expect((await from('2001:db8:1:2::2')).statusCode).toBe(200);
    expect((await from('2001:db8:1:2:ffff::3')).statusCode).toBe(429);
    expect((await from('2001:db8:1:3::1')).statusCode).toBe(200);
    const guess = (remoteAddress: string) =>
      it.app.inject({ url: '/mine', remoteAddress, headers: { authorization: 'Bearer guess' } });
    expect((await guess('2001:db8:1:2::4')).statusCode).toBe(429);
  });

  test('may have one of its own, or none', async () => {
    await appWith({ requests: 2, windowSeconds: 60 });
    expect((await it.app.inject('/rare')).statusCode).toBe(200);
    expect((await it.app.inject('/rare')).statusCode).toBe(429);
    expect((await it.app.inject('/open')).statusCode).toBe(200);
    for (let index = 0; index < 5; index++) expect((await it.app.inject('/free')).statusCode).toBe(200);
  });

  test('never keeps those away who watch the process', async () => {
    await appWith({ requests: 1, windowSeconds: 60 });
    for (let index = 0; index < 5; index++) expect((await it.app.inject('/health/live')).statusCode).toBe(200);
  });
});
