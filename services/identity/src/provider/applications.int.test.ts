/** What applications are given, renew and give back: addresses, codes, refresh tokens, signing out. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { openBrowser } from '@vienuviet/simulation/browser';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Applications, openApplications, redirectUri, refusedWith } from '../tests/applications.ts';
import { openApiOrigin, type RunningIdentity, runIdentity } from '../tests/running-identity.ts';

let identity: RunningIdentity;
let apps: Applications;
beforeAll(async () => {
  identity = await runIdentity();
  apps = await openApplications(identity);
});
afterAll(() => identity?.close());

describe('an application that asks wrongly', () => {
  const nearly = [
    `${redirectUri}/`,
    `${redirectUri}?x=1`,
    redirectUri.replace('127.0.0.1', 'localhost'),
    redirectUri.replace(':7499', ':7498'),
    redirectUri.replace('http:', 'https:'),
    redirectUri.replace('/docs', '/Docs'),
    `${redirectUri}#x`,
    redirectUri.replace('7499/', '7499@evil.example/'),
    'javascript:alert(1)',
  ];
  test.each(nearly)('is not sent to the address %s', async (redirect) => {
    const { form } = await apps.begin(apps.openApi, { redirect });
    expect(form.status).toBe(400);
    expect(form.location).toBeUndefined();
    expect(form.text).toContain('<h1>Signing in did not work</h1>');
    expect(form.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(form.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('as a client that nobody knows gets a page', async () => {
    const unknown = new oidc.Configuration(apps.openApi.serverMetadata(), 'nobody', undefined, oidc.None());
    oidc.allowInsecureRequests(unknown);
    const { form } = await apps.begin(unknown);
    expect([form.status, form.text]).toEqual([400, expect.stringContaining('is not registered here')]);
  });

  test.each<[string, object?]>([
    ['/oidc/auth?client_id=%00&response_type=code'],
    ['/oidc/logout?client_id=%00'],
    ['/oidc/token', { client_id: '\0', grant_type: 'authorization_code', code: 'x' }],
    ['/oidc/revocation', { client_id: '\0', token: 'x' }],
  ])('with U+0000 where an id belongs is told so: %s', async (path, body) => {
    const init = body === undefined ? {} : { method: 'POST', body: new URLSearchParams({ ...body }) };
    expect((await fetch(`${identity.issuer}${path}`, init)).status).toBe(body === undefined ? 400 : 401);
  });

  test.each(['form_post', 'fragment', 'web_message'])('for the answer as %s gets a page', async (mode) => {
    const { form } = await apps.begin(apps.openApi, { parameters: { response_mode: mode } });
    expect([form.status, form.text]).toEqual([400, expect.stringContaining('unsupported_response_mode')]);
    expect(form.text).not.toContain('<script');
  });

  test.each([
    ['without a challenge', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for a token at once', { response_type: 'token' }, 'unsupported_response_type'],
    ['for another resource', { resource: 'urn:elsewhere' }, 'invalid_target'],
    ['without a page to show, when nobody is signed in', { prompt: 'none' }, 'login_required'],
    ['with what no table can keep', { state: 'a\u0000b' }, 'invalid_request'],
  ])('%s is sent back with an error', async (_name, parameters, error) => {
    const { form } = await apps.begin(apps.openApi, { parameters });
    const { origin, search, hash } = new URL(form.location ?? 'x:');
    expect([origin, `${search}${hash}`]).toEqual([openApiOrigin, expect.stringContaining(`error=${error}`)]);
  });
});

describe('a code', () => {
  test('is good once: the second time it is refused, and the tokens of the first are withdrawn', async () => {
    const begun = await apps.begin();
    const address = await apps.signIn(begun);
    const tokens = await apps.exchange(apps.openApi, begun, address);
    await expect(apps.exchange(apps.openApi, begun, address)).rejects.toEqual(refusedWith('invalid_grant'));
    await expect(oidc.refreshTokenGrant(apps.openApi, tokens.refresh_token ?? '')).rejects.toEqual(
      refusedWith('invalid_grant'),
    );
  });

  test('that comes many times at once gives tokens at most once, and those cannot be renewed', async () => {
    const begun = await apps.begin();
    const address = await apps.signIn(begun);
    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, () => apps.exchange(apps.openApi, begun, address)),
    );
    const given = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(given.length).toBeLessThanOrEqual(1);
    for (const { refresh_token } of given) {
      await expect(oidc.refreshTokenGrant(apps.openApi, refresh_token ?? '')).rejects.toEqual(
        refusedWith('invalid_grant'),
      );
    }
  });

  test('needs the verifier that it was asked with', async () => {
    const begun = await apps.begin();
    const address = await apps.signIn(begun);
    const other = { ...begun, verifier: oidc.randomPKCECodeVerifier() };
    await expect(apps.exchange(apps.openApi, other, address)).rejects.toEqual(refusedWith('invalid_grant'));
  });

  test('is no good to another client', async () => {
    const begun = await apps.begin();
    const desk = await apps.keyClient('sample-desk');
    await expect(apps.exchange(desk, begun, await apps.signIn(begun))).rejects.toEqual(refusedWith('invalid_grant'));
  });
});

describe('a refresh token', () => {
  test('is replaced each time; one that comes again costs all of them', async () => {
    const { tokens } = await apps.signedIn();
    const second = await oidc.refreshTokenGrant(apps.openApi, tokens.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    expect((await apps.callerAtOtherService(second.access_token)).status).toBe(200);
    const third = await oidc.refreshTokenGrant(apps.openApi, second.refresh_token ?? '');
    await expect(oidc.refreshTokenGrant(apps.openApi, second.refresh_token ?? '')).rejects.toEqual(
      refusedWith('invalid_grant'),
    );
    await expect(oidc.refreshTokenGrant(apps.openApi, third.refresh_token ?? '')).rejects.toEqual(
      refusedWith('invalid_grant'),
    );
  });

  test('used many times at once is used up', async () => {
    const { tokens } = await apps.signedIn();
    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, () => oidc.refreshTokenGrant(apps.openApi, tokens.refresh_token ?? '')),
    );
    const given = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(given.length).toBeLessThanOrEqual(1);
    for (const { refresh_token } of given) {
      await expect(oidc.refreshTokenGrant(apps.openApi, refresh_token ?? '')).rejects.toEqual(
        refusedWith('invalid_grant'),
      );
    }
  });

  test('does not live longer by being replaced', async () => {
    const { tokens } = await apps.signedIn('clerk.cesis.2');
    const pool = identity.database.pool('writer');
    const ofClerk = `model = 'RefreshToken' and payload ->> 'accountId' = 'clerk.cesis.2' and consumed_at is null`;
    // An hour goes by.
    await pool.query(
      `update identity.provider_state
          set expires_at = expires_at - interval '1 hour',
              payload = payload || jsonb_build_object('exp', (payload ->> 'exp')::int - 3600)
        where ${ofClerk}`,
    );
    await oidc.refreshTokenGrant(apps.openApi, tokens.refresh_token ?? '');
    const { rows } = await pool.query<{ left: number }>(
      `select extract(epoch from expires_at - now())::int as left from identity.provider_state where ${ofClerk}`,
    );
    expect(rows).toEqual([{ left: expect.closeTo(11 * 3_600, -2) }]);
  });

  test('can be given back', async () => {
    const { tokens } = await apps.signedIn();
    await oidc.tokenRevocation(apps.openApi, tokens.refresh_token ?? '');
    await expect(oidc.refreshTokenGrant(apps.openApi, tokens.refresh_token ?? '')).rejects.toEqual(
      refusedWith('invalid_grant'),
    );
  });
});

describe('signing out', () => {
  test('ends the session in the browser and what it could renew', async () => {
    const { begun, tokens } = await apps.signedIn();
    const url = oidc.buildEndSessionUrl(apps.openApi, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: `${openApiOrigin}/docs`,
      state: 'bye',
    });
    const question = await begun.browser.get(url.href);
    expect(question.text).toContain('Do you want to sign out?');
    expect(question.text).not.toContain('<script');
    const done = await begun.browser.submit(question, { logout: 'yes' });
    expect(done.location).toBe(`${openApiOrigin}/docs?state=bye`);
    await expect(oidc.refreshTokenGrant(apps.openApi, tokens.refresh_token ?? '')).rejects.toEqual(
      refusedWith('invalid_grant'),
    );
    const again = await apps.begin(apps.openApi, { browser: begun.browser });
    expect(again.form.text).toContain('<h1>Sign in</h1>');
  });

  test('works without a script also where nobody is signed in', async () => {
    const browser = openBrowser();
    const question = await browser.get(`${identity.issuer}/oidc/logout`);
    expect(question.text).toContain('Do you want to sign out?');
    expect(question.text).not.toContain('<script');
    const done = await browser.follow(await browser.submit(question, { logout: 'yes' }), identity.issuer);
    expect([done.status, done.text]).toEqual([200, expect.stringContaining('You are signed out')]);
  });

  test('is not done by a page of elsewhere', async () => {
    const { begun, tokens } = await apps.signedIn();
    await begun.browser.get(`${identity.issuer}/oidc/logout`);
    const form = new URLSearchParams({ logout: 'yes', xsrf: 'guess' });
    const confirm = `${identity.issuer}/oidc/logout/confirm`;
    const forged = {
      url: confirm,
      text: `<form action="${confirm}">`,
      status: 200,
      headers: new Headers(),
      location: undefined,
    };
    expect((await begun.browser.submit(forged, Object.fromEntries(form))).status).toBe(400);
    expect((await oidc.refreshTokenGrant(apps.openApi, tokens.refresh_token ?? '')).access_token).toBeTypeOf('string');
  });

  test('leads to no address that the application did not register', async () => {
    const { begun, tokens } = await apps.signedIn();
    const url = oidc.buildEndSessionUrl(apps.openApi, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: `${openApiOrigin}/elsewhere`,
    });
    const page = await begun.browser.get(url.href);
    expect([page.status, page.location]).toEqual([400, undefined]);
  });
});

describe('a page of another origin', () => {
  const preflight = (origin: string) =>
    fetch(`${identity.issuer}/oidc/token`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  test('may fetch tokens when it is one of the OpenAPI pages, and no other one may', async () => {
    expect((await preflight(openApiOrigin)).headers.get('access-control-allow-origin')).toBe(openApiOrigin);
    for (const origin of ['http://evil.example', 'null', `${openApiOrigin}0`]) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('reads the tokens that it asked for when it is the OpenAPI pages', async () => {
    const begun = await apps.begin();
    const code = (await apps.signIn(begun)).searchParams.get('code') ?? '';
    // As Swagger UI sends it.
    const response = await fetch(`${identity.issuer}/oidc/token`, {
      method: 'POST',
      headers: { origin: openApiOrigin, 'x-requested-with': 'XMLHttpRequest' },
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', code, client_id: 'openapi' },
        ...{ redirect_uri: redirectUri, code_verifier: begun.verifier },
      }),
    });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, openApiOrigin]);
    expect(await response.json()).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) });
  });

  test('cannot read what a client of another origin is answered', async () => {
    const response = await fetch(`${identity.issuer}/oidc/token`, {
      method: 'POST',
      headers: { origin: 'http://evil.example' },
      body: new URLSearchParams({ grant_type: 'refresh_token', client_id: 'openapi', refresh_token: 'x' }),
    });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([400, null]);
  });
});

/** `fetch` sends the host of the address, whatever it is told. */
async function asHost(host: string): Promise<unknown> {
  const sent = request(`${identity.issuer}/.well-known/openid-configuration`, {
    headers: { host, 'x-forwarded-host': host, 'x-forwarded-proto': 'https' },
  });
  const [response] = (await once(sent.end(), 'response')) as [IncomingMessage];
  return json(response);
}

test('addresses are the issuer’s, whatever host a request names', async () => {
  expect(await asHost('evil.example')).toMatchObject({
    issuer: identity.issuer,
    jwks_uri: `${identity.issuer}/jwks.json`,
    token_endpoint: `${identity.issuer}/oidc/token`,
    authorization_endpoint: `${identity.issuer}/oidc/auth`,
    end_session_endpoint: `${identity.issuer}/oidc/logout`,
    code_challenge_methods_supported: ['S256'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    id_token_signing_alg_values_supported: ['ES256'],
  });
});
