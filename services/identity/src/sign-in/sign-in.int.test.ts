/** Signing in on the page, with a browser without scripts. */

import { openBrowser } from '@vienuviet/simulation/browser';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Applications, openApplications, redirectUri } from '../tests/applications.ts';
import { openApiOrigin, type RunningIdentity, runIdentity } from '../tests/running-identity.ts';

const deskUri = 'http://127.0.0.1:7490/callback';
/** The second origin of the same application. */
const otherOrigin = 'http://127.0.0.1:7498';

let identity: RunningIdentity;
let apps: Applications;
beforeAll(async () => {
  identity = await runIdentity({ OPENAPI_ORIGINS: `${otherOrigin},${openApiOrigin}` });
  apps = await openApplications(identity);
});
afterAll(() => identity?.close());

describe('a person', () => {
  test('signs in by the page, and the token opens the doors of another service', async () => {
    const { tokens } = await apps.signedIn('clerk.cesis.1');
    expect(await apps.callerAtOtherService(tokens.access_token)).toMatchObject({
      status: 200,
      caller: { id: 'clerk.cesis.1', grants: [{ role: 'clerk', centreId: '832c856f-4a4a-5d55-b2d5-d5ddf1a1df52' }] },
    });
    expect(tokens.claims()).toMatchObject({ sub: 'clerk.cesis.1', aud: 'openapi' });
  });

  test('gets an access token as the services check it', async () => {
    const { tokens } = await apps.signedIn('auditor');
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const { iat = 0, exp = 0, jti, auth_time: time, ...claims } = decodeJwt(tokens.access_token);
    expect(exp - iat).toBe(3_600);
    expect(Math.abs(iat - (time as number))).toBeLessThan(60);
    expect(jti).toBeTypeOf('string');
    expect(claims).toEqual({
      iss: identity.issuer,
      aud: 'vienuviet',
      sub: 'auditor',
      client_id: 'openapi',
      name: 'Auditor of the ministry',
      grants: [{ role: 'auditor' }],
      acr: 'urn:vienuviet:acr:one-factor',
      amr: ['pwd'],
    });
  });

  test('signs in to a confidential application, which shows its key', async () => {
    const desk = await apps.keyClient('sample-desk');
    const begun = await apps.begin(desk, { redirect: deskUri });
    expect(begun.form.text).toContain('Sample desk application');
    const tokens = await apps.exchange(desk, begun, await apps.signIn(begun, 'clerk.cesis.1'));
    expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: 'clerk.cesis.1', client_id: 'sample-desk' });
  });

  test('is not asked again in the same browser', async () => {
    const begun = await apps.begin();
    await apps.signIn(begun);
    const again = await apps.begin(apps.openApi, { browser: begun.browser });
    expect(again.form.location).toContain(redirectUri);
  });

  test('takes the place of somebody else in the same browser, after a page that says so', async () => {
    const { browser } = (await apps.signedIn()).begun;
    const begun = await apps.begin(apps.openApi, { browser, parameters: { prompt: 'login' } });
    const sent = await browser.submit(begun.form, { account: 'auditor', password: await identity.password() });
    const question = await browser.follow(sent, identity.issuer);
    expect(question.text).toContain('<h1>Another account is signed in in this browser</h1>');
    expect(question.text).not.toContain('<script');
    expect(question.headers.get('content-security-policy')).toContain(`form-action 'self' ${openApiOrigin}`);
    const last = await browser.follow(await browser.submit(question, { logout: 'yes' }), identity.issuer);
    const tokens = await apps.exchange(apps.openApi, begun, new URL(last.location ?? ''));
    expect(decodeJwt(tokens.access_token).sub).toBe('auditor');
  });

  test.each([
    ['a wrong password', 'clerk.cesis.1', 'wrong'],
    ['a name of nobody', 'clerk.atlantis.1', undefined],
    ['the name of a machine', 'portal', undefined],
  ])('is not signed in with %s, and learns no more than that', async (_name, account, password) => {
    const { browser, form } = await apps.begin();
    const page = await browser.submit(form, { account, password: password ?? (await identity.password()) });
    expect(page.status).toBe(400);
    expect(page.text).toContain('The account name or the password is not right.');
    expect(page.text).toMatch(/id="account"[^>]*aria-invalid="true" aria-describedby="account-error"/);
    expect(page.text).not.toContain('value="wrong"');
  });

  test('is told which field is empty', async () => {
    const { browser, form } = await apps.begin();
    const page = await browser.submit(form, { account: 'auditor', password: '' });
    expect(page.text).toMatch(/id="password"[^>]*autofocus aria-invalid="true" aria-describedby="password-error"/);
    expect(page.text).toContain('value="auditor"');
  });

  test('is slowed down, as are those who try the same name from elsewhere', async () => {
    const { browser, form } = await apps.begin();
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
    expect((await apps.signIn({ browser, form, verifier: '', state: '' }, 'clerk.cesis.2')).href).toContain('code=');
  });

  test('may turn back', async () => {
    const begun = await apps.begin();
    const page = await begun.browser.submit(begun.form, { cancel: 'yes' });
    const last = await begun.browser.follow(page, identity.issuer);
    const { searchParams } = new URL(last.location ?? '');
    expect(searchParams.get('error')).toBe('access_denied');
    expect(searchParams.get('state')).toBe(begun.state);
  });
});

describe('the sign-in page', () => {
  test('needs no script, loads nothing, and leads to the origins of the application alone, however it goes on', async () => {
    const { form } = await apps.begin();
    expect(form.text).not.toMatch(/<script|javascript:| on[a-z]+=/i);
    expect(form.headers.get('content-security-policy')).toMatch(
      new RegExp(
        `^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' ${openApiOrigin} ${otherOrigin}; base-uri 'none'; frame`,
      ),
    );
    expect(form.headers.get('x-frame-options')).toBe('DENY');
    expect(form.headers.get('cache-control')).toBe('no-store');
  });

  test('has a label for each field, a heading and a language', async () => {
    const { form } = await apps.begin();
    for (const field of ['account', 'password']) {
      expect(form.text).toContain(`<label for="${field}">`);
      expect(form.text).toMatch(new RegExp(`<input [^>]*id="${field}"`));
    }
    expect(form.text).toContain('<html lang="en">');
    expect(form.text).toContain('<h1>Sign in</h1>');
    expect(form.text).toMatch(/autocomplete="current-password"/);
  });

  test('is in Latvian where the browser asks for it, and can be switched', async () => {
    const { browser, form } = await apps.begin(apps.openApi, {
      browser: openBrowser({ language: 'lv-LV,lv;q=0.9,en;q=0.5' }),
    });
    expect(form.text).toContain('<h1>Pieteikšanās</h1>');
    const link = /<a href="([^"]+)" lang="en"/.exec(form.text)?.[1] ?? '';
    const switched = await browser.get(new URL(link, identity.issuer).href);
    expect(switched.text).toContain('<h1>Sign in</h1>');
    const wrong = await browser.submit(switched, { account: 'auditor', password: 'wrong' });
    expect(wrong.text).toContain('<html lang="en">');
  });

  test('shows what was typed as text', async () => {
    const { browser, form } = await apps.begin();
    const page = await browser.submit(form, { account: '"><script>alert(1)</script>', password: 'x' });
    expect(page.text).not.toContain('<script');
    expect(page.text).toContain('&lt;script&gt;');
  });

  test('is not for another browser', async () => {
    const { form } = await apps.begin();
    const stranger = openBrowser();
    for (const page of [
      await stranger.get(form.url),
      await stranger.submit(form, { account: 'auditor', password: await identity.password() }),
    ]) {
      expect(page.status).toBe(400);
      expect(page.text).toContain('The time to sign in is over');
    }
  });

  test('is not opened by the cookie of another sign-in, wherever that is shown', async () => {
    const [mine, theirs] = [await apps.begin(), await apps.begin()];
    const headers = { cookie: mine.browser.cookiesFor(mine.form.url) };
    expect((await fetch(mine.form.url, { headers, redirect: 'manual' })).status).toBe(200);
    expect((await fetch(theirs.form.url, { headers, redirect: 'manual' })).status).toBe(400);
  });

  test('says that its time is over', async () => {
    const { browser, form } = await apps.begin();
    await identity.database
      .pool('writer')
      .query(`update identity.provider_state set expires_at = now() where model = 'Interaction'`);
    const page = await browser.submit(form, { account: 'auditor', password: await identity.password() });
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('start again')]);
  });

  test('takes no body without end, and no other kind', async () => {
    const { form } = await apps.begin();
    const post = (body: string, type: string) =>
      fetch(form.url, { method: 'POST', body, headers: { 'content-type': type } });
    expect((await post('x'.repeat(5_000), 'application/x-www-form-urlencoded')).status).toBe(413);
    expect((await post('{}', 'application/json')).status).toBe(415);
  });
});

describe('while the database cannot be read', () => {
  test('whoever comes to sign in, or is in the middle of it, gets a clear page', async () => {
    const { browser, form } = await apps.begin();
    const owner = identity.database.pool('owner');
    await owner.query('alter table identity.provider_state rename to away');
    try {
      const password = await identity.password();
      for (const page of [await browser.submit(form, { account: 'auditor', password }), (await apps.begin()).form]) {
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

test('a sign-in that began at one instance ends at another', async () => {
  const second = await identity.start();
  const begun = await apps.begin();
  const elsewhere = { ...begun.form, url: begun.form.url.replace(identity.issuer, second.address) };
  const sent = await begun.browser.submit(elsewhere, { account: 'auditor', password: await identity.password() });
  const last = await begun.browser.follow(sent, identity.issuer);
  const tokens = await apps.exchange(apps.openApi, begun, new URL(last.location ?? ''));
  expect(decodeJwt(tokens.access_token).sub).toBe('auditor');
});
