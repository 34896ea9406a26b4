import { assurances, defaultAudience, type Grant, signInPaths } from '@vienuviet/http';
import { type Adapter, type Configuration, errors, type JWK, type KoaContextWithOIDC } from 'oidc-provider';
import type { Acting } from '../accounts/acting.ts';
import { signingAlgorithm } from '../keys/signing-key.ts';
import { chosenRole, roleOf, rolePrompt, scopeOfRole } from '../roles/acting-role.ts';
import { signInClaims, signInPolicy } from '../sign-in/assurance.ts';
import { tokenSeconds } from '../tokens/token-seconds.ts';
import type { ProviderPages } from './pages.ts';
import { resource } from './resource.ts';

/** A machine that a token may speak for. */
export interface Machine {
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
  readonly people: Acting;
  machine(clientId: string): Machine | undefined;
  /** Whether this account signs in with two factors, whatever the application asks for. */
  needsSecondFactor(accountId: string): Promise<boolean>;
  /** Signs people out at the upstream provider, where there is one. */
  readonly signOutUpstream?: ((ctx: KoaContextWithOIDC, next: () => Promise<void>) => Promise<void>) | undefined;
}

/** Where the provider's routes are; `/oidc` so that they are apart from the service's own. */
export const providerPaths = {
  ...signInPaths,
  revocation: '/oidc/revocation',
  end_session: '/oidc/logout',
  jwks: '/jwks.json',
} as const;

/** A working day: who signs in in the morning is asked again on the next one. */
const daySeconds = 12 * 3_600;

/** An assertion that holds longer is refused: each is remembered until its end. */
const longestAssertionSeconds = 600;

const epochSeconds = (): number => Math.floor(Date.now() / 1000);

export function providerConfiguration(settings: ProviderSettings): Configuration {
  const { keys, cookieKeys, adapter, pages, people, machine, needsSecondFactor } = settings;
  const [signing] = keys;
  /** When each token under way is dated, see `issuedAt`. */
  const datedAt = new WeakMap<object, number>();
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
    acrValues: [...assurances],
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
      // Counted from the sign-in, too: a session that is used does not live longer for it.
      Session: (_ctx, { loginTs = epochSeconds() }) => Math.max(1, loginTs + daySeconds - epochSeconds()),
    },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    // Who signs out takes the refresh tokens along.
    expiresWithSession: async () => true,
    interactions: {
      url: (_ctx, { uid, prompt }) => `/sign-in/${uid}${prompt.name === rolePrompt.name ? '/role' : ''}`,
      policy: signInPolicy(needsSecondFactor),
    },
    extraParams: ['role'],
    loadExistingGrant: async (ctx) => {
      const { client, session, provider, result } = ctx.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const known = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
      const existing = known === undefined ? undefined : await provider.Grant.find(known);
      const person = await people.find(session.accountId);
      const role = person && chosenRole(person.roles, ctx, existing);
      // Without a role the person is asked for one.
      if (role === undefined || (existing !== undefined && roleOf(existing) === role)) return role && existing;
      // All applications are our own: signing in is consenting.
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid');
      grant.addResourceScope(resource, scopeOfRole(role));
      await grant.save();
      return grant;
    },
    findAccount: async (_ctx, sub) => {
      const account = await people.find(sub);
      if (account === undefined) return undefined;
      return { accountId: sub, claims: async () => ({ sub }) };
    },
    extraTokenClaims: async (ctx, token) => {
      if (!('accountId' in token)) {
        const account = machine(token.clientId ?? '');
        if (account === undefined) throw new errors.InvalidGrant('the machine is not there any more');
        return { name: account.title, grants: account.grants as never };
      }
      datedAt.set(token, await people.issuedAt(token.accountId));
      const person = await people.find(token.accountId);
      const role = roleOf(ctx.oidc.entities.Grant);
      if (person === undefined || role === undefined || !person.roles.includes(role)) {
        throw new errors.InvalidGrant('the account does not have this role any more');
      }
      return { name: person.title, grants: person.grantsOf(role) as never, ...signInClaims(ctx) };
    },
    formats: {
      customizers: {
        jwt: (_ctx, token, jwt) => {
          const iat = datedAt.get(token);
          if (iat !== undefined) Object.assign(jwt.payload as object, { iat });
        },
      },
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
