import type { FastifyRequest } from 'fastify';
import { noteRefusal } from './access-recorder.ts';
import { problem } from './problems.ts';

/**
 * How surely a person is who they say (`acr`), the weakest first. Names of our own: the levels of eIDAS also say how
 * somebody was identified before the account was made, which is not looked at here.
 */
export const assurances = ['urn:vienuviet:acr:one-factor', 'urn:vienuviet:acr:two-factors'] as const;
export type Assurance = (typeof assurances)[number];
export const [oneFactor, twoFactors] = assurances;

/** How somebody signed in, as the token says; machines do not sign in. */
export interface SignIn {
  readonly acr: Assurance | undefined;
  /** When the person last showed who they are: `auth_time`. */
  readonly at: Date;
}

/** What a route asks of the sign-in behind a token beyond the token's being good. */
export interface StepUp {
  readonly acr: Assurance;
  readonly maxAgeSeconds: number;
}

/** Reads `acr` and `auth_time`; a sign-in without its time is none. */
export function signInOfClaims(claims: Readonly<Record<string, unknown>>): SignIn | undefined {
  const { acr, auth_time: time } = claims;
  if (typeof time !== 'number' || !Number.isFinite(time)) return undefined;
  return { acr: assurances.find((known) => known === acr), at: new Date(time * 1000) };
}

/** Lets the bearer of an old or a weak sign-in go and sign in again (RFC 9470), whatever the token is good for. */
export function requireStepUp(request: FastifyRequest, { acr, maxAgeSeconds }: StepUp, now: Date): void {
  const { signIn, id } = request.caller ?? {};
  const age = signIn === undefined ? Number.NaN : (now.getTime() - signIn.at.getTime()) / 1000;
  const strong = signIn?.acr !== undefined && assurances.indexOf(signIn.acr) >= assurances.indexOf(acr);
  if (strong && age <= maxAgeSeconds) return;
  request.log.info({ event: 'sign_in_insufficient', actorId: id }, 'a sign-in is too weak or too old for a route');
  noteRefusal(request, 'sign_in_insufficient');
  throw problem('sign_in_insufficient', `Sign in again with acr_values=${acr} and max_age=${maxAgeSeconds}.`, {
    headers: {
      'www-authenticate': [
        'Bearer realm="vienuviet"',
        'error="insufficient_user_authentication"',
        'error_description="sign_in_insufficient"',
        `acr_values="${acr}"`,
        `max_age="${maxAgeSeconds}"`,
      ].join(', '),
    },
  });
}
