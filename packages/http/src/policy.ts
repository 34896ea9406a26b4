import type { SignIn, StepUp } from './step-up.ts';

/**
 * Who may call a route. Every route declares a policy beside its handler (`config: { policy }`); a route without
 * one stops the service at start, and a test lists all routes.
 */

export type Role =
  | 'clerk'
  | 'supervisor'
  | 'holder_specialist'
  | 'holder_system'
  | 'auditor'
  | 'portal_client'
  | 'integration_engineer'
  | 'resident'
  | 'directory';

/** One role at one place. A person may hold several roles and acts in one at a time, at all its places. */
export interface Grant {
  readonly role: Role;
  /** For clerks and supervisors: the centre where the role holds. */
  readonly centreId?: string;
  /** For holder specialists and systems: the institution or municipality. */
  readonly holderId?: string;
}

/** Who calls: read from a checked token. */
export interface Caller {
  /** Account id; never a personal code. */
  readonly id: string;
  readonly grants: readonly Grant[];
  /** For residents: the person whose cases these are, as a random subject id. */
  readonly subjectId?: string;
  /** Of people who signed in: how, and when. */
  readonly signIn?: SignIn;
}

/** Looks up what a caller may at an instant; by default from the claims of the token. */
export type GrantsOf = (caller: {
  id: string;
  claims: Readonly<Record<string, unknown>>;
  now: Date;
}) => Promise<readonly Grant[]>;

export type Scope =
  /** What is read or written belongs to the caller's centre; the handler narrows by `scopeOf`. */
  | 'own_centre'
  | 'own_holder'
  /** The caller's centre or the caller's holder, whichever the grant names. */
  | 'own_centre_or_holder'
  | 'own_subject'
  /** Anything the service holds. */
  | 'all';

export type Policy =
  | { readonly public: true; readonly why: string }
  | {
      readonly roles: readonly Role[];
      readonly scope: Scope;
      /** The caller states why a person's case is read, in the header `Purpose`. */
      readonly purpose?: true;
      /** The caller signed in at least so surely, and not longer ago; else the answer is to sign in again. */
      readonly stepUp?: StepUp;
    };

/** Purposes of reading a person's case; header `Purpose`. */
export const purposes = [
  'service_provision',
  'consultation',
  'supervision',
  'complaint',
  'audit',
  'operations',
] as const;
export type Purpose = (typeof purposes)[number];

/** Where a role holds: at a centre, for a holder, for one subject, or everywhere. A grant names its place. */
export const placeOfRole = {
  clerk: 'centre',
  supervisor: 'centre',
  holder_specialist: 'holder',
  holder_system: 'holder',
  resident: 'subject',
  auditor: 'everywhere',
  portal_client: 'everywhere',
  integration_engineer: 'everywhere',
  directory: 'everywhere',
} as const satisfies Record<Role, 'centre' | 'holder' | 'subject' | 'everywhere'>;

/** Places that a scope can narrow to; a role of another place in such a policy would see nothing, or everything. */
const placesOfScope = {
  own_centre: ['centre', 'everywhere'],
  own_holder: ['holder', 'everywhere'],
  own_centre_or_holder: ['centre', 'holder', 'everywhere'],
  own_subject: ['subject', 'everywhere'],
  all: ['centre', 'holder', 'subject', 'everywhere'],
} as const satisfies Record<Scope, readonly string[]>;

/** Who never signs in here, and so can never sign in again. */
const withoutSignIn: readonly Role[] = ['holder_system', 'portal_client', 'resident'];

/** Why a policy cannot be meant as it is written, or undefined when it can. */
export function contradictionOf(policy: Policy): string | undefined {
  if ('public' in policy) return policy.why.trim() === '' ? 'is public without saying why' : undefined;
  if (policy.roles.length === 0) return 'names no role';
  const places: readonly string[] = placesOfScope[policy.scope];
  const misplaced = policy.roles.filter((role) => !places.includes(placeOfRole[role]));
  if (misplaced.length > 0) return `has the scope ${policy.scope}, which says nothing to ${misplaced.join(', ')}`;
  if (policy.stepUp !== undefined) {
    const { maxAgeSeconds } = policy.stepUp;
    if (!Number.isInteger(maxAgeSeconds) || maxAgeSeconds < 1) return 'asks for a sign-in of no age';
    const unable = policy.roles.filter((role) => withoutSignIn.includes(role));
    if (unable.length > 0) return `asks ${unable.join(', ')} to sign in again, who never sign in here`;
  }
  return undefined;
}

/** A policy in words, for the page of routes. */
export function describePolicy(policy: Policy): string {
  if ('public' in policy) return `Public: ${policy.why}.`;
  const purpose = policy.purpose ? ` Header \`Purpose\`: one of ${purposes.join(', ')}.` : '';
  const stepUp = policy.stepUp ? ` Signed in within ${policy.stepUp.maxAgeSeconds} s as \`${policy.stepUp.acr}\`.` : '';
  return `Roles: ${policy.roles.join(', ')}. Scope: ${policy.scope.replaceAll('_', ' ')}.${purpose}${stepUp}`;
}
