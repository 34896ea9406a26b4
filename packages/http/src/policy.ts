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
  | 'resident';

/** One role at one place. A person may hold several and acts with all that fit. */
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
}

/** Looks up what a caller may; reads the token's claims now, accounts of the identity service later. */
export type GrantsOf = (caller: { id: string; claims: Readonly<Record<string, unknown>> }) => Promise<readonly Grant[]>;

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
    };

/** Purposes of reading a person's case; header `Purpose`. */
export const purposes = ['service_provision', 'consultation', 'supervision', 'complaint', 'audit', 'operations'] as const;
export type Purpose = (typeof purposes)[number];
