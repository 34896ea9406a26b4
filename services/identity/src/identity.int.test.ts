import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApp, listRoutes, oneFactor, twoFactors } from '@vienuviet/http';
import type { RunningService } from '@vienuviet/service';
import { createLog, createMetrics } from '@vienuviet/telemetry';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peopleFile, type RunningIdentity, runIdentity } from './tests/running-identity.ts';

/** What only a machine for development has, left out. */
const notLocal = { PEOPLE_FILES: undefined, CLIENT_KEYS_FOLDER: undefined, SAMPLE_PASSWORD_FILE: undefined };

const upstream = {
  ...{ UPSTREAM_ISSUER: 'https://idp.example', UPSTREAM_CLIENT_ID: 'vienuviet' },
  UPSTREAM_KEY_FILE: '/nowhere/key.json',
};

let instance: RunningIdentity;
let running: RunningService;

beforeAll(async () => {
  instance = await runIdentity();
  running = instance.service;
});
afterAll(() => instance?.close());

async function call(path: string, body?: object, base = running.address) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${base}${path}`, body === undefined ? {} : init);
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}
const tokenOf = async (name: string, base = running.address) =>
  (await call('/v1/tokens', { name }, base)).json['accessToken'] as string;

/** Another service, which knows the issuer only by its keys. */
async function otherService(jwksUrl = `${running.address}/jwks.json`) {
  const app = await createApp({
    name: 'other',
    title: 'Other',
    version: '1',
    description: 'x',
    log: createLog({ service: 'other', level: 'silent' }),
    metrics: createMetrics({ service: 'other', ofProcess: false }),
    auth: { issuer: instance.issuer, keys: { jwksUrl } },
  });
  const policy = { roles: ['clerk', 'supervisor', 'auditor'], scope: 'own_centre' } as const;
  app.get('/who', { config: { policy } }, async ({ caller }) => caller);
  const stepUp = { acr: twoFactors, maxAgeSeconds: 900 };
  app.get('/what-matters', { config: { policy: { ...policy, stepUp } } }, async () => 'done');
  return app;
}

describe('a token', () => {
  test('of a sample person opens the doors of another service', async () => {
    const app = await otherService();
    const authorization = `Bearer ${await tokenOf('clerk.cesis.1')}`;
    const answer = await app.inject({ url: '/who', headers: { authorization } });
    expect(answer.json()).toMatchObject({
      id: 'clerk.cesis.1',
      grants: [{ role: 'clerk', centreId: '832c856f-4a4a-5d55-b2d5-d5ddf1a1df52' }],
    });
    await app.close();
  });

  test('is an access token for an hour, with an id of its own, and no more about the person than the account', async () => {
    const token = await tokenOf('auditor');
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const { iat = 0, exp = 0, auth_time, jti, ...claims } = decodeJwt(token);
    expect([exp - iat, auth_time]).toEqual([3_600, iat]);
    expect(jti).toMatch(/^[0-9a-f-]{36}$/);
    expect(claims).toEqual({
      iss: instance.issuer,
      aud: 'vienuviet',
      sub: 'auditor',
      name: 'Auditor of the ministry',
      grants: [{ role: 'auditor' }],
      acr: oneFactor,
    });
  });

  test('is of a sign-in with two factors where that is asked for, and opens what asks for it', async () => {
    const app = await otherService();
    const open = async (acr?: string) => {
      const { json } = await call('/v1/tokens', { name: 'auditor', acr });
      const { statusCode } = await app.inject({
        ...{ url: '/what-matters', headers: { authorization: `Bearer ${json['accessToken']}` } },
      });
      return statusCode;
    };
    expect([await open(), await open(oneFactor), await open(twoFactors)]).toEqual([401, 401, 200]);
    await app.close();
  });

  test('of one instance is good at a service that reads the keys of another', async () => {
    const second = await instance.start();
    const app = await otherService(`${second.address}/jwks.json`);
    const answer = await app.inject({ url: '/who', headers: { authorization: `Bearer ${await tokenOf('auditor')}` } });
    expect(answer.statusCode).toBe(200);
    await app.close();
    await second.close();
  });

  test.each([
    ['nobody we know', { name: 'clerk.atlantis.1' }, 404, 'not_found'],
    ['a field of objects', { name: 'constructor' }, 404, 'not_found'],
    ['no name', {}, 400, 'invalid_request'],
    ['grants of one’s own choice', { name: 'auditor', grants: [{ role: 'clerk' }] }, 400, 'invalid_request'],
    ['a sign-in that nobody knows', { name: 'auditor', acr: 'two-factors' }, 400, 'invalid_request'],
    ['a name without end', { name: 'x'.repeat(1_000) }, 400, 'invalid_request'],
  ])('is not given for %s', async (_name, body, status, code) => {
    expect(await call('/v1/tokens', body)).toMatchObject({ status, json: { code } });
  });
});

describe('the keys', () => {
  test('are where the description of the issuer says, without their private part', async () => {
    const { json } = await call('/.well-known/openid-configuration');
    expect(json).toMatchObject({ issuer: instance.issuer, jwks_uri: `${instance.issuer}/jwks.json` });
    const { keys } = (await call('/jwks.json')).json as { keys: Record<string, string>[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty('d');
    const { rows } = await instance.database
      .pool('owner')
      .query<{ sealed: Buffer }>('select sealed_private_jwk as sealed from identity.signing_key');
    expect(rows.map(({ sealed }) => sealed.includes('"d"'))).toEqual([false]);
  });
});

describe('the people', () => {
  type Page = { items: { name: string; featured: boolean; grants: { role: string }[] }[]; nextCursor: string | null };
  const page = async (query: string) => (await call(`/v1/people?${query}`)).json as unknown as Page;

  test('shown first are of every role that can be played', async () => {
    const { items, nextCursor } = await page('');
    expect(nextCursor).toBeNull();
    expect(items.every(({ featured }) => featured)).toBe(true);
    const roles = new Set(items.flatMap(({ grants }) => grants.map(({ role }) => role)));
    expect([...roles].sort()).toEqual([
      'auditor',
      'clerk',
      'holder_specialist',
      'integration_engineer',
      'portal_client',
      'supervisor',
    ]);
  });

  test('come all, each once, when the pages are followed', async () => {
    const all = JSON.parse(await readFile(peopleFile, 'utf8')) as { name: string }[];
    const names: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { items, nextCursor } = await page(`all=true&limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`);
      names.push(...items.map(({ name }) => name));
      cursor = nextCursor;
    }
    expect(names).toEqual(all.map(({ name }) => name).sort());
  });

  test('are found by a part of their name or title', async () => {
    expect((await page('text=cesis')).items.map(({ name }) => name)).toContain('clerk.cesis.2');
  });

  test('are not found by a cursor of somewhere else', async () => {
    expect(await call('/v1/people?cursor=abc')).toMatchObject({ status: 400, json: { code: 'invalid_cursor' } });
  });
});

test('every route says who may call it', () => {
  const routes = listRoutes(running.app);
  expect(routes.filter(({ policy }) => policy === undefined)).toEqual([]);
  expect(routes.map(({ method, url }) => `${method} ${url}`)).toEqual(
    expect.arrayContaining([
      'POST /v1/tokens',
      'GET /v1/people',
      'GET /jwks.json',
      'GET /.well-known/openid-configuration',
    ]),
  );
});

describe('identity does not start', () => {
  test.each([
    ['without a file of people', { PEOPLE_FILES: '/nowhere/people.json' }, 'people_file'],
    ['without people', { PEOPLE_FILES: ',' }, 'people_file'],
    ['without a file of clients that is named', { CLIENT_FILES: '/nowhere/clients.json' }, 'clients_file'],
    ['with client keys that it cannot make', { CLIENT_KEYS_FOLDER: '/proc/keys' }, 'key_file'],
    ['with a short key of cookies', { COOKIE_KEYS: 'short' }, 'settings'],
    ['with a short secret of the seal', { KEY_SEAL_SECRET: 'short' }, 'settings'],
    ['with another secret of the seal', { KEY_SEAL_SECRET: 'another secret of at least 32 characters' }, 'signing_key'],
    ['with an origin that is none', { OPENAPI_ORIGINS: 'http://127.0.0.1:7499/docs' }, 'settings'],
    ['with half an upstream provider', { UPSTREAM_ISSUER: 'https://idp.example' }, 'settings'],
    ['with an upstream provider without TLS', { ...upstream, UPSTREAM_ISSUER: 'http://idp.example' }, 'settings'],
    ['with an upstream provider without an address', { ...upstream, UPSTREAM_ISSUER: 'idp' }, 'settings'],
    ['without the key for the upstream provider', upstream, 'key_file'],
    ['with a second factor perhaps', { SECOND_FACTOR: 'perhaps' }, 'settings'],
    [
      'in production without a second factor',
      { NODE_ENV: 'production', ...notLocal, SECOND_FACTOR: 'off' },
      'settings',
    ],
    ['in production with sample people', { NODE_ENV: 'production' }, 'settings'],
    ['in production with clients without keys', { NODE_ENV: 'production', ...notLocal }, 'clients_file'],
  ])('%s', async (_name, own, code) => {
    await expect(instance.start(instance.config(own))).rejects.toMatchObject({ code });
  });

  test('with sample people where another machine could reach it', async () => {
    await expect(instance.start({ ...instance.config(), host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'not_loopback',
    });
  });
});

describe('in production', () => {
  test('the provider is served, and nobody is given a token for a name', async () => {
    const own = { NODE_ENV: 'production', ...notLocal, CLIENT_FILES: undefined };
    const { address, app } = await instance.start({ ...instance.config(own), host: '0.0.0.0' });
    const base = address.replace('0.0.0.0', '127.0.0.1');
    expect(await call('/.well-known/openid-configuration', undefined, base)).toMatchObject({ status: 200 });
    expect(await call('/v1/tokens', { name: 'auditor' }, base)).toMatchObject({ status: 404 });
    expect(await call('/v1/people', undefined, base)).toMatchObject({ status: 404 });
    expect(listRoutes(app).map(({ url }) => url)).not.toContain('/v1/tokens');
  });
});

test('as a process it serves until it is asked to end, and ends with 0', async () => {
  const { own, ...config } = instance.config();
  const store = instance.storeConfig;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: {
      ...own,
      PORT: '0',
      ISSUER: config.issuer,
      JWKS_URL: config.jwksUrl,
      REDIS_URL: config.redisUrl,
      DATABASE_URL: store.writerUrl,
      DATABASE_READER_URL: store.readerUrl,
      DATABASE_OWNER_URL: store.ownerUrl,
      KAFKA_BROKERS: store.kafkaBrokers.join(','),
      TOPIC_PREFIX: store.topicPrefix,
      COMMAND_HASH_KEY: store.commandHashKey,
      AUDIT_SIGNING_KEY: store.audit.signingKey,
      AUDIT_INDEX_KEY: store.audit.indexKey,
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let lines = '';
    for await (const bytes of child.stdout) {
      lines += String(bytes);
      if (lines.includes('"msg":"listening"')) break;
    }
    const address = /"address":"([^"]+)"/.exec(lines)?.[1] ?? '';
    expect(await tokenOf('engineer', address)).toMatch(/^eyJ/);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  } finally {
    child.kill('SIGKILL');
  }
});
