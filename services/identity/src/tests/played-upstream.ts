import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, type JWK } from 'jose';
import { type InteractionResults, interactionPolicy, Provider } from 'oidc-provider';
import { makeKeyPair } from '../keys/signing-key.ts';

export const strong = 'urn:upstream:strong';

/** What it does wrong; nothing unless a test says so. */
export interface Misdeeds {
  /** Puts this in the place of the id token that it made. */
  idToken?: (claims: Record<string, unknown>, key: JWK) => Promise<string> | string;
  /** Answers so at this path. */
  answers?: { path: string; status: number; body?: string };
}

/** A second instance of oidc-provider that plays the provider of the institutions, at an address of its own. */
export interface PlayedUpstream {
  readonly issuer: string;
  /** For identity's environment. */
  readonly settings: Record<string, string>;
  /** Who signs in there, how surely, and how many seconds ago. */
  person: { accountId: string; acr?: string; amr?: string[]; ago?: number } | 'turns back';
  misdeeds: Misdeeds;
  /** The parameters that it was asked with last. */
  asked: Record<string, unknown>;
  /** Begins to serve; its one client is identity. */
  serve(identityIssuer: string): void;
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

export async function playUpstream(): Promise<PlayedUpstream> {
  const folder = await mkdtemp(join(tmpdir(), 'upstream-'));
  const [own, ofClient] = await Promise.all([makeKeyPair(), makeKeyPair()]);
  const keyFile = join(folder, 'client-key.json');
  await writeFile(keyFile, JSON.stringify(ofClient.privateJwk), { mode: 0o600 });
  const server = createServer();
  const port = await listen(server, 0);
  const issuer = `http://127.0.0.1:${port}`;

  const played: PlayedUpstream = {
    issuer,
    settings: {
      ...{ UPSTREAM_ISSUER: issuer, UPSTREAM_CLIENT_ID: 'vienuviet', UPSTREAM_KEY_FILE: keyFile },
      UPSTREAM_TWO_FACTOR_ACRS: strong,
    },
    person: { accountId: 'clerk.cesis.1' },
    misdeeds: {},
    asked: {},
    serve: (identityIssuer) => {
      const provider = providerOf(identityIssuer);
      const handle = provider.callback();
      server.on('request', async (request, response) => {
        const { pathname } = new URL(request.url ?? '/', issuer);
        const { answers } = played.misdeeds;
        if (answers?.path === pathname)
          return response.writeHead(answers.status, { 'content-type': 'application/json' }).end(answers.body);
        if (!pathname.startsWith('/person/')) return handle(request, response);
        const { params } = await provider.interactionDetails(request, response);
        played.asked = params;
        await provider.interactionFinished(request, response, signInOf(played.person));
      });
    },
    down: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    up: async () => void (await listen(server, port)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
  return played;

  function providerOf(identityIssuer: string): Provider {
    const policy = interactionPolicy.base();
    policy.remove('consent');
    const provider = new Provider(issuer, {
      jwks: { keys: [own.privateJwk as never] },
      cookies: { keys: ['a key of cookies for tests'] },
      clients: [
        {
          client_id: 'vienuviet',
          token_endpoint_auth_method: 'private_key_jwt',
          token_endpoint_auth_signing_alg: 'ES256',
          id_token_signed_response_alg: 'ES256',
          redirect_uris: [`${identityIssuer}/sign-in/upstream/callback`],
          post_logout_redirect_uris: [`${identityIssuer}/sign-in/upstream/signed-out`],
          jwks: { keys: [ofClient.publicJwk as never] },
        },
      ],
      clientAuthMethods: ['private_key_jwt'],
      enabledJWA: { clientAuthSigningAlgValues: ['ES256'], idTokenSigningAlgValues: ['ES256'] },
      acrValues: [strong],
      claims: { openid: ['sub', 'acr', 'amr'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_ctx, { uid }) => `/person/${uid}`, policy },
      findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({
          clientId: oidc.client?.clientId ?? '',
          accountId: oidc.session?.accountId ?? '',
        });
        grant.addOIDCScope('openid');
        await grant.save();
        return grant;
      },
    });
    provider.use(async (ctx, next) => {
      await next();
      const { idToken } = played.misdeeds;
      const body = ctx.body as { id_token?: string } | undefined;
      if (ctx.path !== '/token' || !idToken || typeof body?.id_token !== 'string') return;
      body.id_token = await idToken(decodeJwt(body.id_token), own.privateJwk as JWK);
    });
    return provider;
  }
}

function signInOf(person: PlayedUpstream['person']): InteractionResults {
  if (person === 'turns back') return { error: 'access_denied', error_description: 'turned back' };
  const { ago = 0, ...login } = person;
  return { login: { ...login, ts: Math.floor(Date.now() / 1000) - ago, remember: false } };
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
