import { type CryptoKey, importJWK, type JWK } from 'jose';
import * as oidc from 'openid-client';
import { IdentityError } from '../../errors.ts';
import { secretFile } from '../../keys/key-file.ts';

/** The provider of the institutions, as identity is registered there. */
export interface UpstreamSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** The private key of this client, a JWK; no other way of showing who we are is used. */
  readonly keyFile: string;
  /** Values of the provider's `acr` that mean two factors. */
  readonly twoFactorAcrs: readonly string[];
}

/** What is kept here while a person is there. */
export interface Kept {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly maxAge: number;
}

/** Who came back, as the provider says. */
export interface UpstreamPerson {
  readonly issuer: string;
  readonly subject: string;
  readonly twoFactors: boolean;
  readonly amr: readonly string[];
  /** When the person signed in there, in seconds since 1970. */
  readonly at: number;
}

export interface Asked {
  /** The way back is found by it; not secret. */
  readonly uid: string;
  readonly language: string;
  /** Seconds that the sign-in there may be old. */
  readonly maxAge: number;
  readonly askTwoFactors: boolean;
}

export interface Upstream {
  /** Where to send the person. Throws `upstream_away`. */
  begin(asked: Asked): Promise<{ address: URL; kept: Kept }>;
  /** Who came back to this address. Throws `upstream_away`, `upstream_denied`, `upstream_answer`. */
  redeem(returned: URL, kept: Kept): Promise<UpstreamPerson>;
  /** Where a browser signs out there and returns from, when the provider offers it and answers. */
  signOut(returnTo: string, state: string): Promise<URL | undefined>;
}

/** Seconds to wait for the provider: a person waits for us. */
const patienceSeconds = 5;

/**
 * How long its description is believed. Short, so that nobody is sent to a provider that is down, and long enough that a
 * morning's rush is one question in ten seconds.
 */
const believedMs = 10_000;

/** The same as services take, see `clockToleranceSeconds` of @vienuviet/http. */
const clockToleranceSeconds = 120;

export async function openUpstream(settings: UpstreamSettings, ownIssuer: string): Promise<Upstream> {
  const { issuer, clientId, keyFile, twoFactorAcrs } = settings;
  const authentication = oidc.PrivateKeyJwt(await readKey(keyFile));
  const returnsTo = `${ownIssuer}/sign-in/upstream/callback`;
  let known: { configuration: Promise<oidc.Configuration>; until: number } | undefined;

  const discover = async (): Promise<oidc.Configuration> => {
    const own = { [oidc.clockTolerance]: clockToleranceSeconds };
    return oidc.discovery(new URL(issuer), clientId, own, authentication, {
      timeout: patienceSeconds,
      execute: [
        // Signatures of id tokens are checked, though they come over a connection of our own.
        oidc.enableNonRepudiationChecks,
        // Only outside production, see `settings.ts`.
        ...(issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
      ],
    });
  };

  /** Its description, asked for anew once in a while; one that could not be had is not remembered. */
  async function configuration(): Promise<oidc.Configuration> {
    const now = performance.now();
    if (known === undefined || known.until < now) known = { configuration: discover(), until: now + believedMs };
    const asked = known;
    try {
      return await asked.configuration;
    } catch (cause) {
      if (known === asked) known = undefined;
      throw new IdentityError('upstream_away', 'the upstream provider cannot be reached', { cause });
    }
  }

  return {
    begin: async ({ uid, language, maxAge, askTwoFactors }) => {
      const kept: Kept = {
        state: `${uid}.${oidc.randomState()}`,
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
        maxAge,
      };
      const address = oidc.buildAuthorizationUrl(await configuration(), {
        ...{ redirect_uri: returnsTo, scope: 'openid', state: kept.state, nonce: kept.nonce, ui_locales: language },
        ...{ code_challenge: await oidc.calculatePKCECodeChallenge(kept.verifier), code_challenge_method: 'S256' },
        // Asks for the time of the sign-in there, too.
        max_age: String(maxAge),
        ...(askTwoFactors && twoFactorAcrs.length > 0 ? { acr_values: twoFactorAcrs.join(' ') } : {}),
      });
      return { address, kept };
    },

    redeem: async (returned, { state, nonce, verifier, maxAge }) => {
      const at = await configuration();
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, maxAge };
      const tokens = await oidc.authorizationCodeGrant(at, returned, checks).catch(asIdentityError);
      const claims = tokens.claims();
      if (claims?.auth_time === undefined) throw new IdentityError('upstream_answer', 'there is no id token');
      const { iss, sub, acr, amr, auth_time: time } = claims;
      return {
        issuer: iss,
        subject: sub,
        twoFactors: typeof acr === 'string' && twoFactorAcrs.includes(acr),
        amr: methodsOf(amr),
        at: Math.min(time, Math.floor(Date.now() / 1000)),
      };
    },

    signOut: async (returnTo, state) => {
      const at = await configuration().catch(() => undefined);
      if (at?.serverMetadata().end_session_endpoint === undefined) return undefined;
      return oidc.buildEndSessionUrl(at, { post_logout_redirect_uri: returnTo, state });
    },
  };
}

async function readKey(file: string): Promise<{ key: CryptoKey; kid?: string }> {
  const text = await secretFile(file, () => {
    throw new IdentityError('key_file', `there is no ${file}: put the private key of this client there, as a JWK`);
  });
  try {
    const jwk = JSON.parse(text) as JWK;
    const key = (await importJWK(jwk, jwk.alg)) as CryptoKey;
    if (key.type !== 'private') throw new TypeError('the private part is missing');
    return { key, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) };
  } catch (cause) {
    throw new IdentityError('key_file', `${file} is not a private key as a JWK with its alg`, { cause });
  }
}

/** Methods of the provider in its own words; a few short ones, whatever it sends. */
const methodsOf = (amr: unknown): string[] =>
  Array.isArray(amr) ? amr.filter((one) => typeof one === 'string' && /^[\w:.-]{1,32}$/.test(one)).slice(0, 8) : [];

/** What is wrong with an answer is the answer's fault; what keeps it from coming, and a key of ours refused, is not. */
function asIdentityError(cause: unknown): never {
  if (cause instanceof oidc.AuthorizationResponseError) {
    const [code, away] = [cause.error, ['server_error', 'temporarily_unavailable']];
    throw new IdentityError(away.includes(code) ? 'upstream_away' : 'upstream_denied', `answered ${code}`, { cause });
  }
  if (cause instanceof oidc.ResponseBodyError) {
    const refused = cause.error === 'invalid_grant' && cause.status < 500;
    throw new IdentityError(refused ? 'upstream_answer' : 'upstream_away', `answered ${cause.error}`, { cause });
  }
  // What the library checks has a code; a connection that fails is a bare TypeError.
  const { code, status, cause: inner } = cause as { code?: string; status?: number; cause?: { status?: number } };
  const answered = status ?? inner?.status ?? 200;
  const away = code === undefined || code === 'OAUTH_TIMEOUT' || answered === 401 || answered >= 500;
  throw new IdentityError(away ? 'upstream_away' : 'upstream_answer', `the answer does not hold: ${code}`, { cause });
}
