import { randomUUID } from 'node:crypto';
import { type AddressInfo, connect as connectTo, createServer, type Socket } from 'node:net';
import { createLog } from '@vienuviet/telemetry';
import { testInfrastructure } from '@vienuviet/testing';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { createRateLimiter, type RateLimit } from './rate-limit.ts';

const limit: RateLimit = { requests: 10, windowSeconds: 30 };
const start = Date.parse('2026-01-05T08:00:00Z');
const clients: Redis[] = [];
const name = `test-${randomUUID()}`;

afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
});

function connect(url: string, options = {}): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: 1, ...options });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

function limiterOn(redis: Redis, clock: () => Date, lines: string[] = []) {
  const log = createLog({ service: 't', destination: { write: (line) => lines.push(line) } });
  return createRateLimiter({ name, redis, log, clock });
}

async function take(limiter: ReturnType<typeof limiterOn>, times: number, key: string) {
  const decisions = await Promise.all(Array.from({ length: times }, () => limiter.take(key, limit)));
  return decisions.filter(({ allowed }) => allowed).length;
}

const ready = (client: Redis) => new Promise<void>((resolve) => client.once('ready', resolve));

describe('a limit in Redis', () => {
  test('is shared by the instances of a service, also when they ask at once', async () => {
    const [one, two] = [connect(testInfrastructure().redisUrl), connect(testInfrastructure().redisUrl)];
    await Promise.all([ready(one), ready(two)]);
    const clock = () => new Date(start);
    const taken = await Promise.all([
      take(limiterOn(one, clock), 20, 'shared'),
      take(limiterOn(two, clock), 20, 'shared'),
    ]);
    expect(taken[0] + taken[1]).toBe(10);
  });

  test('slides over the seam of two windows and leaves nothing behind for ever', async () => {
    const redis = connect(testInfrastructure().redisUrl);
    await ready(redis);
    let now = start + 29_900;
    const limiter = limiterOn(redis, () => new Date(now));
    expect(await take(limiter, 20, 'seam')).toBe(10);
    now = start + 30_100;
    expect(await take(limiter, 20, 'seam')).toBeLessThanOrEqual(1);
    now = start + 45_000;
    expect(await take(limiter, 20, 'seam')).toBeLessThanOrEqual(5);
    const keys = await redis.keys(`rate:{${name}:seam}*`);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(await redis.ttl(key)).toBeGreaterThan(0);
  });
});

describe('while Redis is away', () => {
  test('requests are counted in this process, at once, and that is said once', async () => {
    // Port 1 of this machine: nobody listens there.
    const redis = connect('redis://127.0.0.1:1', { retryStrategy: () => 50 });
    const lines: string[] = [];
    const limiter = limiterOn(redis, () => new Date(), lines);
    const before = performance.now();
    expect(await take(limiter, 20, 'gone')).toBe(10);
    expect(performance.now() - before).toBeLessThan(100);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('limits_local');
  });

  test('in the middle of a connection and says nothing any more, requests wait for it only a moment', async () => {
    const through = new URL(testInfrastructure().redisUrl);
    const { hostname, port } = through;
    const between: Socket[] = [];
    const proxy = createServer((client) => {
      const server = connectTo(Number(port), hostname);
      client.pipe(server).pipe(client);
      between.push(client, server);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    through.port = `${(proxy.address() as AddressInfo).port}`;
    const redis = connect(through.toString());
    await ready(redis);
    const limiter = limiterOn(redis, () => new Date());
    await limiter.take('hanging', limit);
    for (const socket of between) socket.unpipe().pause();
    const before = performance.now();
    expect(await take(limiter, 20, 'hanging')).toBe(10);
    for (let index = 0; index < 5; index++) await limiter.take('hanging', limit);
    expect(performance.now() - before).toBeLessThan(400);
    for (const socket of between) socket.destroy();
    proxy.close();
  });

  test('and comes back, limits are shared again', async () => {
    const redis = connect(testInfrastructure().redisUrl, { lazyConnect: true });
    const lines: string[] = [];
    let now = start;
    const limiter = limiterOn(redis, () => new Date(now), lines);
    expect((await limiter.take('back', limit)).allowed).toBe(true);
    await ready(redis);
    now += 1_100;
    await limiter.take('back', limit);
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
      'limits_local',
      'limits_shared',
    ]);
    expect(await redis.exists(`rate:{${name}:back}:30:${Math.floor(now / 30_000)}`)).toBe(1);
  });
});
