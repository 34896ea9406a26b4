import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AccessEntry } from './access-recorder.ts';
import type { Policy } from './policy.ts';
import { oneFactor, twoFactors } from './step-up.ts';
import { recorderInto, type TestApp, testApp } from './test-support/app.ts';

const policy: Policy = { roles: ['auditor'], scope: 'all', stepUp: { acr: twoFactors, maxAgeSeconds: 900 } };
const now = new Date('2027-03-01T10:00:00Z');
const secondsAgo = (seconds: number): number => now.getTime() / 1000 - seconds;

let it: TestApp;
const entries: AccessEntry[] = [];
beforeEach(async () => {
  entries.length = 0;
  it = await testApp({ clock: () => now, accessRecorder: recorderInto(entries) });
  it.app.get('/erase', { config: { policy } }, async ({ caller }) => caller?.signIn);
});
afterEach(() => it.app.close());

async function ask(claims: Record<string, unknown>, roles: readonly ('auditor' | 'clerk')[] = ['auditor']) {
  const grants = roles.map((role) => ({ role, centreId: 'c' }));
  const times = { iat: secondsAgo(60), exp: secondsAgo(-600) };
  const token = await it.issuer.token('anna', grants, { ...times, ...claims });
  return it.app.inject({ url: '/erase', headers: { authorization: `Bearer ${token}` } });
}

describe('a route that asks for a sign-in of late with two factors', () => {
  test('lets one in, up to its age, and hands it on', async () => {
    const answer = await ask({ acr: twoFactors, auth_time: secondsAgo(900) });
    expect([answer.statusCode, answer.json()]).toEqual([200, { acr: twoFactors, at: '2027-03-01T09:45:00.000Z' }]);
    expect(entries).toEqual([]);
  });

  test.each([
    ['too old', { acr: twoFactors, auth_time: secondsAgo(901) }],
    ['too weak', { acr: oneFactor, auth_time: secondsAgo(1) }],
    ['of a kind that nobody knows', { acr: 'urn:elsewhere', auth_time: secondsAgo(1) }],
    ['of no kind', { auth_time: secondsAgo(1) }],
    ['of no time', { acr: twoFactors }],
    ['of a time in words', { acr: twoFactors, auth_time: 'now' }],
    ['of no number of seconds', { acr: twoFactors, auth_time: null }],
    ['none at all', {}],
  ])('answers one that is %s with what to ask for, and records it', async (_name, claims) => {
    const answer = await ask(claims);
    expect(answer.json()).toMatchObject({ status: 401, code: 'sign_in_insufficient' });
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="vienuviet", error="insufficient_user_authentication", ' +
        `error_description="sign_in_insufficient", acr_values="${twoFactors}", max_age="900"`,
    );
    expect(entries).toMatchObject([
      { kind: 'refused', code: 'sign_in_insufficient', actorId: 'anna', route: '/erase' },
    ]);
  });

  test('does not ask somebody to sign in again who may not come in anyway', async () => {
    expect((await ask({}, ['clerk'])).json()).toMatchObject({ status: 403, code: 'role_missing' });
  });

  test('takes two factors where one is asked for', async () => {
    const stepUp = { acr: oneFactor, maxAgeSeconds: 900 };
    it.app.get('/easy', { config: { policy: { ...policy, stepUp } } }, async () => 'in');
    const token = await it.issuer.token('anna', [{ role: 'auditor' }], {
      ...{ iat: secondsAgo(60), exp: secondsAgo(-600) },
      ...{ acr: twoFactors, auth_time: secondsAgo(1) },
    });
    const answer = await it.app.inject({ url: '/easy', headers: { authorization: `Bearer ${token}` } });
    expect(answer.statusCode).toBe(200);
  });

  test('says so on its page', async () => {
    const { paths } = (await it.app.inject('/openapi.json')).json<{ paths: Record<string, { get: object }> }>();
    expect(paths['/erase']?.get).toMatchObject({ description: expect.stringContaining('Signed in within 900 s') });
  });
});

test.each([
  ['of machines', { ...policy, roles: ['auditor', 'portal_client'] }, /asks portal_client to sign in again/],
  ['of residents', { ...policy, roles: ['resident'], scope: 'own_subject' }, /asks resident to sign in again/],
  ['of no age', { ...policy, stepUp: { acr: twoFactors, maxAgeSeconds: 0 } }, /a sign-in of no age/],
  ['of a broken age', { ...policy, stepUp: { acr: twoFactors, maxAgeSeconds: 0.5 } }, /a sign-in of no age/],
])('a policy that asks for a sign-in %s keeps the app from starting', async (_name, wrong, message) => {
  it.app.get('/wrong', { config: { policy: wrong as Policy } }, async () => 'in');
  await expect(it.app.ready()).rejects.toThrow(message);
});
