/** What a token says of somebody who signed in: one role, at all places where the person holds it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Grant, Role } from '@vienuviet/http';
import { tokenSeconds } from '../tokens/token-seconds.ts';
import type { AccountStore } from './account-store.ts';
import { countsAt, type TimedGrant } from './grants.ts';

/** The clock of another instance may be ahead; whoever signs in does not wait longer for it. */
const longestWaitMs = 3_000;

/** A grant with its times as the claim `grants` carries them, seconds since 1970. */
export interface TokenGrant extends Grant {
  readonly from?: number;
  readonly until?: number;
  /** Account of somebody who is away: whatever ends that one's tokens ends this one too. */
  readonly for?: string;
}

export interface ActingPerson {
  readonly accountId: string;
  /** Name that people see. */
  readonly title: string;
  /** Roles that count now, in the order in which they were given. */
  readonly roles: readonly Role[];
  /** The grants of a role that count while a token holds that is given now. */
  grantsOf(role: Role): readonly TokenGrant[];
}

export interface Acting {
  /** Undefined for an account that is not there, lets nobody in, or has no role at this instant. */
  find(accountId: string): Promise<ActingPerson | undefined>;
  /**
   * The second at which a token is dated that is given now; asked before the grants are looked up, so that what changes
   * afterwards revokes it. Tokens count no more up to the second in which they were revoked, that one included: the next
   * second is waited for, since a token that was dated ahead would outlive a revocation that comes before its date.
   */
  issuedAt(accountId: string): Promise<number>;
}

export function createActing(options: {
  readonly accounts: AccountStore;
  readonly clock: () => Date;
  titleOf(accountId: string): Promise<string | undefined>;
}): Acting {
  const { accounts, clock, titleOf } = options;
  const period = () => {
    const now = clock().getTime();
    return { now, horizon: now + tokenSeconds * 1_000 };
  };
  return {
    find: async (accountId) => {
      const { now, horizon } = period();
      const [grants, title] = await Promise.all([accounts.grantsOf(accountId, { now, horizon }), titleOf(accountId)]);
      const roles = [...new Set(grants.filter((grant) => countsAt(grant, now)).map(({ grant }) => grant.role))];
      if (roles.length === 0) return undefined;
      return {
        accountId,
        title: title ?? accountId,
        roles,
        grantsOf: (role) => grants.filter(({ grant }) => grant.role === role).map(tokenGrant),
      };
    },
    issuedAt: async (accountId) => {
      const revokedAt = await accounts.tokensRevokedAt(accountId, period());
      const earliest = Math.floor(revokedAt / 1_000) + 1;
      const wait = earliest * 1_000 - clock().getTime();
      if (wait > 0) await pause(Math.min(wait, longestWaitMs));
      return Math.max(earliest, Math.floor(clock().getTime() / 1_000));
    },
  };
}

const tokenGrant = ({ grant, validFrom, validUntil, absentId }: TimedGrant): TokenGrant => ({
  ...grant,
  ...(validFrom === undefined ? {} : { from: validFrom / 1_000 }),
  ...(validUntil === undefined ? {} : { until: validUntil / 1_000 }),
  ...(absentId === undefined ? {} : { for: absentId }),
});
