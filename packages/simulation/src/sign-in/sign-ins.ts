/**
 * Signs in the people and machines of a day as they would do it themselves: a person in a browser of the own, by
 * authorization code with PKCE and the sign-in page; a machine with an assertion that its key signs. Nobody is signed
 * in before there is something to do.
 */
import * as oidc from 'openid-client';
import { addressesOf, type Endpoints } from '../platform/endpoints.ts';
import { PlatformError } from '../platform/errors.ts';
import { isPassing, type Patience, untilReached } from '../platform/patience.ts';
import type { Token, TokenSource } from '../platform/tokens.ts';
import { type Browser, complaintOf, hasForm, openBrowser, type Page } from './browser.ts';
import type { Credentials, PrivateKey } from './credentials.ts';

export interface SignIns {
  /** A token of the account, which is signed in where it is not yet; later ones by its refresh token. */
  readonly tokenOf: TokenSource;
  /** Signs everybody out, so many at the same time. What cannot be signed out runs out by itself. */
  signOut(atOnce: number): Promise<void>;
}

export interface SignInSettings extends Patience {
  readonly endpoints: Pick<Endpoints, 'issuer' | 'intake' | 'instances'>;
  readonly credentials: Credentials;
}

/** The application that people sign in to: the OpenAPI page, where a clerk would press Authorize. */
const application = 'openapi';
const returnPath = '/docs/static/oauth2-redirect.html';

interface Session {
  readonly browser: Browser;
  refreshToken: string | undefined;
  idToken: string | undefined;
}

export function signInsOf(settings: SignInSettings): SignIns {
  const { endpoints, credentials } = settings;
  const { issuer } = endpoints;
  const redirectUri = `${addressesOf(endpoints as Endpoints, 'intake')[0] ?? issuer}${returnPath}`;
  const sessions = new Map<string, Session>();
  const machines = new Map<string, oidc.Configuration>();
  let found: Promise<oidc.Configuration> | undefined;

  const fetchFromIssuer = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) }).catch((cause: unknown) => {
      const { cause: reason, message } = cause as { cause?: { code?: string }; message?: string };
      throw new PlatformError('unreachable', `identity at ${issuer} does not answer: ${reason?.code ?? message}`, {
        cause,
      });
    });
    if (!isPassing(response.status)) return response;
    throw new PlatformError('unreachable', `identity answers ${response.status} at ${new URL(url).pathname}`);
  };

  /** What the issuer says of itself, as an application that has to know it finds it out. */
  const provider = (): Promise<oidc.Configuration> => {
    found ??= oidc
      .discovery(new URL(issuer), application, undefined, oidc.None(), {
        execute: [oidc.allowInsecureRequests],
        [oidc.customFetch]: fetchFromIssuer as oidc.CustomFetch,
      })
      .catch((error: unknown) => {
        found = undefined;
        throw reasonOf(error);
      });
    return found;
  };

  async function asPerson(account: string): Promise<Token> {
    const session = sessions.get(account) ?? newSession(openBrowser({ fetch: fetchFromIssuer }));
    sessions.set(account, session);
    const tokens = (await refreshed(session)) ?? (await signedIn(account, session));
    session.refreshToken = tokens.refresh_token;
    session.idToken = tokens.id_token ?? session.idToken;
    return tokenOf(tokens);
  }

  /** Undefined where there is nothing to renew, or the issuer takes it no more: then the person signs in again. */
  async function refreshed(session: Session): Promise<oidc.TokenEndpointResponse | undefined> {
    const { refreshToken } = session;
    if (refreshToken === undefined) return undefined;
    // Rotated with its use: when the answer is lost, it is used up all the same.
    session.refreshToken = undefined;
    return oidc.refreshTokenGrant(await provider(), refreshToken).catch((error: unknown) => {
      if (error instanceof oidc.ResponseBodyError) return undefined;
      throw reasonOf(error);
    });
  }

  async function signedIn(account: string, { browser }: Session): Promise<oidc.TokenEndpointResponse> {
    const config = await provider();
    const verifier = oidc.randomPKCECodeVerifier();
    const state = oidc.randomState();
    const begin = oidc.buildAuthorizationUrl(config, {
      ...{ redirect_uri: redirectUri, scope: 'openid', state, code_challenge_method: 'S256' },
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    });
    const first = await stayingHere(browser, browser.get(begin.href));
    // Whose browser is signed in already is sent back without a page.
    const filledIn = { account, password: credentials.password };
    const page = hasForm(first) ? await stayingHere(browser, browser.submit(first, filledIn)) : first;
    if (page.location === undefined) throw refused(account, complaintOf(page));
    return oidc
      .authorizationCodeGrant(config, new URL(page.location), { pkceCodeVerifier: verifier, expectedState: state })
      .catch((error: unknown) => {
        throw reasonOf(error, account);
      });
  }

  const refused = (account: string, why: string): PlatformError =>
    new PlatformError('refused', `${account} cannot sign in with the password of ${credentials.passwordFile}: ${why}`);

  async function asMachine(account: string, key: PrivateKey): Promise<Token> {
    const config = machines.get(account) ?? (await machineOf(account, key));
    machines.set(account, config);
    const tokens = await oidc.clientCredentialsGrant(config).catch((error: unknown) => {
      throw reasonOf(error, account);
    });
    return tokenOf(tokens);
  }

  async function machineOf(account: string, key: PrivateKey): Promise<oidc.Configuration> {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const imported = await crypto.subtle.importKey('jwk', key, algorithm, false, ['sign']);
    const { kid } = key;
    const auth = oidc.PrivateKeyJwt({ key: imported, ...(kid === undefined ? {} : { kid }) });
    const config = new oidc.Configuration((await provider()).serverMetadata(), account, undefined, auth);
    config[oidc.customFetch] = fetchFromIssuer as oidc.CustomFetch;
    oidc.allowInsecureRequests(config);
    return config;
  }

  async function signOutOf({ browser, idToken }: Session): Promise<void> {
    if (idToken === undefined) return;
    const address = oidc.buildEndSessionUrl(await provider(), { id_token_hint: idToken });
    const page = await stayingHere(browser, browser.get(address.href));
    if (hasForm(page)) await stayingHere(browser, browser.submit(page, { logout: 'yes' }));
  }

  return {
    tokenOf: (account) =>
      untilReached(() => {
        const key = credentials.keyOf(account);
        return key === undefined ? asPerson(account) : asMachine(account, key);
      }, settings),
    signOut: async (atOnce) => {
      const left = [...sessions.values()];
      sessions.clear();
      const one = async (): Promise<void> => {
        for (let next = left.pop(); next !== undefined; next = left.pop()) await signOutOf(next).catch(() => undefined);
      };
      await Promise.all(Array.from({ length: atOnce }, one));
    },
  };
}

/** The page a browser ends at that follows redirects until they lead to another origin. */
async function stayingHere(browser: Browser, opened: Promise<Page>): Promise<Page> {
  const page = await opened;
  return browser.follow(page, new URL(page.url).origin);
}

const newSession = (browser: Browser): Session => ({ browser, refreshToken: undefined, idToken: undefined });

const tokenOf = ({ access_token: accessToken, expires_in: expiresIn = 0 }: oidc.TokenEndpointResponse): Token => ({
  accessToken,
  expiresIn,
});

/** What is behind an error of the client: the issuer is away, or says no. */
function reasonOf(error: unknown, account = 'the simulation'): unknown {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof PlatformError) return at;
  if (!(error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError)) return error;
  const { error: code, error_description: description } = error;
  return new PlatformError('refused', `${account} gets no token: ${[code, description].filter(Boolean).join(', ')}`, {
    cause: error,
  });
}
