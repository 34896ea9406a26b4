import { createHash } from 'node:crypto';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { ProblemCode } from './errors.ts';
import { grantsOfClaims } from './grants.ts';
import type { Caller, GrantsOf } from './policy.ts';
import { type HttpProblem, problem } from './problems.ts';
import { hasRepeatedNames } from './repeated-names.ts';
import type { AuthSettings, OpaqueTokenLookup, TokensRevokedAt } from './settings.ts';
import { signInOfClaims } from './step-up.ts';

export const defaultAudience = 'vienuviet';
const defaultTolerance = 120;

/** How long a checked signature is believed without a second check, so that a withdrawn key stops within a minute. */
const believedMs = 60_000;
const mostBelieved = 5_000;

/** Account ids stand in logs, idempotency scopes and events: plain and short. */
const accountId = /^[\w.:@-]{1,128}$/;

export interface Authenticator {
  /** The caller of a bearer token. Throws a problem of the codes `token_…`, or `keys_unavailable`. */
  authenticate(authorization: string | undefined, opaque: readonly OpaqueTokenLookup[]): Promise<Caller>;
}

interface AuthenticatorOptions {
  readonly grantsOf?: GrantsOf | undefined;
  readonly clock: () => Date;
  readonly tokensRevokedAt?: TokensRevokedAt | undefined;
}

export function createAuthenticator(
  settings: AuthSettings | undefined,
  { grantsOf = grantsOfClaims, clock, tokensRevokedAt = () => undefined }: AuthenticatorOptions,
): Authenticator {
  const verify = settings === undefined ? undefined : createVerifier(settings, clock);
  return {
    authenticate: async (authorization, opaque) => {
      const token = bearerToken(authorization);
      if (!isJwt(token)) return callerOfOpaque(token, opaque);
      if (verify === undefined) throw unauthenticated('token_malformed', 'This service takes no JWT.');
      const claims = await verify(token);
      const id = claims.sub ?? '';
      if (!accountId.test(id)) throw unauthenticated('token_malformed', 'The claim sub is not an account id.');
      for (const account of [id, ...absentOf(claims)]) refuseRevoked(claims, tokensRevokedAt(account));
      const grants = await grantsOf({ id, claims, now: clock() });
      const signIn = signInOfClaims(claims);
      return { id, grants, ...(signIn === undefined ? {} : { signIn }) };
    },
  };
}

/** A 401 with the challenge that RFC 6750, section 3, asks for. */
function unauthenticated(code: ProblemCode, detail?: string, cause?: unknown): HttpProblem {
  const error = code === 'token_missing' ? '' : `, error="invalid_token", error_description="${code}"`;
  return problem(code, detail, { cause, headers: { 'www-authenticate': `Bearer realm="vienuviet"${error}` } });
}

function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') {
    throw unauthenticated('token_missing', 'Send the header Authorization: Bearer <token>.');
  }
  const [, token] = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization) ?? [];
  if (token === undefined) throw unauthenticated('token_malformed', 'Authorization is not of the form Bearer <token>.');
  return token;
}

const isJwt = (token: string): boolean => token.split('.').length === 3;

async function callerOfOpaque(token: string, lookups: readonly OpaqueTokenLookup[]): Promise<Caller> {
  for (const lookup of lookups) {
    const caller = await lookup(token);
    if (caller !== undefined) return caller;
  }
  throw unauthenticated('token_malformed');
}

type Verify = (token: string) => Promise<JWTPayload>;

/** Checks signature, issuer, audience and times; remembers checked signatures by the token's hash. */
function createVerifier(settings: AuthSettings, clock: () => Date): Verify {
  const tolerance = settings.clockToleranceSeconds ?? defaultTolerance;
  const keys = typeof settings.keys === 'function' ? settings.keys : keysAt(settings.keys.jwksUrl);
  const believed = new Map<string, { claims: JWTPayload; until: number }>();
  const checkSignature: Verify = async (token) => {
    const { payload } = await jwtVerify(token, keys, {
      issuer: settings.issuer,
      audience: settings.audience ?? defaultAudience,
      algorithms: [...(settings.algorithms ?? ['ES256'])],
      // An id token of the same issuer is not an access token (RFC 9068, 4).
      typ: 'at+jwt',
      requiredClaims: ['sub', 'iat', 'exp'],
      clockTolerance: tolerance,
      currentDate: clock(),
    });
    return payload;
  };
  return async (token) => {
    const now = clock().getTime();
    const hash = createHash('sha256').update(token).digest('base64');
    const known = believed.get(hash);
    const claims =
      known !== undefined && known.until > now
        ? known.claims
        : await checkSignature(token).catch((cause) => refuseToken(cause, token, settings.issuer));
    if (known?.claims !== claims) refuseRepeatedNames(token);
    checkTimes(claims, now / 1000, tolerance);
    if (known?.claims !== claims) {
      // A Map keeps the order of insertion: the oldest goes first.
      if (believed.size >= mostBelieved) for (const oldest of believed.keys()) if (believed.delete(oldest)) break;
      believed.delete(hash);
      believed.set(hash, { claims, until: now + believedMs });
    }
    return claims;
  };
}

/** Times are looked at on every request, also when the signature is remembered. */
function checkTimes({ iat = 0, nbf = 0, exp = 0 }: JWTPayload, now: number, tolerance: number): void {
  if (exp + tolerance <= now) throw unauthenticated('token_expired', 'Fetch a new token.');
  if (Math.max(iat, nbf) > now + tolerance) throw tooEarly(tolerance);
}

/** Accounts of people who are away and whose roles the token carries (`for`): what ends those ends the token. */
const absentOf = ({ grants }: JWTPayload): string[] =>
  Array.isArray(grants)
    ? grants.map((grant: { for?: unknown } | null) => grant?.for).filter((id) => typeof id === 'string')
    : [];

/** The issuer dates a token that it gives afterwards by a later second. */
function refuseRevoked({ iat = 0 }: JWTPayload, revokedAt: number | undefined): void {
  if (revokedAt !== undefined && iat <= Math.floor(revokedAt / 1000)) {
    throw unauthenticated('token_revoked', 'Fetch a new token; sign in again where that is refused.');
  }
}

const tooEarly = (tolerance?: number): HttpProblem =>
  unauthenticated('token_not_yet_valid', `Clocks may differ by ${tolerance ?? defaultTolerance} s; compare yours.`);

function refuseToken(cause: unknown, token: string, issuer: string): never {
  if (cause instanceof errors.JWTExpired) throw unauthenticated('token_expired', 'Fetch a new token.', cause);
  if (cause instanceof errors.JWTClaimValidationFailed) {
    if (cause.claim === 'nbf' && cause.reason === 'check_failed') throw tooEarly();
    if (cause.claim === 'iss') throw unauthenticated('token_wrong_issuer', undefined, cause);
    if (cause.claim === 'aud') throw unauthenticated('token_wrong_audience', undefined, cause);
    throw unauthenticated('token_malformed', `The claim or header ${cause.claim} is not as it must be.`, cause);
  }
  if (cause instanceof errors.JWSSignatureVerificationFailed) {
    throw unauthenticated('token_wrong_signature', undefined, cause);
  }
  if (cause instanceof errors.JWKSNoMatchingKey) {
    // Nothing in the token is proven here; its issuer is read only to say more clearly what is wrong.
    const code = decodeJwt(token).iss === issuer ? 'token_unknown_key' : 'token_wrong_issuer';
    throw unauthenticated(code, undefined, cause);
  }
  if (cause instanceof errors.JOSEAlgNotAllowed) {
    throw unauthenticated('token_malformed', 'The token is signed with an algorithm that is not taken.', cause);
  }
  if (isOfTheToken(cause)) throw unauthenticated('token_malformed', 'The token is not a signed JWT.', cause);
  throw problem('keys_unavailable', 'Try again in a moment.', { cause, headers: { 'retry-after': '2' } });
}

/** A claim that stands in a token twice is read by one service as the one and by another as the other. */
function refuseRepeatedNames(token: string): void {
  const [header = '', payload = ''] = token.split('.');
  if (![header, payload].some((part) => hasRepeatedNames(Buffer.from(part, 'base64url').toString('utf8')))) return;
  throw unauthenticated('token_malformed', 'A claim or a header stands in the token twice.');
}

const isOfTheToken = (cause: unknown): boolean =>
  cause instanceof errors.JWSInvalid ||
  cause instanceof errors.JWTInvalid ||
  cause instanceof errors.JOSENotSupported ||
  cause instanceof errors.JWKSMultipleMatchingKeys;

/**
 * Keys fetched from the issuer, kept for a minute and fetched again (once in 30 s at most) for a key id that is not
 * among them. While the issuer is away, the keys that were fetched last go on being used, and it is asked again every
 * ten seconds only: one that hangs would hold up every request.
 */
export function keysAt(jwksUrl: string, keptMs = 60_000, pauseMs = 10_000): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(jwksUrl), {
    cacheMaxAge: keptMs,
    cooldownDuration: 30_000,
    timeoutDuration: 3_000,
  });
  let away: { readonly error: unknown; readonly until: number } | undefined;
  return async (header, token) => {
    try {
      if (away !== undefined && Date.now() < away.until) throw away.error;
      return await remote(header, token);
    } catch (error) {
      const last = remote.jwks();
      // What is wrong with a token says nothing of the issuer.
      if (error instanceof errors.JWKSNoMatchingKey || isOfTheToken(error) || last === undefined) throw error;
      if (away?.error !== error) away = { error, until: Date.now() + pauseMs };
      return await createLocalJWKSet(last)(header, token).catch(() => {
        throw error;
      });
    }
  };
}
