/** What roles an account has at an instant, and which of them it may give on. Pure. */
import type { Grant, Role } from '@vienuviet/http';
import type { Absence, Account, GivenRole } from './account-types.ts';

/** From when and until when something counts, ms since 1970; open where absent, the end not among them. */
export interface Period {
  readonly validFrom?: number | undefined;
  readonly validUntil?: number | undefined;
}

/** A role with the time in which it counts. */
export interface TimedGrant extends Period {
  readonly grant: Grant;
  /** Of whom it is, where the account stands in for somebody. */
  readonly absentId?: string;
}

/** Who holds the one role may do everything of the others there (the domain page: “everything of the clerk”). */
const covers: Readonly<Partial<Record<Role, readonly Role[]>>> = { supervisor: ['clerk'] };

/** Two roles at one centre, for one holder, or both everywhere. */
const isSamePlace = (one: Grant, other: Grant): boolean =>
  one.centreId === other.centreId && one.holderId === other.holderId;

/** Whether who holds the one role can stand in for the other: at the same place, and everywhere only in the same role. */
export const canStandIn = (held: Grant, absent: Grant): boolean =>
  held.centreId === undefined && held.holderId === undefined ? isSameGrant(held, absent) : isSamePlace(held, absent);

export const isSameGrant = (one: Grant, other: Grant): boolean => one.role === other.role && isSamePlace(one, other);

export const countsAt = ({ validFrom = 0, validUntil = Number.POSITIVE_INFINITY }: Period, at: number): boolean =>
  validFrom <= at && at < validUntil;

/** Whether an account may give a role at a place, or take it: it holds it there itself, with the right to give it on. */
export function mayGrant(account: Account, wanted: Grant, now: number): boolean {
  if (!account.active) return false;
  return account.roles.some(({ grant, mayGrant: on, ...period }) => {
    const covered = grant.role === wanted.role || covers[grant.role]?.includes(wanted.role);
    return on && covered && isSamePlace(grant, wanted) && countsAt(period, now);
  });
}

/** An account for which another one acts, and when. */
export interface Represented {
  readonly absentId: string;
  readonly account: Account;
  readonly absence: Pick<Absence, 'startsAt' | 'endsAt'>;
}

/**
 * The roles of an account that count at some instant from `now` to `horizon`: its own, and those of people whose
 * substitute it is, at the places where it works itself. An account that lets nobody in has none, and lends none.
 */
export function timedGrants(
  account: Account,
  represented: readonly Represented[],
  { now, horizon }: { now: number; horizon: number },
): TimedGrant[] {
  if (!account.active) return [];
  const own = account.roles.map(timed);
  const lent = represented
    .filter((one) => one.account.active)
    .flatMap(({ absentId, account: absent, absence }) =>
      absent.roles
        .filter(({ grant }) => account.roles.some((held) => canStandIn(held.grant, grant)))
        .map((role) => ({ ...within(timed(role), absence), absentId })),
    );
  return [...own, ...lent]
    .filter(({ validFrom = 0, validUntil = Number.POSITIVE_INFINITY }) => validFrom < horizon && validUntil > now)
    .filter(({ validFrom = 0, validUntil = Number.POSITIVE_INFINITY }) => validFrom < validUntil);
}

const timed = ({ grant, validFrom, validUntil }: GivenRole): TimedGrant => ({
  grant,
  ...(validFrom === undefined ? {} : { validFrom }),
  ...(validUntil === undefined ? {} : { validUntil }),
});

const within = (
  { grant, validFrom = 0, validUntil = Number.POSITIVE_INFINITY }: TimedGrant,
  { startsAt, endsAt }: Represented['absence'],
): TimedGrant => ({
  grant,
  validFrom: Math.max(validFrom, startsAt),
  validUntil: Math.min(validUntil, endsAt),
});
