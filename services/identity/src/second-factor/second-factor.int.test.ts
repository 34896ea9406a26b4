/** Two factors: a device is added, asked for, and taken off; sign-ins are stepped up (RFC 9470). */
import { createApp, twoFactors } from '@vienuviet/http';
import { openBrowser, type Page } from '@vienuviet/simulation/browser';
import { createLog, createMetrics } from '@vienuviet/telemetry';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Applications, type Begun, openApplications } from '../tests/applications.ts';
import { recording } from '../tests/recorded.ts';
import { openApiOrigin, type RunningIdentity, runIdentity } from '../tests/running-identity.ts';

let identity: RunningIdentity;
let apps: Applications;
beforeAll(async () => {
  identity = await runIdentity({ SECOND_FACTOR: 'on' });
  apps = await openApplications(identity);
});
afterAll(() => identity?.close());

const query = (text: string, ...values: unknown[]) => identity.database.pool('owner').query(text, values);
/** Nobody has a device, and all codes are new again. */
beforeEach(() => query('delete from identity.second_factor'));
/** Periods have gone by: the code of this moment was not used. */
const later = () => query('update identity.second_factor set last_step = 0');

const codeOf = (secret: string): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate();
const secretOn = ({ text }: Page): string => (/<code id="secret">([^<]+)</.exec(text)?.[1] ?? '').replaceAll(' ', '');

/** Shows the password; the page that comes then. */
async function withPassword(begun: Begun, account: string): Promise<Page> {
  const sent = await begun.browser.submit(begun.form, { account, password: await identity.password() });
  return begun.browser.follow(sent, identity.issuer);
}

/** Where a code leads: back to the application, or to the same page. */
const withCode = async ({ browser }: Begun, page: Page, code: string): Promise<Page> =>
  browser.follow(await browser.submit(page, { code }), identity.issuer);

const claimsOf = async (begun: Begun, { location }: Page) =>
  decodeJwt((await apps.exchange(apps.openApi, begun, new URL(location ?? ''))).access_token);

/** Somebody with a device. */
async function enrolled(account: string): Promise<{ begun: Begun; secret: string; sent: Page }> {
  const begun = await apps.begin(apps.openApi, { parameters: { acr_values: twoFactors } });
  const page = await withPassword(begun, account);
  const secret = secretOn(page);
  const sent = await withCode(begun, page, codeOf(secret));
  await later();
  return { begun, secret, sent };
}

describe('who has a role that asks for a second factor', () => {
  test('adds a device with the first sign-in, by picture or by text, without scripts', async () => {
    const begun = await apps.begin();
    const page = await withPassword(begun, 'auditor');
    expect(page.text).toContain('<h1>Add a second factor</h1>');
    expect(page.text).toMatch(/<svg class="code" role="img" aria-label="QR code [^"]+" [^>]*viewBox/);
    expect(page.text).not.toMatch(/<script|javascript:| on[a-z]+=| style=/i);
    expect(page.text).toContain('<label for="code">');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain(`form-action 'self' ${openApiOrigin}`);
    const entries = recording(identity);
    const claims = await claimsOf(
      begun,
      await withCode(begun, page, ` ${codeOf(secretOn(page)).replace(/^.../, '$& ')} `),
    );
    expect(claims).toMatchObject({ sub: 'auditor', acr: twoFactors, amr: ['pwd', 'otp', 'mfa'] });
    expect(Math.abs((claims['auth_time'] as number) - Date.now() / 1000)).toBeLessThan(30);
    expect(await entries(2)).toEqual([
      'operated second_factor_added auditor POST /sign-in/:uid/code',
      'signed_in password_and_code auditor POST /sign-in/:uid/code',
    ]);
  });

  test('is asked for a code from then on, and not shown the secret again', async () => {
    const { secret } = await enrolled('auditor');
    const begun = await apps.begin();
    const page = await withPassword(begun, 'auditor');
    expect(page.text).toContain('<h1>Confirmation code</h1>');
    expect(page.text).not.toContain('<svg');
    expect(secretOn(page)).toBe('');
    expect(await claimsOf(begun, await withCode(begun, page, codeOf(secret)))).toMatchObject({ acr: twoFactors });
  });

  test('is refused with a wrong code, with none, and slowed down after five', async () => {
    await enrolled('engineer');
    const entries = recording(identity);
    const begun = await apps.begin();
    const page = await withPassword(begun, 'engineer');
    const none = await begun.browser.submit(page, { code: '' });
    expect([none.status, none.text]).toEqual([400, expect.stringContaining('Enter the six-digit code.')]);
    const answers: Page[] = [];
    // One try was made when the device was added.
    for (let attempt = 0; attempt < 5; attempt++) answers.push(await begun.browser.submit(page, { code: '000000' }));
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 429]);
    expect(answers[0]?.text).toMatch(/id="code"[^>]*aria-invalid="true" aria-describedby="code-error"/);
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await entries(5)).slice(3)).toEqual([
      'refused code_refused engineer POST /sign-in/:uid/code',
      'refused code_slowed engineer POST /sign-in/:uid/code',
    ]);
  });

  test('is not signed in with the password alone, by whatever address', async () => {
    const begun = await apps.begin();
    const page = await withPassword(begun, 'auditor');
    const uid = /sign-in\/([^/]+)\/code/.exec(page.url)?.[1];
    const resumed = await begun.browser.follow(
      await begun.browser.get(`${identity.issuer}/oidc/auth/${uid}`),
      identity.issuer,
    );
    expect(resumed.text).toContain('<h1>Sign in</h1>');
    expect((await openBrowser().get(page.url)).status).toBe(400);
  });
});

describe('a code', () => {
  test('is good once, also when it comes many times at once', async () => {
    const { secret } = await enrolled('clerk.koknese.1');
    const tries = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const begun = await apps.begin(apps.openApi, { parameters: { acr_values: twoFactors } });
        return { begun, page: await withPassword(begun, 'clerk.koknese.1') };
      }),
    );
    const code = codeOf(secret);
    const sent = await Promise.all(tries.map(({ begun, page }) => begun.browser.submit(page, { code })));
    expect(sent.map(({ status }) => status).sort()).toEqual([303, 400, 400]);
  });

  test('of another account’s device is wrong, as is the secret of a sign-in that another one came after', async () => {
    const { secret } = await enrolled('clerk.koknese.2');
    const parameters = { acr_values: twoFactors };
    const [first, second] = [
      await apps.begin(apps.openApi, { parameters }),
      await apps.begin(apps.openApi, { parameters }),
    ];
    const shownFirst = await withPassword(first, 'clerk.plavinas.1');
    const shownThen = await withPassword(second, 'clerk.plavinas.1');
    expect(secretOn(shownThen)).not.toBe(secretOn(shownFirst));
    expect((await withCode(second, shownThen, codeOf(secret))).status).toBe(400);
    expect((await withCode(first, shownFirst, codeOf(secretOn(shownFirst)))).status).toBe(400);
  });

  test('is made of a secret that the table does not show', async () => {
    const { secret } = await enrolled('clerk.plavinas.2');
    const { rows } = await query('select sealed_secret from identity.second_factor');
    expect(rows).toHaveLength(1);
    expect((rows[0] as { sealed_secret: Buffer }).sealed_secret.includes(secret)).toBe(false);
  });
});

describe('a sign-in', () => {
  test('with one factor says so, and stays what it was when its token is renewed', async () => {
    const { tokens } = await apps.signedIn('clerk.skriveri.1');
    const first = decodeJwt(tokens.access_token);
    expect(first).toMatchObject({ acr: 'urn:vienuviet:acr:one-factor', amr: ['pwd'] });
    const renewed = await oidc.refreshTokenGrant(apps.openApi, tokens.refresh_token ?? '');
    const { acr, amr, auth_time: time } = decodeJwt(renewed.access_token);
    expect([acr, amr, time]).toEqual([first['acr'], first['amr'], first['auth_time']]);
  });

  test('is stepped up by a code alone where there is a device, and its time stays', async () => {
    const { secret } = await enrolled('clerk.skriveri.2');
    const begun = await apps.begin();
    const before = await claimsOf(begun, await withPassword(begun, 'clerk.skriveri.2'));
    const again = await apps.begin(apps.openApi, { browser: begun.browser, parameters: { acr_values: twoFactors } });
    expect(again.form.text).toContain('<h1>Confirmation code</h1>');
    const after = await claimsOf(again, await withCode(again, again.form, codeOf(secret)));
    expect([before['acr'], after['acr']]).toEqual(['urn:vienuviet:acr:one-factor', twoFactors]);
    expect(after['auth_time']).toBe(before['auth_time']);
  });

  test('without a device is stepped up from the password on: no stranger at an open browser adds one', async () => {
    const begun = await apps.begin();
    await withPassword(begun, 'clerk.nereta.1');
    const again = await apps.begin(apps.openApi, { browser: begun.browser, parameters: { acr_values: twoFactors } });
    expect(again.form.text).toContain('<h1>Sign in</h1>');
  });

  test('is asked for no code where one factor would do, or a kind that nobody knows is wished for', async () => {
    for (const acr of [`${twoFactors} urn:vienuviet:acr:one-factor`, 'urn:elsewhere']) {
      const begun = await apps.begin(apps.openApi, { parameters: { acr_values: acr } });
      expect((await withPassword(begun, 'clerk.nereta.2')).location).toContain('code=');
    }
  });

  test('that is too old is made again, whole', async () => {
    const { begun, secret } = await enrolled('clerk.jaunjelgava.1');
    const parameters = { acr_values: twoFactors, max_age: '600' };
    const young = await apps.begin(apps.openApi, { browser: begun.browser, parameters });
    expect(young.form.location).toContain('code=');
    await query(
      `update identity.provider_state
          set payload = payload || jsonb_build_object('loginTs', (payload ->> 'loginTs')::int - 601)
        where model = 'Session' and payload ->> 'accountId' = 'clerk.jaunjelgava.1'`,
    );
    const old = await apps.begin(apps.openApi, { browser: begun.browser, parameters });
    expect(old.form.text).toContain('<h1>Sign in</h1>');
    const page = await withPassword(old, 'clerk.jaunjelgava.1');
    const claims = await claimsOf(old, await withCode(old, page, codeOf(secret)));
    expect(Date.now() / 1000 - (claims['auth_time'] as number)).toBeLessThan(60);
  });

  test('does not last longer than a working day by being used', async () => {
    const { begun } = await apps.signedIn('clerk.jaunjelgava.2');
    await query(
      `update identity.provider_state
          set payload = payload || jsonb_build_object('loginTs', (payload ->> 'loginTs')::int - 43000)
        where model = 'Session' and payload ->> 'accountId' = 'clerk.jaunjelgava.2'`,
    );
    await apps.begin(apps.openApi, { browser: begun.browser });
    const { rows } = await query(
      `select extract(epoch from max(expires_at) - now())::int as left from identity.provider_state
        where model = 'Session' and payload ->> 'accountId' = 'clerk.jaunjelgava.2'`,
    );
    expect((rows[0] as { left: number }).left).toBeLessThan(300);
  });
});

test('a route that asks for two factors of late lets a clerk in after stepping up, as its challenge says', async () => {
  const app = await createApp({
    ...{ name: 'other', title: 'Other', version: '1', description: 'x' },
    log: createLog({ service: 'other', level: 'silent' }),
    metrics: createMetrics({ service: 'other', ofProcess: false }),
    auth: { issuer: identity.issuer, keys: { jwksUrl: `${identity.issuer}/jwks.json` } },
  });
  const stepUp = { acr: twoFactors, maxAgeSeconds: 900 };
  app.get('/erase', { config: { policy: { roles: ['clerk'], scope: 'all', stepUp } } }, async () => 'done');
  const erase = (token: string) => app.inject({ url: '/erase', headers: { authorization: `Bearer ${token}` } });
  const { secret } = await enrolled('clerk.aizkraukle.1');
  const begun = await apps.begin();
  const one = await apps.exchange(
    apps.openApi,
    begun,
    new URL((await withPassword(begun, 'clerk.aizkraukle.1')).location ?? ''),
  );
  const refused = await erase(one.access_token);
  expect(refused.statusCode).toBe(401);
  const challenge = String(refused.headers['www-authenticate']);
  const [acr = '', age = ''] = ['acr_values', 'max_age'].map(
    (name) => new RegExp(`${name}="([^"]+)"`).exec(challenge)?.[1],
  );
  const parameters = { acr_values: acr, max_age: age };
  const again = await apps.begin(apps.openApi, { browser: begun.browser, parameters });
  const { location } = await withCode(again, again.form, codeOf(secret));
  const two = await apps.exchange(apps.openApi, again, new URL(location ?? ''));
  expect((await erase(two.access_token)).statusCode).toBe(200);
  await app.close();
});

describe('a lost device', () => {
  const tokenOf = async (name: string): Promise<string> => {
    const body = JSON.stringify({ name });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${identity.issuer}/v1/tokens`, { method: 'POST', headers, body });
    return ((await response.json()) as { accessToken: string }).accessToken;
  };
  const reset = async (account: string, by = 'engineer') =>
    (
      await fetch(`${identity.issuer}/v1/second-factors/${account}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${await tokenOf(by)}` },
      })
    ).status;

  test('is taken off by an engineer, on record, and the next sign-in adds another one', async () => {
    const { secret } = await enrolled('clerk.aluksne.1');
    const entries = recording(identity);
    expect(await reset('clerk.aluksne.1')).toBe(204);
    expect(await entries(1)).toEqual(['operated 204 engineer DELETE /v1/second-factors/:accountId']);
    expect(await reset('clerk.aluksne.1')).toBe(404);
    const begun = await apps.begin(apps.openApi, { parameters: { acr_values: twoFactors } });
    const page = await withPassword(begun, 'clerk.aluksne.1');
    expect(page.text).toContain('<h1>Add a second factor</h1>');
    expect(secretOn(page)).not.toBe(secret);
  });

  test('is taken off by nobody else, and by nobody for themselves', async () => {
    await enrolled('clerk.aluksne.2');
    expect(await reset('clerk.aluksne.2', 'supervisor.cesis')).toBe(403);
    await query(`insert into identity.second_factor values ('engineer', 'x', null, now())`);
    expect(await reset('engineer')).toBe(409);
  });
});
