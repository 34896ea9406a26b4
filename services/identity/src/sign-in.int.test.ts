/** Signing in as programs do that are not ours: `openid-client`, and a browser without scripts. */
import { readFileSync } from 'node:fs';
import { createApp } from '@vienuviet/http';
import { createLog, createMetrics } from '@vienuviet/telemetry';
import { type CryptoKey, decodeJwt, decodeProtectedHeader, generateKeyPair, importJWK, SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, openBrowser, type Page } from './tests/browser.ts';
import { openApiOrigin, peopleFile, type RunningIdentity, runIdentity } from './tests/running-identity.ts';

const redirectUri = `${openApiOrigin}/docs/static/oauth2-redirect.html`;
const deskUri = 'http://127.0.0.1:7490/callback';
const http = { execute: [oidc.allowInsecureRequests] };

let identity: RunningIdentity;
let openApi: oidc.Configuration;

const clerks = (JSON.parse(readFileSync(peopleFile, 'utf8')) as { name: string }[])
  .map(({ name }) => name)
  .filter((name) => name.startsWith('clerk.') && !name.startsWith('clerk.cesis.'));
/** Somebody else each time: many sign-ins of one account within minutes are slowed down. */
const someClerk = (): string => clerks.pop() ?? '';

beforeAll(async () => {
  identity = await runIdentity();
  openApi = await oidc.discovery(new URL(identity.issuer), 'openapi', undefined, oidc.None(), http);
});
afterAll(() => identity?.close());

interface Begun {
  readonly browser: Browser;
  readonly form: Page;
  readonly verifier: string;
  readonly state: string;
}

/** Comes to the sign-in page from an application. */
async function begin(
  config = openApi,
  { redirect = redirectUri, browser = openBrowser(), parameters = {} as Record<string, string> } = {},
): Promise<Begun> {
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: 'openid',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    ...parameters,
  });
  return { browser, form: await browser.follow(await browser.get(url.href), identity.issuer), verifier, state };
}

/** Signs in on the page; where the browser is sent then. */
async function signIn({ browser, form }: Begun, account = someClerk()): Promise<URL> {
  const sent = await browser.submit(form, { account, password: await identity.password() });
  const last = await browser.follow(sent, identity.issuer);
  if (last.location === undefined) throw new Error(`not sent back: ${last.status} ${last.text}`);
  return new URL(last.location);
}

const exchange = (config: oidc.Configuration, { verifier, state }: Begun, address: URL) =>
  oidc.authorizationCodeGrant(config, address, { pkceCodeVerifier: verifier, expectedState: state });

async function signedIn(account?: string) {
  const begun = await begin();
  return { begun, tokens: await exchange(openApi, begun, await signIn(begun, account)) };
}

const refusedWith = (error: string) => expect.objectContaining({ error });

async function keyClient(name: string): Promise<oidc.Configuration> {
  const jwk = await identity.clientKey(name);
  const key = { key: (await importJWK(jwk, 'ES256')) as CryptoKey, kid: jwk.kid as string };
  return oidc.discovery(new URL(identity.issuer), name, undefined, oidc.PrivateKeyJwt(key), http);
}

/** Whom another service takes the bearer of a token for. */
async function callerAtOtherService(token: string) {
  const app = await createApp({
    ...{ name: 'other', title: 'Other', version: '1', description: 'x' },
    log: createLog({ service: 'other', level: 'silent' }),
    metrics: createMetrics({ service: 'other', ofProcess: false }),
    auth: { issuer: identity.issuer, keys: { jwksUrl: `${identity.issuer}/jwks.json` } },
  });
  const policy = { roles: ['clerk', 'holder_system', 'portal_client'], scope: 'all' } as const;
  app.get('/who', { config: { policy } }, async ({ caller }) => caller);
  const answer = await app.inject({ url: '/who', headers: { authorization: `Bearer ${token}` } });
  await app.close();
  return { status: answer.statusCode, caller: answer.json() as unknown };
}

describe('a person', () => {
  test('signs in by the page, and the token opens the doors of another service', async () => {
    const { tokens } = await signedIn('clerk.cesis.1');
    expect(await callerAtOtherService(tokens.access_token)).toEqual({
      status: 200,
      caller: { id: 'clerk.cesis.1', grants: [{ role: 'clerk', centreId: '832c856f-4a4a-5d55-b2d5-d5ddf1a1df52' }] },
    });
    expect(tokens.claims()).toMatchObject({ sub: 'clerk.cesis.1', aud: 'openapi' });
  });

  test('gets an access token as the services check it', async () => {
    const { tokens } = await signedIn('auditor');
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const { iat = 0, exp = 0, jti, ...claims } = decodeJwt(tokens.access_token);
    expect(exp - iat).toBe(3_600);
    expect(jti).toBeTypeOf('string');
    expect(claims).toEqual({
      iss: identity.issuer,
      aud: 'vienuviet',
      sub: 'auditor',
      client_id: 'openapi',
      name: 'Auditor of the ministry',
      grants: [{ role: 'auditor' }],
    });
  });

  test('signs in to a confidential application, which shows its key', async () => {
    const desk = await keyClient('sample-desk');
    const begun = await begin(desk, { redirect: deskUri });
    expect(begun.form.text).toContain('Sample desk application');
    const tokens = await exchange(desk, begun, await signIn(begun, 'clerk.cesis.1'));
    expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: 'clerk.cesis.1', client_id: 'sample-desk' });
  });

  test('is not asked again in the same browser', async () => {
    const begun = await begin();
    await signIn(begun);
    const again = await begin(openApi, { browser: begun.browser });
    expect(again.form.location).toContain(redirectUri);
  });

  test.each([
    ['a wrong password', 'clerk.cesis.1', 'wrong'],
    ['a name of nobody', 'clerk.atlantis.1', undefined],
    ['the name of a machine', 'portal', undefined],
  ])('is not signed in with %s, and learns no more than that', async (_name, account, password) => {
    const { browser, form } = await begin();
    const page = await browser.submit(form, { account, password: password ?? (await identity.password()) });
    expect(page.status).toBe(400);
    expect(page.text).toContain('The account name or the password is not right.');
    expect(page.text).toMatch(/id="account"[^>]*aria-invalid="true" aria-describedby="account-error"/);
    expect(page.text).not.toContain('value="wrong"');
  });

  test('is told which field is empty', async () => {
    const { browser, form } = await begin();
    const page = await browser.submit(form, { account: 'auditor', password: '' });
    expect(page.text).toMatch(/id="password"[^>]*autofocus aria-invalid="true" aria-describedby="password-error"/);
    expect(page.text).toContain('value="auditor"');
  });

  test('is slowed down, as are those who try the same name from elsewhere', async () => {
    const { browser, form } = await begin();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 11; attempt++) {
      statuses.push((await browser.submit(form, { account: 'supervisor.cesis', password: `guess ${attempt}` })).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(400), 429]);
    const refused = await browser.submit(form, { account: 'supervisor.cesis', password: await identity.password() });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.text).toContain('Too many tries');
    // Another account from the same address may still come.
    expect((await signIn({ browser, form, verifier: '', state: '' }, 'clerk.cesis.2')).href).toContain('code=');
  });

  test('may turn back', async () => {
    const begun = await begin();
    const page = await begun.browser.submit(begun.form, { cancel: 'yes' });
    const last = await begun.browser.follow(page, identity.issuer);
    const { searchParams } = new URL(last.location ?? '');
    expect(searchParams.get('error')).toBe('access_denied');
    expect(searchParams.get('state')).toBe(begun.state);
  });
});

describe('the sign-in page', () => {
  test('needs no script, loads nothing, and leads back to the application alone', async () => {
    const { form } = await begin();
    expect(form.text).not.toMatch(/<script|javascript:| on[a-z]+=/i);
    expect(form.headers.get('content-security-policy')).toMatch(
      new RegExp(
        `^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' ${openApiOrigin}; base-uri 'none'; frame`,
      ),
    );
    expect(form.headers.get('x-frame-options')).toBe('DENY');
    expect(form.headers.get('cache-control')).toBe('no-store');
  });

  test('has a label for each field, a heading and a language', async () => {
    const { form } = await begin();
    for (const field of ['account', 'password']) {
      expect(form.text).toContain(`<label for="${field}">`);
      expect(form.text).toMatch(new RegExp(`<input [^>]*id="${field}"`));
    }
    expect(form.text).toContain('<html lang="en">');
    expect(form.text).toContain('<h1>Sign in</h1>');
    expect(form.text).toMatch(/autocomplete="current-password"/);
  });

  test('is in Latvian where the browser asks for it, and can be switched', async () => {
    const { browser, form } = await begin(openApi, { browser: openBrowser('lv-LV,lv;q=0.9,en;q=0.5') });
    expect(form.text).toContain('<h1>Pieteikšanās</h1>');
    const link = /<a href="([^"]+)" lang="en"/.exec(form.text)?.[1] ?? '';
    const switched = await browser.get(new URL(link, identity.issuer).href);
    expect(switched.text).toContain('<h1>Sign in</h1>');
    const wrong = await browser.submit(switched, { account: 'auditor', password: 'wrong' });
    expect(wrong.text).toContain('<html lang="en">');
  });

  test('shows what was typed as text', async () => {
    const { browser, form } = await begin();
    const page = await browser.submit(form, { account: '"><script>alert(1)</script>', password: 'x' });
    expect(page.text).not.toContain('<script');
    expect(page.text).toContain('&lt;script&gt;');
  });

  test('is not for another browser', async () => {
    const { form } = await begin();
    const stranger = openBrowser();
    for (const page of [
      await stranger.get(form.url),
      await stranger.submit(form, { account: 'auditor', password: await identity.password() }),
    ]) {
      expect(page.status).toBe(400);
      expect(page.text).toContain('The time to sign in is over');
    }
  });

  test('says that its time is over', async () => {
    const { browser, form } = await begin();
    await identity.database
      .pool('writer')
      .query(`update identity.provider_state set expires_at = now() where model = 'Interaction'`);
    const page = await browser.submit(form, { account: 'auditor', password: await identity.password() });
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('start again')]);
  });

  test('takes no body without end, and no other kind', async () => {
    const { form } = await begin();
    const post = (body: string, type: string) =>
      fetch(form.url, { method: 'POST', body, headers: { 'content-type': type } });
    expect((await post('x'.repeat(5_000), 'application/x-www-form-urlencoded')).status).toBe(413);
    expect((await post('{}', 'application/json')).status).toBe(415);
  });
});

describe('while the database cannot be read', () => {
  test('whoever comes to sign in, or is in the middle of it, gets a clear page', async () => {
    const { browser, form } = await begin();
    const owner = identity.database.pool('owner');
    await owner.query('alter table identity.provider_state rename to away');
    try {
      const password = await identity.password();
      for (const page of [await browser.submit(form, { account: 'auditor', password }), (await begin()).form]) {
        expect(page.status).toBeGreaterThanOrEqual(500);
        expect(page.text).toContain('The error is on our side. Please try again in a moment.');
        expect(page.text).not.toMatch(/provider_state|relation/);
      }
    } finally {
      await owner.query('alter table identity.away rename to provider_state');
    }
    expect((await browser.submit(form, { account: 'auditor', password: 'wrong' })).status).toBe(400);
  });
});

test('behind TLS the cookies are for TLS alone', async () => {
  const secure = await identity.start({ ...identity.config(), issuer: 'https://identity.example' });
  const query = new URLSearchParams({
    ...{ client_id: 'openapi', redirect_uri: redirectUri, response_type: 'code', scope: 'openid' },
    ...{ code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' },
  });
  const response = await fetch(`${secure.address}/oidc/auth?${query}`, { redirect: 'manual' });
  const cookies = response.headers.getSetCookie();
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies) expect(cookie).toMatch(/; secure(?:;|$)/i);
  for (const cookie of cookies) expect(cookie).toMatch(/; samesite=lax; .*httponly|; httponly.*samesite=lax/i);
  await secure.close();
});

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
    const { form } = await begin(openApi, { redirect });
    expect(form.status).toBe(400);
    expect(form.location).toBeUndefined();
    expect(form.text).toContain('<h1>Signing in did not work</h1>');
    expect(form.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(form.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('as a client that nobody knows gets a page', async () => {
    const unknown = new oidc.Configuration(openApi.serverMetadata(), 'nobody', undefined, oidc.None());
    oidc.allowInsecureRequests(unknown);
    const { form } = await begin(unknown);
    expect([form.status, form.text]).toEqual([400, expect.stringContaining('is not registered here')]);
  });

  test.each(['form_post', 'fragment', 'web_message'])('for the answer as %s gets a page', async (mode) => {
    const { form } = await begin(openApi, { parameters: { response_mode: mode } });
    expect([form.status, form.text]).toEqual([400, expect.stringContaining('unsupported_response_mode')]);
    expect(form.text).not.toContain('<script');
  });

  test.each([
    ['without a challenge', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for a token at once', { response_type: 'token' }, 'unsupported_response_type'],
    ['for another resource', { resource: 'urn:elsewhere' }, 'invalid_target'],
    ['without a page to show, when nobody is signed in', { prompt: 'none' }, 'login_required'],
  ])('%s is sent back with an error', async (_name, parameters, error) => {
    const { form } = await begin(openApi, { parameters });
    const { origin, search, hash } = new URL(form.location ?? 'x:');
    expect([origin, `${search}${hash}`]).toEqual([openApiOrigin, expect.stringContaining(`error=${error}`)]);
  });
});

describe('a code', () => {
  test('is good once: the second time it is refused, and the tokens of the first are withdrawn', async () => {
    const begun = await begin();
    const address = await signIn(begun);
    const tokens = await exchange(openApi, begun, address);
    await expect(exchange(openApi, begun, address)).rejects.toEqual(refusedWith('invalid_grant'));
    await expect(oidc.refreshTokenGrant(openApi, tokens.refresh_token ?? '')).rejects.toEqual(
      refusedWith('invalid_grant'),
    );
  });

  test('that comes many times at once gives tokens at most once, and those cannot be renewed', async () => {
    const begun = await begin();
    const address = await signIn(begun);
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => exchange(openApi, begun, address)));
    const given = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(given.length).toBeLessThanOrEqual(1);
    for (const { refresh_token } of given) {
      await expect(oidc.refreshTokenGrant(openApi, refresh_token ?? '')).rejects.toEqual(refusedWith('invalid_grant'));
    }
  });

  test('needs the verifier that it was asked with', async () => {
    const begun = await begin();
    const address = await signIn(begun);
    const other = { ...begun, verifier: oidc.randomPKCECodeVerifier() };
    await expect(exchange(openApi, other, address)).rejects.toEqual(refusedWith('invalid_grant'));
  });

  test('is no good to another client', async () => {
    const begun = await begin();
    const desk = await keyClient('sample-desk');
    await expect(exchange(desk, begun, await signIn(begun))).rejects.toEqual(refusedWith('invalid_grant'));
  });
});

describe('a refresh token', () => {
  test('is replaced each time; one that comes again costs all of them', async () => {
    const { tokens } = await signedIn();
    const second = await oidc.refreshTokenGrant(openApi, tokens.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    expect((await callerAtOtherService(second.access_token)).status).toBe(200);
    const third = await oidc.refreshTokenGrant(openApi, second.refresh_token ?? '');
    await expect(oidc.refreshTokenGrant(openApi, second.refresh_token ?? '')).rejects.toEqual(
      refusedWith('invalid_grant'),
    );
    await expect(oidc.refreshTokenGrant(openApi, third.refresh_token ?? '')).rejects.toEqual(
      refusedWith('invalid_grant'),
    );
  });

  test('used many times at once is used up', async () => {
    const { tokens } = await signedIn();
    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, () => oidc.refreshTokenGrant(openApi, tokens.refresh_token ?? '')),
    );
    const given = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(given.length).toBeLessThanOrEqual(1);
    for (const { refresh_token } of given) {
      await expect(oidc.refreshTokenGrant(openApi, refresh_token ?? '')).rejects.toEqual(refusedWith('invalid_grant'));
    }
  });

  test('does not live longer by being replaced', async () => {
    const { tokens } = await signedIn('clerk.cesis.2');
    const end = async () =>
      (
        await identity.database.pool('writer').query<{ end: string }>(
          `select max(expires_at)::text as end from identity.provider_state
              where model = 'RefreshToken' and payload ->> 'accountId' = 'clerk.cesis.2' and consumed_at is null`,
        )
      ).rows[0]?.end;
    const before = Date.parse((await end()) ?? '');
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await oidc.refreshTokenGrant(openApi, tokens.refresh_token ?? '');
    expect(Math.abs(Date.parse((await end()) ?? '') - before)).toBeLessThan(1_500);
  });

  test('can be given back', async () => {
    const { tokens } = await signedIn();
    await oidc.tokenRevocation(openApi, tokens.refresh_token ?? '');
    await expect(oidc.refreshTokenGrant(openApi, tokens.refresh_token ?? '')).rejects.toEqual(
      refusedWith('invalid_grant'),
    );
  });
});

describe('signing out', () => {
  test('ends the session in the browser and what it could renew', async () => {
    const { begun, tokens } = await signedIn();
    const url = oidc.buildEndSessionUrl(openApi, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: `${openApiOrigin}/docs`,
      state: 'bye',
    });
    const question = await begun.browser.get(url.href);
    expect(question.text).toContain('Do you want to sign out?');
    expect(question.text).not.toContain('<script');
    const done = await begun.browser.submit(question, { logout: 'yes' });
    expect(done.location).toBe(`${openApiOrigin}/docs?state=bye`);
    await expect(oidc.refreshTokenGrant(openApi, tokens.refresh_token ?? '')).rejects.toEqual(
      refusedWith('invalid_grant'),
    );
    const again = await begin(openApi, { browser: begun.browser });
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
    const { begun, tokens } = await signedIn();
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
    expect((await oidc.refreshTokenGrant(openApi, tokens.refresh_token ?? '')).access_token).toBeTypeOf('string');
  });

  test('leads to no address that the application did not register', async () => {
    const { begun, tokens } = await signedIn();
    const url = oidc.buildEndSessionUrl(openApi, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: `${openApiOrigin}/elsewhere`,
    });
    const page = await begun.browser.get(url.href);
    expect([page.status, page.location]).toEqual([400, undefined]);
  });
});

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
    const tokens = await oidc.clientCredentialsGrant(await keyClient(name));
    expect(tokens.refresh_token).toBeUndefined();
    expect(await callerAtOtherService(tokens.access_token)).toEqual({
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
    const begun = await begin();
    const code = (await signIn(begun)).searchParams.get('code') ?? '';
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

test('addresses are the issuer’s, whatever host a request names', async () => {
  const response = await fetch(`${identity.issuer}/.well-known/openid-configuration`, {
    headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
  });
  expect(await response.json()).toMatchObject({
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

test('a sign-in that began at one instance ends at another', async () => {
  const second = await identity.start();
  const begun = await begin();
  const elsewhere = { ...begun.form, url: begun.form.url.replace(identity.issuer, second.address) };
  const sent = await begun.browser.submit(elsewhere, { account: 'auditor', password: await identity.password() });
  const last = await begun.browser.follow(sent, identity.issuer);
  const tokens = await exchange(openApi, begun, new URL(last.location ?? ''));
  expect(decodeJwt(tokens.access_token).sub).toBe('auditor');
});
