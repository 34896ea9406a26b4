/** Signing in at the provider of the institutions, which a second instance of oidc-provider plays, well and badly. */
import { twoFactors } from '@vienuviet/http';
import { openBrowser, type Page } from '@vienuviet/simulation/browser';
import { decodeJwt, type JWK, SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeKeyPair } from '../../keys/signing-key.ts';
import { type Applications, type Begun, openApplications, redirectUri } from '../../tests/applications.ts';
import { type Misdeeds, type PlayedUpstream, playUpstream, strong } from '../../tests/played-upstream.ts';
import { recording } from '../../tests/recorded.ts';
import { openApiOrigin, type RunningIdentity, runIdentity } from '../../tests/running-identity.ts';

let upstream: PlayedUpstream;
let identity: RunningIdentity;
let apps: Applications;
beforeAll(async () => {
  upstream = await playUpstream();
  identity = await runIdentity(upstream.settings);
  upstream.serve(identity.issuer);
  apps = await openApplications(identity);
});
afterAll(async () => {
  await identity?.close();
  await upstream?.close();
});
afterEach(() => {
  upstream.misdeeds = {};
  upstream.person = { accountId: 'clerk.cesis.1' };
});

/** From the application to the provider and as far back as it goes. */
const go = async ({ browser, form }: Begun): Promise<Page> => browser.follow(form, identity.issuer, upstream.issuer);
/** The answer of the provider, before identity has seen it. */
const answered = async ({ browser, form }: Begun): Promise<URL> =>
  new URL((await browser.follow(form, upstream.issuer)).location ?? '');
const follow = async ({ browser }: Begun, address: URL | string) =>
  browser.follow(await browser.get(String(address)), identity.issuer, upstream.issuer);

const claimsOf = async (begun: Begun, { location }: Page) =>
  decodeJwt((await apps.exchange(apps.openApi, begun, new URL(location ?? ''))).access_token);

async function signedIn() {
  const begun = await apps.begin();
  return claimsOf(begun, await go(begun));
}

/** Its description and keys are believed for some seconds. */
let passed = performance.now();
const muchLater = () => {
  passed += 60_000;
  return vi.spyOn(performance, 'now').mockImplementation(() => passed);
};

describe('a person of the institutions', () => {
  test('is sent to their provider, and comes back to the application with our token', async () => {
    const entries = recording(identity);
    upstream.person = { accountId: 'clerk.cesis.1', amr: ['pwd', 'x'.repeat(99)], ago: 90 };
    const claims = await signedIn();
    expect(claims).toMatchObject({
      ...{ iss: identity.issuer, sub: 'clerk.cesis.1', acr: 'urn:vienuviet:acr:one-factor', amr: ['pwd'] },
      grants: [{ role: 'clerk' }],
    });
    expect(Math.abs(Date.now() / 1000 - 90 - (claims['auth_time'] as number))).toBeLessThan(10);
    expect(await entries(1)).toEqual(['signed_in upstream clerk.cesis.1 GET /sign-in/:uid/upstream']);
  });

  test('is asked about in their language, and nothing beyond who it is is asked for', async () => {
    const begun = await apps.begin(apps.openApi, { browser: openBrowser({ language: 'lv' }) });
    await go(begun);
    expect(upstream.asked).toMatchObject({
      ...{ scope: 'openid', response_type: 'code', code_challenge_method: 'S256', ui_locales: 'lv', max_age: '43200' },
      ...{ state: expect.stringMatching(/^[\w-]{21,}\.[\w-]{43}$/), nonce: expect.any(String) },
    });
  });

  test.each([
    ['ten minutes ago at most, as the application asks', { max_age: '600' }, { max_age: '600' }],
    ['a day ago at most, where the application would take a week', { max_age: '604800' }, { max_age: '43200' }],
    // `max_age=0`, which is read as this.
    ['anew, as the application asks', { prompt: 'login' }, { prompt: 'login' }],
  ])('signs in there %s', async (_name, parameters, asked) => {
    await go(await apps.begin(apps.openApi, { parameters }));
    expect(upstream.asked).toMatchObject(asked);
  });

  test('with two factors there has two factors here', async () => {
    upstream.person = { accountId: 'clerk.cesis.1', acr: strong };
    const begun = await apps.begin(apps.openApi, { parameters: { acr_values: twoFactors } });
    expect(await claimsOf(begun, await go(begun))).toMatchObject({ acr: twoFactors });
    expect(upstream.asked).toMatchObject({ acr_values: strong });
  });

  test('with one factor there is asked for the second one here', async () => {
    const begun = await apps.begin(apps.openApi, { parameters: { acr_values: twoFactors } });
    expect((await go(begun)).text).toContain('<h1>Add a second factor</h1>');
  });

  test.each([
    ['that nobody here knows', 'somebody else'],
    ['that is a machine’s', 'portal'],
  ])('with a name %s is told that there is no access yet, and that is recorded', async (_name, accountId) => {
    const entries = recording(identity);
    upstream.person = { accountId };
    const page = await go(await apps.begin());
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('nobody has given you access here yet')]);
    expect(page.text).not.toContain(accountId);
    expect(await entries(1)).toEqual(['refused no_account - GET /sign-in/:uid/upstream']);
  });

  test('who turns back there may try again', async () => {
    upstream.person = 'turns back';
    const begun = await apps.begin();
    const page = await go(begun);
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('You are not signed in')]);
    upstream.person = { accountId: 'clerk.cesis.2' };
    const again = /<a href="(\/sign-in\/[^"]+)"/.exec(page.text)?.[1] ?? '';
    const last = await follow(begun, new URL(again, identity.issuer));
    expect(await claimsOf(begun, last)).toMatchObject({ sub: 'clerk.cesis.2' });
  });

  test('cannot show a password here', async () => {
    const begun = await apps.begin();
    const page = await begun.browser.submit(
      { ...begun.form, url: begun.form.url, text: `<form action="${begun.form.url}">` },
      { account: 'clerk.cesis.1', password: await identity.password() },
    );
    expect(page.status).toBe(503);
  });
});

describe('an answer', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const signed = (claims: object, key: JWK, header = {}) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', kid: key.kid as string, ...header }).sign(key);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  test.each<[string, NonNullable<Misdeeds['idToken']>]>([
    ['of another nonce', (claims, key) => signed({ ...claims, nonce: 'another' }, key)],
    ['without a nonce', ({ nonce: _nonce, ...claims }, key) => signed(claims, key)],
    ['of another issuer', (claims, key) => signed({ ...claims, iss: 'http://127.0.0.1:1' }, key)],
    ['for another client', (claims, key) => signed({ ...claims, aud: 'another' }, key)],
    [
      'for others too, of another party',
      (claims, key) => signed({ ...claims, aud: ['vienuviet', 'x'], azp: 'x' }, key),
    ],
    [
      'of another key',
      async (claims, { kid }) => signed(claims, { ...(await makeKeyPair()).privateJwk, kid: `${kid}` }),
    ],
    ['of a key that is not published', async (claims) => signed(claims, (await makeKeyPair()).privateJwk)],
    ['that is over', (claims, key) => signed({ ...claims, iat: now() - 900, exp: now() - 300 }, key)],
    ['of the time to come', (claims, key) => signed({ ...claims, nbf: now() + 300 }, key)],
    ['of a sign-in that is too old', (claims, key) => signed({ ...claims, auth_time: now() - 50_000 }, key)],
    ['without the time of the sign-in', ({ auth_time: _time, ...claims }, key) => signed(claims, key)],
    ['without a subject', ({ sub: _sub, ...claims }, key) => signed(claims, key)],
    ['that nobody signed', (claims) => `${part({ alg: 'none' })}.${part(claims)}.`],
    [
      'signed with the public key as a secret',
      (claims, key) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(`${key.x}`)),
    ],
    ['that is no token', () => 'nonsense'],
  ])('%s is refused with a page, and that is recorded', async (_name, idToken) => {
    const entries = recording(identity);
    upstream.misdeeds = { idToken };
    const page = await go(await apps.begin());
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('is not valid, or was used already')]);
    expect(await entries(1)).toEqual(['refused upstream_answer - GET /sign-in/:uid/upstream']);
  });

  test('made by a clock that is two minutes off is taken', async () => {
    upstream.misdeeds = { idToken: (claims, key) => signed({ ...claims, iat: now() - 719, exp: now() - 119 }, key) };
    expect(await signedIn()).toMatchObject({ sub: 'clerk.cesis.1' });
  });

  test('is taken once', async () => {
    const begun = await apps.begin();
    const address = await answered(begun);
    const step = (await begun.browser.get(address.href)).location ?? '';
    expect((await begun.browser.get(step)).status).toBe(303);
    expect((await follow(begun, step)).text).toMatch(/is not valid, or was used already|time to sign in is over/);
  });

  test('with the code of another sign-in is refused, as are a state that was not given and another issuer’s', async () => {
    const [one, other] = [await apps.begin(), await apps.begin()];
    const [ofOne, ofOther] = [await answered(one), await answered(other)];
    const used = new URL(ofOne);
    used.searchParams.set('code', ofOther.searchParams.get('code') ?? '');
    const forged = new URL(ofOther);
    forged.searchParams.set('state', `${(ofOther.searchParams.get('state') ?? '').slice(0, -1)}_`);
    const [third, elsewhere] = [await apps.begin(), new URL('x:')];
    elsewhere.href = (await answered(third)).href;
    elsewhere.searchParams.set('iss', 'http://127.0.0.1:1');
    for (const [begun, address] of [
      [one, used],
      [other, forged],
      [third, elsewhere],
    ] as const) {
      const page = await follow(begun, address);
      expect([page.status, page.text]).toEqual([400, expect.stringContaining('is not valid, or was used already')]);
    }
  });

  test('that was given to somebody else is no good in another browser, or for another sign-in of the same one', async () => {
    const begun = await apps.begin();
    const address = await answered(begun);
    const stranger = openBrowser();
    const page = await stranger.follow(await stranger.get(address.href), identity.issuer);
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('The time to sign in is over')]);
    const second = await apps.begin(apps.openApi, { browser: begun.browser });
    const { pathname } = new URL(second.form.url);
    const elsewhere = await follow(second, `${identity.issuer}${pathname}/upstream${address.search}`);
    expect([elsewhere.status, elsewhere.text]).toEqual([
      400,
      expect.stringContaining('is not valid, or was used already'),
    ]);
  });

  test('of nothing is answered with a page', async () => {
    for (const query of ['', '?state=x', '?state=../../oidc/auth.x', `?state=${'x'.repeat(30)}.${'y'.repeat(43)}`]) {
      const browser = openBrowser();
      const page = await browser.follow(
        await browser.get(`${identity.issuer}/sign-in/upstream/callback${query}`),
        identity.issuer,
      );
      expect([page.status, page.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    }
  });
});

describe('signing out', () => {
  test('is done at the provider too, and leads back to the application', async () => {
    const begun = await apps.begin();
    const tokens = await apps.exchange(apps.openApi, begun, new URL((await go(begun)).location ?? ''));
    const { browser } = begun;
    const url = oidc.buildEndSessionUrl(apps.openApi, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: `${openApiOrigin}/docs`,
      state: 'bye',
    });
    const question = await browser.get(url.href);
    expect(question.headers.get('content-security-policy')).toContain(`form-action 'self' ${upstream.issuer}`);
    const there = await browser.follow(
      await browser.submit(question, { logout: 'yes' }),
      identity.issuer,
      upstream.issuer,
    );
    expect(new URL(there.url).origin).toBe(upstream.issuer);
    const back = await browser.follow(await browser.submit(there, { logout: 'yes' }), identity.issuer, upstream.issuer);
    expect(back.location).toBe(`${openApiOrigin}/docs?state=bye`);
    const step = await browser.get(`${identity.issuer}/sign-in/upstream/signed-out?state=guess`);
    expect(step.location).toBe(`${identity.issuer}/oidc/logout/success`);
  });

  test('works while the provider is down', async () => {
    const begun = await apps.begin();
    await go(begun);
    upstream.misdeeds = { answers: { path: '/.well-known/openid-configuration', status: 500 } };
    const clock = muchLater();
    const question = await begun.browser.get(`${identity.issuer}/oidc/logout`);
    const done = await begun.browser.follow(await begun.browser.submit(question, { logout: 'yes' }), identity.issuer);
    clock.mockRestore();
    expect(done.text).toContain('You are signed out');
  });
});

describe('while the provider', () => {
  test('is down, nobody new can sign in and is told so, and who is signed in goes on', async () => {
    const begun = await apps.begin();
    const tokens = await apps.exchange(apps.openApi, begun, new URL((await go(begun)).location ?? ''));
    await upstream.down();
    const clock = muchLater();
    try {
      const { browser, form } = await apps.begin();
      expect([form.status, form.text]).toEqual([503, expect.stringContaining('does not answer')]);
      expect(Number(form.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await fetch(`${identity.issuer}/health/ready`)).status).toBe(200);
      expect((await apps.begin(apps.openApi, { browser: begun.browser })).form.location).toContain(redirectUri);
      const renewed = await oidc.refreshTokenGrant(apps.openApi, tokens.refresh_token ?? '');
      expect(renewed.access_token).toBeTypeOf('string');
      await upstream.up();
      const back = await browser.follow(await browser.get(form.url), identity.issuer, upstream.issuer);
      expect(back.location).toContain(redirectUri);
    } finally {
      clock.mockRestore();
      await upstream.up().catch(() => undefined);
    }
  });

  test.each([
    ['fails at giving tokens', { path: '/token', status: 500, body: 'x' }],
    ['is being repaired', { path: '/token', status: 503, body: '{"error":"temporarily_unavailable"}' }],
    ['does not take our key', { path: '/token', status: 401, body: '{"error":"invalid_client"}' }],
    ['does not give its keys', { path: '/jwks', status: 500, body: 'x' }],
  ])('%s, that is said, and is nobody’s refusal', async (_name, answers) => {
    upstream.misdeeds = { answers };
    const clock = muchLater();
    const page = await go(await apps.begin());
    clock.mockRestore();
    expect([page.status, page.text]).toEqual([503, expect.stringContaining('does not answer')]);
  });
});
