/** Who holds several roles chooses one at the sign-in and acts in that one; and signing out ends what was given. */
import { randomUUID } from 'node:crypto';
import { eventually } from '@vienuviet/testing';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { streamOf } from '../accounts/account-store.ts';
import { type Applications, openApplications, refusedWith } from '../tests/applications.ts';
import { type RunningIdentity, runIdentity } from '../tests/running-identity.ts';

const cesis = '832c856f-4a4a-5d55-b2d5-d5ddf1a1df52';
const account = 'clerk.cesis.1';
let identity: RunningIdentity;
let applications: Applications;
let grantId: string;

beforeAll(async () => {
  identity = await runIdentity();
  applications = await openApplications(identity);
  const given = await post(`/v1/accounts/${account}/roles`, { role: 'supervisor', centreId: cesis });
  grantId = String(given['grantId']);
});
afterAll(() => identity?.close());

async function post(path: string, body?: object): Promise<Record<string, unknown>> {
  const json = { 'content-type': 'application/json' };
  const token = await fetch(`${identity.issuer}/v1/tokens`, {
    ...{ method: 'POST', headers: json, body: JSON.stringify({ name: 'supervisor.cesis' }) },
  });
  const { accessToken } = (await token.json()) as { accessToken: string };
  const answer = await fetch(`${identity.issuer}${path}`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${accessToken}`, 'idempotency-key': randomUUID() },
      ...(body === undefined ? {} : json),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

/** Comes to the page that asks for the role. */
async function toRolePage(parameters: Record<string, string> = {}) {
  const begun = await applications.begin(undefined, { parameters });
  const sent = await begun.browser.submit(begun.form, { account, password: await identity.password() });
  return { begun, page: await begun.browser.follow(sent, identity.issuer) };
}
const rolesOf = (token: string) => (decodeJwt(token)['grants'] as { role: string }[]).map(({ role }) => role);

test('the page offers the roles, and the token has the one that was chosen, also when it is renewed', async () => {
  const { begun, page } = await toRolePage();
  expect(page.text).toContain('In which role?');
  expect([...page.text.matchAll(/name="role" value="(\w+)"/g)].map(([, role]) => role)).toEqual([
    'clerk',
    'supervisor',
  ]);
  const chosen = await begun.browser.submit(page, { role: 'supervisor' });
  const last = await begun.browser.follow(chosen, identity.issuer);
  const tokens = await applications.exchange(applications.openApi, begun, new URL(String(last.location)));
  expect(rolesOf(tokens.access_token)).toEqual(['supervisor']);
  const renewed = await oidc.refreshTokenGrant(applications.openApi, String(tokens.refresh_token));
  expect(rolesOf(renewed.access_token)).toEqual(['supervisor']);

  // The same browser is not asked again, and switches by asking for another role.
  for (const [role, parameters] of [
    ['supervisor', {}],
    ['clerk', { role: 'clerk' }],
    ['clerk', {}],
  ] as const) {
    const again = await applications.begin(undefined, { browser: begun.browser, parameters });
    const answer = await applications.exchange(applications.openApi, again, new URL(String(again.form.location)));
    expect(rolesOf(answer.access_token)).toEqual([role]);
  }
});

test('a role that is asked for is not asked about; one that the person does not hold is refused', async () => {
  const { begun, page } = await toRolePage({ role: 'clerk' });
  const tokens = await applications.exchange(applications.openApi, begun, new URL(String(page.location)));
  expect(rolesOf(tokens.access_token)).toEqual(['clerk']);
  const { page: refused } = await toRolePage({ role: 'auditor' });
  expect(new URL(String(refused.location)).searchParams.get('error')).toBe('access_denied');
});

test('a role that is none of the person’s is not taken from the page; nobody has to choose', async () => {
  const { begun, page } = await toRolePage();
  const wrong = await begun.browser.submit(page, { role: 'auditor' });
  expect([wrong.status, wrong.location]).toEqual([400, undefined]);
  const back = await begun.browser.follow(await begun.browser.submit(page, { cancel: 'yes' }), identity.issuer);
  expect(new URL(String(back.location)).searchParams.get('error')).toBe('access_denied');
});

test('a role that was taken away ends what was given for it', async () => {
  const { begun, page } = await toRolePage({ role: 'supervisor' });
  const tokens = await applications.exchange(applications.openApi, begun, new URL(String(page.location)));
  await post(`/v1/accounts/${account}/roles/${grantId}/revoke`);
  await expect(oidc.refreshTokenGrant(applications.openApi, String(tokens.refresh_token))).rejects.toEqual(
    refusedWith('invalid_grant'),
  );
});

test('who stays, or comes to one more application, keeps the access tokens', async () => {
  const { begun } = await applications.signedIn('clerk.koknese.1');
  await applications.begin(applications.openApi, { browser: begun.browser });
  await begun.browser.submit(await begun.browser.get(`${identity.issuer}/oidc/logout`), {});
  const events = await identity.service.context.store.readStream(streamOf('clerk.koknese.1'));
  expect(events.map(({ type }) => type)).not.toContain('identity.TokensRevoked');
});

test('who signs out takes access tokens along, and a new sign-in opens the doors again', async () => {
  const { begun, tokens } = await applications.signedIn('clerk.cesis.2');
  const opens = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${identity.issuer}/v1/accounts/clerk.cesis.2`, { headers })).status;
  };
  expect(await opens(tokens.access_token)).toBe(200);
  const question = await begun.browser.get(`${identity.issuer}/oidc/logout`);
  await begun.browser.submit(question, { logout: 'yes' });
  await eventually('the refusal', async () => ((await opens(tokens.access_token)) === 401 ? true : undefined));
  const again = await applications.signedIn('clerk.cesis.2');
  expect(await opens(again.tokens.access_token)).toBe(200);
});

test('somebody whose roles are all taken away is told so', async () => {
  const begun = await applications.begin();
  const pool = identity.database.pool('owner');
  const { rows } = await pool.query<{ grant_id: string }>(
    `select grant_id from accounts.given_role where account_id = 'clerk.cesis.2'`,
  );
  await post(`/v1/accounts/clerk.cesis.2/roles/${rows[0]?.grant_id}/revoke`);
  const sent = await begun.browser.submit(begun.form, {
    account: 'clerk.cesis.2',
    password: await identity.password(),
  });
  const page = await begun.browser.follow(sent, identity.issuer);
  expect(page.text).toContain('You have no access here');
});
