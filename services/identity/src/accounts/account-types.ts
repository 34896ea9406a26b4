/** The words of an account: what it is, what can be asked of it, what happened to it. */
import type { Grant } from '@vienuviet/http';
import type { EventOf } from '@vienuviet/schemas';
import type { Period } from './grants.ts';

export type AccountEvent = EventOf<
  | 'identity.AccountOpened'
  | 'identity.AccountDeactivated'
  | 'identity.AccountReactivated'
  | 'identity.RoleGranted'
  | 'identity.RoleRevoked'
  | 'identity.SubstituteNamed'
  | 'identity.SubstituteEnded'
  | 'identity.TokensRevoked'
>;

/** A role that an account was given. */
export interface GivenRole extends Period {
  readonly grantId: string;
  readonly grant: Grant;
  readonly mayGrant: boolean;
  /** `administration`, `sample` or the name of a directory. */
  readonly source: string;
}

/** Somebody acts for the account, ms since 1970. */
export interface Absence {
  readonly absenceId: string;
  readonly substituteId: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

export interface Account {
  readonly opened: boolean;
  readonly source: string;
  /** Nobody has switched it off. */
  readonly active: boolean;
  /** Who has: people, its directory, or both; each lifts its own word alone. */
  readonly switchedOffBy: readonly string[];
  readonly roles: readonly GivenRole[];
  readonly absences: readonly Absence[];
  /** Tokens issued until then count no more, ms since 1970. */
  readonly tokensRevokedAt: number | undefined;
}

/** Who does it, and what that account may give on. */
export interface Act {
  readonly accountId: string;
  readonly actorId: string;
  /** The service's clock, ms. */
  readonly now: number;
}

/** By a person: what is given on must be the person's own to give. */
export interface PersonsAct extends Act {
  readonly actor: Account;
}

export type AccountCommand =
  | (Act & { readonly type: 'open'; readonly source: string; readonly roles: readonly NewRole[] })
  | (PersonsAct & { readonly type: 'open_by_person'; readonly roles: readonly NewRole[] })
  | (PersonsAct & { readonly type: 'grant'; readonly role: NewRole })
  | (PersonsAct & { readonly type: 'revoke'; readonly grantId: string })
  | (PersonsAct & { readonly type: 'deactivate' | 'reactivate' })
  | (PersonsAct & {
      readonly type: 'name_substitute';
      readonly absence: Absence;
      readonly substitute: Account;
    })
  | (PersonsAct & { readonly type: 'end_substitute'; readonly absenceId: string })
  | (Act & {
      readonly type: 'follow_directory';
      readonly directory: string;
      readonly active: boolean;
      readonly roles: readonly NewRole[];
    })
  | (Act & { readonly type: 'revoke_tokens'; readonly reason: 'signed_out' | 'access_changed' });

export interface NewRole extends Period {
  readonly grantId: string;
  readonly grant: Grant;
  readonly mayGrant: boolean;
}
