import { readFileSync } from 'node:fs';
import { createApp } from '@vienuviet/http';
import { type Browser, openBrowser, type Page } from '@vienuviet/simulation/browser';
import { createLog, createMetrics } from '@vienuviet/telemetry';
import { type CryptoKey, importJWK } from 'jose';
import * as oidc from 'openid-client';
import { expect } from 'vitest';
import { openApiOrigin, peopleFile, type RunningIdentity } from './running-identity.ts';

export const redirectUri = `${openApiOrigin}/docs/static/oauth2-redirect.html`;
const http = { execute: [oidc.allowInsecureRequests] };

export interface Begun {
  readonly browser: Browser;
  readonly form: Page;
  readonly verifier: string;
  readonly state: string;
}

/** Programs that are not ours and sign people in at identity: `openid-client`, and a browser without scripts. */
export type Applications = Awaited<ReturnType<typeof openApplications>>;

export const refusedWith = (error: string) => expect.objectContaining({ error });

const clerks = (JSON.parse(readFileSync(peopleFile, 'utf8')) as { name: string }[])
  .map(({ name }) => name)
  .filter((name) => name.startsWith('clerk.') && !name.startsWith('clerk.cesis.'));
/** Somebody else each time: many sign-ins of one account within minutes are slowed down. */
const someClerk = (): string => clerks.pop() ?? '';

export async function openApplications(identity: RunningIdentity) {
  const openApi = await oidc.discovery(new URL(identity.issuer), 'openapi', undefined, oidc.None(), http);

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

  return { openApi, begin, signIn, exchange, signedIn, keyClient, callerAtOtherService };
}
