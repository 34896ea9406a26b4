/** Commands while something is away: they are taken, and nothing is lost or doubled when it comes back. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { connectPlatform, type Platform } from '@vienuviet/simulation/platform';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** A minute in `./scripts/test full`. */
const AWAY_MS = process.env['VIENUVIET_TEST_FULL'] === 'yes' ? 60_000 : 5_000;
/** One who has nothing to do with other tests: what is registered here fills the pages of the work queue. */
const clerk = 'clerk.aizkraukle.1';

let running: TestPlatform;
let platform: Platform;

beforeAll(async () => {
  running = await testPlatform();
  platform = connectPlatform({ endpoints: running.endpoints, deadlineMs: 20_000 });
});

afterAll(async () => {
  await platform.close();
  await running.release();
});

interface Opened {
  readonly caseId: string;
  readonly stream: string;
  readonly version: number;
}

async function register(key: string = randomUUID()): Promise<Opened> {
  const { items } = await platform.fetch<{ items: { serviceId: string }[] }>('intake', clerk, {
    method: 'GET',
    path: '/v1/services?limit=1',
  });
  return platform.fetch<Opened>('intake', clerk, {
    method: 'POST',
    path: '/v1/cases',
    headers: { 'idempotency-key': key },
    body: {
      serviceId: items[0]?.serviceId,
      channel: 'in_person',
      purpose: 'information',
      customerKind: 'citizen',
      crossBorder: false,
      clerkMinutes: 5,
    },
  });
}

const consult = (caseId: string): Promise<Opened> =>
  platform.fetch<Opened>('intake', clerk, {
    method: 'POST',
    path: `/v1/cases/${caseId}/consultations`,
    headers: { 'idempotency-key': randomUUID() },
    body: { channel: 'in_person', clerkMinutes: 5 },
  });

interface FeedEvent {
  readonly data: { readonly caseId: string; readonly caseVersion: number };
}

/** What the feed has of some cases: the versions of each, in the order of the feed. */
async function inFeed(cursor: string, cases: ReadonlySet<string>): Promise<Map<string, number[]>> {
  const versions = new Map<string, number[]>();
  for (let after = cursor; ; ) {
    const answer = await platform.ask('status-feed', 'portal', {
      method: 'GET',
      path: `/v1/feed?limit=1000&after=${after}`,
    });
    const events = answer.body as FeedEvent[];
    for (const { data } of events.filter((event) => cases.has(event.data.caseId))) {
      versions.set(data.caseId, [...(versions.get(data.caseId) ?? []), data.caseVersion]);
    }
    if (events.length === 0) return versions;
    after = String(answer.headers['feed-cursor']);
  }
}

/** Where the feed ends now. */
async function feedEnd(): Promise<string> {
  for (let after = ''; ; ) {
    const query = after === '' ? '' : `&after=${after}`;
    const answer = await platform.ask('status-feed', 'portal', { method: 'GET', path: `/v1/feed?limit=1000${query}` });
    after = String(answer.headers['feed-cursor']);
    if ((answer.body as unknown[]).length === 0) return after;
  }
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly description?: string }>>>>;
}

const health = async (service: 'intake' | 'status-feed'): Promise<number> =>
  (await fetch(`${running.endpoints[service]}/health/ready`)).status;

describe('while Kafka is away', () => {
  test(
    'commands are taken, and arrive in the feed once and in order when it is back',
    async () => {
      const before = await feedEnd();
      await running.kill('kafka');
      const until = Date.now() + AWAY_MS;
      const taken: string[] = [];
      while (Date.now() < until) {
        const { caseId } = await register();
        await consult(caseId);
        taken.push(caseId);
        await pause(250);
      }
      expect(await health('intake')).toBe(200);
      expect(await inFeed(before, new Set(taken))).toEqual(new Map());
      await running.start('kafka');
      const cases = new Set(taken);
      // A consultation at a desk is counted too: versions 1 and 2 are shown, the count is not.
      const expected = new Map(taken.map((caseId) => [caseId, [1, 2]]));
      const byCase = (map: Map<string, number[]>) => [...map].toSorted(([one], [other]) => (one < other ? -1 : 1));
      await expect
        .poll(async () => byCase(await inFeed(before, cases)), { timeout: 60_000, interval: 500 })
        .toEqual(byCase(expected));
    },
    AWAY_MS + 120_000,
  );
});

describe('while Redis is away', () => {
  test('commands are taken and the feed is read; only nudges between instances are missing', async () => {
    const before = await feedEnd();
    await running.kill('redis');
    try {
      const { caseId, stream, version } = await register();
      const waiting = platform.ask('status-feed', 'portal', {
        method: 'GET',
        path: `/v1/feed?after=${before}&wait=20`,
      });
      expect(((await waiting).body as FeedEvent[]).map(({ data }) => data.caseId)).toContain(caseId);
      expect([stream, version]).toEqual([`case-${caseId}`, 1]);
      expect(await health('status-feed')).toBe(200);
    } finally {
      await running.start('redis');
    }
  });
});

describe('after the database went down in the middle', () => {
  test('a command that is repeated with its key is there once', async () => {
    const key = randomUUID();
    const first = await register(key);
    await running.kill('postgres');
    await running.start('postgres');
    expect(await register(key)).toEqual(first);
  });
});

describe('every service', () => {
  test('describes itself in OpenAPI 3.1 and says of each operation who may call it', async () => {
    for (const name of ['identity', 'intake', 'status-feed', 'reporting', 'schema-registry'] as const) {
      const document = (await (await fetch(`${running.endpoints[name]}/openapi.json`)).json()) as OpenApi;
      expect(document.openapi, name).toMatch(/^3\.1\./);
      const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
      );
      expect(operations.length, name).toBeGreaterThan(3);
      for (const { path, method, operation } of operations) {
        expect(operation.description, `${name}: ${method} ${path}`).toMatch(/Public:|Roles:/);
      }
      expect((await fetch(`${running.endpoints[name]}/docs`)).status, name).toBe(200);
    }
  });
});
