/** One invented person goes through the whole platform, is looked for everywhere, is erased, and is looked for again. */
import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inventedPersonalCode } from '@vienuviet/identifiers/invented';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { type TestPlatform, testPlatform } from '../test-platform.ts';
import { type Needle, needlesOf } from './needles.ts';
import { type Leak, type Searched, searchDatabase, searchFiles, searchRedis } from './search.ts';

const isWhole = process.env['VIENUVIET_TEST_FULL'] === 'yes';

const personalCode = inventedPersonalCode('canary', Date.now() % 1_000).reveal();
const canary = {
  ...{ name: 'Zanda Kanārija-Ķemmīte', personalCode, phone: '+37120009137', email: 'z.kanarijina@example.lv' },
  postalAddress: 'Kanārijputniņu gatve 17-4, Cēsis',
};
const needles = needlesOf([...Object.values(canary), 'Kanārija-Ķemmīte', '20009137']);
/** Files of a server are large; there the spellings are looked for in which we or a server would write them. */
const usual = isWhole
  ? needles
  : needles.filter(({ spelling }) => /^(as it is|its digits|with a dash), /.test(spelling));

let platform: TestPlatform;
beforeAll(async () => {
  platform = await testPlatform();
});
afterAll(() => platform?.release());

const tokens = new Map<string, string>();
async function as(name: string): Promise<string> {
  const known = tokens.get(name) ?? (await platform.vienuviet('token', name)).stdout.trim();
  tokens.set(name, known);
  return known;
}

type Json = Record<string, never>;
async function send(
  who: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Json; text: string }> {
  const response = await fetch(`${platform.endpoints.intake}${path}`, {
    method,
    headers: {
      ...{ authorization: `Bearer ${await as(who)}`, 'idempotency-key': randomUUID(), purpose: 'service_provision' },
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
}

/** Every database of every service, the files of PostgreSQL and of the broker, all logs, Redis. */
async function searchEverywhere(wanted: readonly Needle[] = needles): Promise<Searched> {
  const { postgres, redis } = platform.endpoints;
  const inFiles = wanted === needles ? usual : wanted;
  const files = (folder: string) => searchFiles(join(platform.dataFolder, folder), inFiles);
  const all: Searched[] = [];
  for (const { main, keys } of Object.values(postgres)) {
    all.push(await searchDatabase(main, wanted), await searchDatabase(keys, wanted));
  }
  for (const folder of ['postgres', 'kafka', 'logs']) all.push(await files(folder));
  all.push(await searchRedis(redis, wanted));
  return {
    leaks: all.flatMap(({ leaks }) => leaks),
    places: all.reduce((sum, { places }) => sum + places, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

const owner = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const placesOf = (leaks: readonly Leak[]): string[] => [...new Set(leaks.map(({ where }) => where))];

test('a person who goes through the platform is found nowhere in clear, and after their erasure not at all', async () => {
  const registered = await send('clerk.cesis.1', 'POST', '/v1/clients', { kind: 'natural', language: 'lv', ...canary });
  expect(registered.status).toBe(201);
  const { subjectId } = registered.body;
  const another = await send('clerk.cesis.1', 'POST', '/v1/clients', {
    kind: 'natural',
    language: 'lv',
    name: 'Ilze Cita',
  });

  // Through the desk, and from there to the feed, the report and the partner.
  const services = await send('clerk.cesis.1', 'GET', '/v1/services?limit=1');
  const [{ serviceId }] = services.body['items'] as unknown as [{ serviceId: string }];
  const opened = await send('clerk.cesis.1', 'POST', '/v1/cases', {
    ...{ serviceId, subjectId, channel: 'in_person', purpose: 'application', customerKind: 'citizen' },
    ...{ crossBorder: false, clerkMinutes: 4 },
  });
  const { caseId, stream, version } = opened.body;
  await send('clerk.cesis.1', 'POST', `/v1/cases/${caseId}/consultations`, { channel: 'in_person', clerkMinutes: 3 });
  await send('clerk.cesis.1', 'GET', `/v1/work-queue?view=mine&after=${stream}@${version}`);
  const shown = await send('clerk.cesis.1', 'GET', `/v1/cases/${caseId}`);
  expect(shown.text).toContain(canary.name);
  const found = await send('clerk.cesis.2', 'POST', '/v1/clients/search', { personalCode });
  expect(found.text).toContain(canary.name);

  // What fails says nothing of what was sent.
  const failing = [
    await send('clerk.cesis.1', 'POST', '/v1/clients', { kind: 'natural', language: 'lv', ...canary }),
    await send('clerk.cesis.1', 'POST', '/v1/clients', { kind: 'legal', language: 'lv', ...canary }),
    await send('clerk.cesis.1', 'POST', '/v1/clients', { kind: canary.name, language: canary.email, ...canary }),
    await send('clerk.cesis.1', 'POST', '/v1/clients', `{"name":"${canary.name}","personalCode":"${personalCode}"`),
    await send('clerk.cesis.1', 'POST', '/v1/clients/search', { email: canary.name }),
    await send('clerk.cesis.1', 'POST', `/v1/clients/${subjectId}/change`, { phone: canary.name }),
    await send('engineer', 'POST', '/v1/clients', canary),
  ];
  for (const { status, text } of failing) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain(personalCode);
    expect(text).not.toContain('Kanārija');
  }

  const before = await searchEverywhere();
  expect(before.leaks).toEqual([]);
  expect(before.places).toBeGreaterThan(200);
  expect(before.bytes).toBeGreaterThan(50_000_000);

  const { intake } = platform.endpoints.postgres;
  const keySql = 'select wrapped_key as key from privacy.subject_key where subject_id = $1';
  const wrapped: Buffer = (await owner(intake!.keys, (client) => client.query(keySql, [subjectId]))).rows[0].key;
  const proposed = JSON.parse((await platform.vienuviet('erase', 'propose', subjectId!, '--json')).stdout);
  const erased = await platform.vienuviet('erase', 'confirm', subjectId!, proposed.erasureId, '--json');
  expect(JSON.parse(erased.stdout)).toMatchObject([{ waitingFor: [], provenAt: expect.any(String) }]);

  const gone = await send('clerk.cesis.1', 'GET', `/v1/cases/${caseId}`);
  expect(gone.body).toMatchObject({ clientIs: 'erased', client: null });
  expect((await send('clerk.cesis.2', 'POST', '/v1/clients/search', { personalCode })).body).toEqual({ items: [] });
  expect((await send('clerk.cesis.1', 'GET', `/v1/clients/${another.body['subjectId']}`)).text).toContain('Ilze Cita');

  // The key is in no row, and after the table was written anew in no file of a table.
  await owner(intake!.keys, (client) => client.query('vacuum full privacy.subject_key'));
  await owner(adminOf(intake!.keys), (client) => client.query('checkpoint'));
  const key = [{ of: 'the key', spelling: 'wrapped', bytes: wrapped }];
  const inFiles = await searchFiles(join(platform.dataFolder, 'postgres'), key);
  expect(placesOf(inFiles.leaks).filter((where) => !where.includes('pg_wal'))).toEqual([]);
  expect((await searchEverywhere(isWhole ? needles : usual)).leaks).toEqual([]);
}, 240_000);

test('the search finds one planted leak of each kind of place', async () => {
  const secret = `Zanda Slēptā-Noplūde ${randomUUID()}`;
  const { intake } = platform.endpoints.postgres;
  const file = join(platform.dataFolder, 'logs', 'canary.log');
  const redis = new Redis(platform.endpoints.redis);
  try {
    appendFileSync(file, `{"name":${JSON.stringify(Buffer.from(secret).toString('base64'))}}\n`);
    await redis.set('canary', encodeURIComponent(secret));
    await owner(intake!.main, async (client) => {
      await client.query('create table intake.canary (leak bytea)');
      await client.query('insert into intake.canary values ($1)', [Buffer.from(secret.toUpperCase())]);
    });
    await eventually('all three are found', async () => {
      const places = placesOf((await searchEverywhere(needlesOf([secret]))).leaks);
      expect(places).toEqual(expect.arrayContaining(['intake intake.canary', 'canary.log', 'redis canary']));
      return true;
    });
  } finally {
    await owner(intake!.main, (client) => client.query('drop table if exists intake.canary'));
    await redis.del('canary');
    redis.disconnect();
  }
}, 120_000);

/** The same database as the administrator, who alone may make a checkpoint. */
function adminOf(url: string): string {
  const { postgres } = JSON.parse(readFileSync(join(platform.dataFolder, 'secrets.json'), 'utf8'));
  return Object.assign(new URL(url), { username: 'postgres', password: postgres }).toString();
}
