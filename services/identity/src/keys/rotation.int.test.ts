import { createApp } from '@vienuviet/http';
import { openBrowser } from '@vienuviet/simulation/browser';
import { createLog, createMetrics } from '@vienuviet/telemetry';
import { type TestDatabase, testDatabase } from '@vienuviet/testing';
import { decodeProtectedHeader } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identityMigrations } from '../migrations.ts';
import { openApiOrigin, type RunningIdentity, runIdentity } from '../tests/running-identity.ts';
import { type KeyRing, openKeyRing } from './key-ring.ts';
import { createSeal } from './sealing.ts';

const log = createLog({ service: 'identity', level: 'silent' });
const leadSeconds = 900;
const restSeconds = 3_960;

describe('two instances', () => {
  let database: TestDatabase;
  let seconds = 0;
  const rings: KeyRing[] = [];
  const open = async () => {
    const ring = await openKeyRing({
      ...{ pool: database.pool('writer'), seal: createSeal('a secret of at least thirty-two characters'), log },
      ...{ leadSeconds, restSeconds, everyMs: 50, clock: () => new Date(Date.now() + seconds * 1_000) },
    });
    rings.push(ring);
    return ring;
  };
  const kids = (ring: KeyRing) => [ring.now().signing.kid, ...ring.now().published.map(({ kid }) => kid)];

  beforeAll(async () => {
    database = await testDatabase({ service: 'identity', sets: [identityMigrations] });
  });
  afterAll(async () => {
    await Promise.all(rings.map((ring) => ring.close()));
    await database?.drop();
  });

  test('that start at once begin with one key', async () => {
    const started = await Promise.all([open(), open(), open(), open()]);
    expect(new Set(started.flatMap(kids)).size).toBe(1);
  });

  test('publish a next key at once, sign with it at the same moment, and drop the old one after its tokens', async () => {
    const [one, other] = rings as [KeyRing, KeyRing];
    const old = one.now().signing.kid;
    const { kid: next } = await one.rotate();
    await expect.poll(() => kids(other), { timeout: 5_000 }).toEqual([old, old, next]);
    expect(kids(one)).toEqual(kids(other));
    for (const [later, expected] of [
      [leadSeconds - 30, [old, old, next]],
      [leadSeconds + 1, [next, next, old]],
      [leadSeconds + restSeconds - 30, [next, next, old]],
      [leadSeconds + restSeconds + 1, [next, next]],
    ] as const) {
      seconds = later;
      expect([kids(one), kids(other)]).toEqual([expected, expected]);
    }
    seconds = 0;
  });

  test('that are both asked for the next key make one', async () => {
    await database.pool('owner').query('delete from identity.signing_key where signs_from > now()');
    const tries = await Promise.allSettled([...rings, ...rings].map((ring) => ring.rotate()));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of tries) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'rotation_under_way' });
    }
  });

  test('keep the private parts from whoever reads the table', async () => {
    const { rows } = await database.pool('owner').query<Record<string, unknown>>('select * from identity.signing_key');
    const text = rows.map((row) => `${JSON.stringify(row)} ${String(row['sealed_private_jwk'])}`).join(' ');
    for (const { privateJwk } of rings[0]!.now().published) expect(text).not.toContain(privateJwk.d);
    expect(text).not.toContain('"d":');
  });
});

describe('a running service', () => {
  let identity: RunningIdentity;
  beforeAll(async () => {
    identity = await runIdentity({ KEY_LEAD_SECONDS: '1' });
  });
  afterAll(() => identity?.close());

  const tokenOf = async (name: string): Promise<string> => {
    const response = await fetch(`${identity.issuer}/v1/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    return ((await response.json()) as { accessToken: string }).accessToken;
  };
  const rotate = async (name: string) => {
    const authorization = `Bearer ${await tokenOf(name)}`;
    return fetch(`${identity.issuer}/v1/signing-keys`, { method: 'POST', headers: { authorization } });
  };
  const publishedKids = async () =>
    ((await (await fetch(`${identity.issuer}/jwks.json`)).json()) as { keys: { kid: string }[] }).keys.map(
      ({ kid }) => kid,
    );

  test('lets nobody but an engineer rotate', async () => {
    expect((await rotate('auditor')).status).toBe(403);
    expect((await fetch(`${identity.issuer}/v1/signing-keys`, { method: 'POST' })).status).toBe(401);
  });

  test('signs with the next key after its lead, also where people sign in; tokens of the old one stay good', async () => {
    const before = await tokenOf('auditor');
    const config = await oidc.discovery(new URL(identity.issuer), 'openapi', undefined, oidc.None(), {
      execute: [oidc.allowInsecureRequests],
    });
    // A sign-in that is under way while the keys change.
    const browser = openBrowser();
    const verifier = oidc.randomPKCECodeVerifier();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: `${openApiOrigin}/docs/static/oauth2-redirect.html`,
      scope: 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const form = await browser.follow(await browser.get(url.href), identity.issuer);

    const answer = await rotate('engineer');
    expect(answer.status).toBe(200);
    const { kid } = (await answer.json()) as { kid: string };
    const old = decodeProtectedHeader(before).kid;
    expect(await publishedKids()).toEqual([old, kid]);
    await expect.poll(publishedKids, { timeout: 5_000 }).toEqual([kid, old]);

    const sent = await browser.submit(form, { account: 'auditor', password: await identity.password() });
    const last = await browser.follow(sent, identity.issuer);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(last.location ?? ''), {
      pkceCodeVerifier: verifier,
    });
    const after = await tokenOf('auditor');
    for (const token of [tokens.access_token, tokens.id_token ?? '', after]) {
      expect(decodeProtectedHeader(token).kid).toBe(kid);
    }

    const app = await createApp({
      ...{ name: 'other', title: 'Other', version: '1', description: 'x', log },
      metrics: createMetrics({ service: 'other', ofProcess: false }),
      auth: { issuer: identity.issuer, keys: { jwksUrl: `${identity.issuer}/jwks.json` } },
    });
    app.get('/who', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async () => 'in');
    for (const token of [before, after, tokens.access_token]) {
      const { statusCode } = await app.inject({ url: '/who', headers: { authorization: `Bearer ${token}` } });
      expect(statusCode).toBe(200);
    }
    await app.close();
  });
});
