/** Who signed in and out, and who was refused, stands on the record of access; nothing that somebody typed does. */
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Applications, openApplications } from '../tests/applications.ts';
import { recording } from '../tests/recorded.ts';
import { type RunningIdentity, runIdentity } from '../tests/running-identity.ts';

let identity: RunningIdentity;
let apps: Applications;
beforeAll(async () => {
  identity = await runIdentity();
  apps = await openApplications(identity);
});
afterAll(() => identity?.close());

const ask = (fields: Record<string, string>) =>
  fetch(`${identity.issuer}/oidc/token`, { method: 'POST', body: new URLSearchParams(fields) });

describe('the record of access holds', () => {
  test('who signed in', async () => {
    const entries = recording(identity);
    await apps.signIn(await apps.begin(), 'clerk.bebrmala.1');
    expect(await entries(1)).toEqual(['signed_in password clerk.bebrmala.1 POST /sign-in/:uid']);
  });

  test('which account was tried in vain, and no name that is none', async () => {
    const entries = recording(identity);
    const { browser, form } = await apps.begin();
    await browser.submit(form, { account: 'Supervisor.Valka', password: 'wrong' });
    await browser.submit(form, { account: 'my secret password', password: 'wrong' });
    await browser.submit(form, { account: 'portal', password: await identity.password() });
    expect(await entries(3)).toEqual([
      'refused sign_in_refused supervisor.valka POST /sign-in/:uid',
      'refused sign_in_refused - POST /sign-in/:uid',
      'refused sign_in_refused - POST /sign-in/:uid',
    ]);
  });

  test('who was slowed down', async () => {
    const entries = recording(identity);
    const { browser, form } = await apps.begin();
    for (let attempt = 0; attempt < 11; attempt++) {
      await browser.submit(form, { account: 'supervisor.balvi', password: 'wrong' });
    }
    expect((await entries(11)).at(-1)).toBe('refused sign_in_slowed supervisor.balvi POST /sign-in/:uid');
  });

  test('who signed out, and not who stayed or was not there', async () => {
    const { begun, tokens } = await apps.signedIn('clerk.bebrmala.2');
    const entries = recording(identity);
    const address = `${identity.issuer}/oidc/logout`;
    const { browser } = begun;
    await browser.submit(await browser.get(address), {});
    const stranger = (await apps.begin()).browser;
    await stranger.submit(await stranger.get(address), { logout: 'yes' });
    await browser.submit(await browser.get(`${address}?id_token_hint=${tokens.id_token}`), { logout: 'yes' });
    // Entries come in order: after this one nothing is missing.
    await apps.signIn(await apps.begin(), 'clerk.ritkrasts.2');
    expect(await entries(2)).toEqual([
      'signed_out everywhere clerk.bebrmala.2 POST /oidc/logout/confirm',
      'signed_in password clerk.ritkrasts.2 POST /sign-in/:uid',
    ]);
  });

  test('which clients were refused tokens, and whose renewed token came again', async () => {
    const { tokens } = await apps.signedIn('clerk.ritkrasts.1');
    await oidc.refreshTokenGrant(apps.openApi, tokens.refresh_token ?? '');
    const entries = recording(identity);
    const renew = { grant_type: 'refresh_token', client_id: 'openapi' };
    await ask({ ...renew, refresh_token: tokens.refresh_token ?? '' });
    await ask({ ...renew, refresh_token: 'a guess' });
    await ask({ ...renew, client_id: 'my secret', refresh_token: 'a guess' });
    await ask({ grant_type: 'client_credentials', client_id: 'portal', client_assertion: 'x' });
    expect(await entries(4)).toEqual([
      'refused invalid_grant clerk.ritkrasts.1 POST /oidc/token',
      'refused invalid_grant openapi POST /oidc/token',
      'refused invalid_client - POST /oidc/token',
      expect.stringMatching(/^refused invalid_\w+ (portal|-) POST \/oidc\/token$/),
    ]);
  });
});
