import { defaultAudience, type Grant, signInPaths } from '@vienuviet/http';
import { type Adapter, type Configuration, errors, interactionPolicy, type JWK } from 'oidc-provider';
import { signingAlgorithm } from '../keys/signing-key.ts';
import { tokenSeconds } from '../tokens/issue-token.ts';
import type { ProviderPages } from './pages.ts';

/** Who a token may speak for: a person who signs in, or a machine. */
export interface Account {
  /** Account id. */
  readonly name: string;
  readonly title: string;
  readonly grants: readonly Grant[];
}

export interface ProviderSettings {
  /** Keys with their private part, the one that signs first. */
  readonly keys: readonly JWK[];
  /** Of cookies; the first signs, all are taken. */
  readonly cookieKeys: readonly string[];
  readonly adapter: (model: string) => Adapter;
  readonly pages: ProviderPages;
  person(accountId: string): Account | undefined;
  machine(clientId: string): Account | undefined;
}

/** Where the provider's routes are; `/oidc` so that they are apart from the service's own. */
export const providerPaths = {
  ...signInPaths,
  revocation: '/oidc/revocation',
  end_session: '/oidc/logout',
  jwks: '/jwks.json',
} as const;

/** The one thing that tokens are for (RFC 8707); a request may name it and need not. */
export const resource = 'urn:vienuviet:api';

/** A working day: who signs in in the morning is asked again on the next one. */
const daySeconds = 12 * 3_600;

/** An assertion that holds longer is refused: each is remembered until its end. */
const longestAssertionSeconds = 600;

export function providerConfiguration(settings: ProviderSettings): Configuration {
  const { keys, cookieKeys, adapter, pages, person, machine } = settings;
  const [signing] = keys;
  return {
    adapter: adapter as never,
    jwks: { keys: keys as never },
    cookies: {
      keys: [...cookieKeys],
      names: { session: 'vienuviet_session', interaction: 'vienuviet_sign_in', resume: 'vienuviet_resume' },
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    routes: { ...providerPaths },
    scopes: ['openid'],
    claims: { openid: ['sub'] },
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'private_key_jwt'],
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    // The same as services take, see `clockToleranceSeconds` of @vienuviet/http.
    clockTolerance: 120,
    enabledJWA: {
      clientAuthSigningAlgValues: [signingAlgorithm],
      idTokenSigningAlgValues: [signingAlgorithm],
    },
    features: {
      devInteractions: { enabled: false },
      // Services do not check proofs of possession yet; a token that claims one would be taken without it.
      dPoP: { enabled: false },
      // Access tokens are for the services, and say nothing here.
      userinfo: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource: pages.logout, postLogoutSuccessSource: pages.loggedOut },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => resource,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_ctx, asked) => {
          if (asked !== resource) throw new errors.InvalidTarget();
          return {
            scope: '',
            audience: defaultAudience,
            accessTokenTTL: tokenSeconds,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: signingAlgorithm, kid: signing?.kid } },
          } as never;
        },
      },
    },
    ttl: {
      AccessToken: tokenSeconds,
      AuthorizationCode: 60,
      ClientCredentials: tokenSeconds,
      Grant: daySeconds,
      IdToken: tokenSeconds,
      Interaction: 15 * 60,
      // Counted from the sign-in: rotation does not lengthen it.
      RefreshToken: (ctx) => ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? daySeconds,
      Session: daySeconds,
    },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    // Who signs out takes the refresh tokens along.
    expiresWithSession: async () => true,
    interactions: { url: (_ctx, { uid }) => `/sign-in/${uid}`, policy: withoutConsent() },
    loadExistingGrant: async (ctx) => {
      const { client, session, provider, result } = ctx.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const known = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
      const existing = known === undefined ? undefined : await provider.Grant.find(known);
      if (existing !== undefined) return existing;
      // All applications are our own: signing in is consenting.
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid');
      grant.addResourceScope(resource, '');
      await grant.save();
      return grant;
    },
    findAccount: async (_ctx, sub) => {
      const account = person(sub);
      if (account === undefined) return undefined;
      return { accountId: account.name, claims: async () => ({ sub: account.name }) };
    },
    extraTokenClaims: async (_ctx, token) => {
      const account = 'accountId' in token ? person(token.accountId) : machine(token.clientId ?? '');
      if (account === undefined) throw new errors.InvalidGrant('the account is not there any more');
      return { name: account.title, grants: account.grants as never };
    },
    clientBasedCORS: (_ctx, origin, client) =>
      client.clientAuthMethod === 'none' &&
      (client.redirectUris ?? []).some((uri) => URL.canParse(uri) && new URL(uri).origin === origin),
    assertJwtClientAuthClaimsAndHeader: async (_ctx, { exp }) => {
      if (typeof exp !== 'number' || exp > Date.now() / 1000 + longestAssertionSeconds + 120) {
        throw new errors.InvalidClientAuth(`the assertion holds longer than ${longestAssertionSeconds} s`);
      }
    },
    renderError: pages.error,
  };
}

function withoutConsent() {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  return policy;
}
