/** What one client may not do to another, nor a page in its name. */
import * as oidc from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Applications, openApplications } from '../tests/applications.ts';
import { type RunningIdentity, runIdentity } from '../tests/running-identity.ts';

let identity: RunningIdentity;
let apps: Applications;
beforeAll(async () => {
  identity = await runIdentity();
  apps = await openApplications(identity);
});
afterAll(() => identity?.close());

test('a client gives back no token of another one', async () => {
  const { tokens } = await apps.signedIn();
  const other = await apps.keyClient('sample-desk');
  await oidc.tokenRevocation(other, tokens.refresh_token ?? '').catch(() => undefined);
  const renewed = await oidc.refreshTokenGrant(apps.openApi, tokens.refresh_token ?? '');
  expect(renewed.access_token).toEqual(expect.any(String));
});

test('a page at the address of a client with a key reads nothing that this one is answered', async () => {
  const ask = async (origin: string, clientId: string) => {
    const response = await fetch(`${identity.issuer}/oidc/token`, {
      ...{ method: 'POST', headers: { origin } },
      body: new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token: 'x' }),
    });
    return response.headers.get('access-control-allow-origin');
  };
  // The address that the client is registered with.
  expect(await ask('http://127.0.0.1:7490', 'sample-desk')).toBeNull();
});
