/** Machines with keys of their own. */
import { type CryptoKey, generateKeyPair, importJWK, SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Applications, openApplications } from '../tests/applications.ts';
import { type RunningIdentity, runIdentity } from '../tests/running-identity.ts';

let identity: RunningIdentity;
let apps: Applications;
beforeAll(async () => {
  identity = await runIdentity();
  apps = await openApplications(identity);
});
afterAll(() => identity?.close());

describe('a machine', () => {
  const assertion = async (
    name: string,
    { claims = {}, header = {}, key }: { claims?: object; header?: object; key?: CryptoKey } = {},
  ) => {
    const jwk = await identity.clientKey(name);
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: name, sub: name, aud: identity.issuer, iat: now, exp: now + 60, jti: crypto.randomUUID() };
    return new SignJWT({ ...all, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: jwk.kid as string, ...header })
      .sign(key ?? ((await importJWK(jwk, 'ES256')) as CryptoKey));
  };
  const ask = async (jwt: string, more: Record<string, string> = {}) => {
    const response = await fetch(`${identity.issuer}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: jwt,
        ...more,
      }),
    });
    return { status: response.status, json: (await response.json()) as Record<string, string>, response };
  };

  test.each([
    ['system.vsaa', { role: 'holder_system', holderId: 'vsaa' }],
    ['portal', { role: 'portal_client' }],
  ])('%s gets a token with its key, which opens the doors of another service', async (name, grant) => {
    const tokens = await oidc.clientCredentialsGrant(await apps.keyClient(name));
    expect(tokens.refresh_token).toBeUndefined();
    expect(await apps.callerAtOtherService(tokens.access_token)).toEqual({
      status: 200,
      caller: { id: name, grants: [grant] },
    });
  });

  test('is taken once with one assertion, also when it comes many times at once', async () => {
    const jwt = await assertion('portal');
    const tries = await Promise.all(Array.from({ length: 6 }, () => ask(jwt)));
    expect(tries.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401]);
    expect(await ask(jwt)).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
  });

  const now = () => Math.floor(Date.now() / 1000);
  test.each([
    [
      'signed by nobody',
      async () => {
        const [, claims] = (await assertion('portal')).split('.');
        return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
      },
    ],
    [
      'of another key',
      async () => {
        const { privateKey } = await generateKeyPair('ES256');
        return assertion('portal', { key: privateKey });
      },
    ],
    [
      'of another client’s key',
      async () =>
        assertion('portal', { key: (await importJWK(await identity.clientKey('system.vsaa'), 'ES256')) as CryptoKey }),
    ],
    ['for another audience', () => assertion('portal', { claims: { aud: 'http://elsewhere.example' } })],
    ['that is over', () => assertion('portal', { claims: { exp: now() - 200 } })],
    ['that holds for a day', () => assertion('portal', { claims: { exp: now() + 86_400 } })],
    ['without an end', () => assertion('portal', { claims: { exp: undefined } })],
    ['without an id', () => assertion('portal', { claims: { jti: undefined } })],
    ['of another issuer', () => assertion('portal', { claims: { iss: 'system.vsaa' } })],
    [
      'signed with the public key as a secret',
      async () => {
        const { kid, x } = await identity.clientKey('portal');
        return new SignJWT({ iss: 'portal', sub: 'portal', aud: identity.issuer, exp: now() + 60, jti: 'j' })
          .setProtectedHeader({ alg: 'HS256', kid: kid as string })
          .sign(Buffer.from(`${x}`));
      },
    ],
  ])('is refused with an assertion %s', async (_name, make) => {
    expect(await ask(await make())).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
  });

  test.each([
    ['of a client that nobody knows', 'nobody'],
    ['of a public client', 'openapi'],
  ])('is refused with an assertion %s', async (_name, client) => {
    const jwt = await assertion('portal', { claims: { iss: client, sub: client } });
    expect((await ask(jwt)).status).toBe(401);
  });

  test('gets no token for another resource, and none as a person', async () => {
    expect(await ask(await assertion('portal'), { resource: 'urn:elsewhere' })).toMatchObject({
      json: { error: 'invalid_target' },
    });
    expect(await ask(await assertion('sample-desk'))).toMatchObject({
      json: { error: 'invalid_request', error_description: expect.stringContaining('not allowed') },
    });
  });

  test('is answered with our headers', async () => {
    const { response } = await ask('nonsense');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'request-id': expect.any(String),
    });
  });
});
