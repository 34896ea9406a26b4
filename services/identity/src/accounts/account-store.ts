import { asCaller, systemScope } from '@vienuviet/database';
import { type CommandResult, type EventStore, executeCommand } from '@vienuviet/event-store';
import { revokedUntil } from '@vienuviet/service';
import type pg from 'pg';
import { v5 } from 'uuid';
import { IdentityError } from '../errors.ts';
import { accountDecider, accountType } from './account.ts';
import type { Account, AccountCommand, AccountEvent } from './account-types.ts';
import { type Represented, type TimedGrant, timedGrants } from './grants.ts';

const ACCOUNT_NAMESPACE = '8f9d2a54-1f0b-5c0e-9c1b-6d1f2b7d3a10';

/** The stream of an account. */
export const streamOf = (accountId: string): string => `${accountType}-${v5(accountId, ACCOUNT_NAMESPACE)}`;

/** Accounts as they are at this instant: folded from their streams, never behind. */
export interface AccountStore {
  load(accountId: string): Promise<Account>;
  /** The roles that count at some instant from `now` to `horizon`, also those of whom the account is the substitute. */
  grantsOf(accountId: string, period: { now: number; horizon: number }): Promise<TimedGrant[]>;
  /**
   * Until when tokens with these roles were revoked, ms since 1970: those of the account, or of somebody whose roles are
   * among them. 0 where they never were.
   */
  tokensRevokedAt(accountId: string, period: { now: number; horizon: number }): Promise<number>;
  /** Opens accounts in one append; those that are there already stay as they are. */
  open(commands: readonly OpenAccount[]): Promise<void>;
  /** Does what the platform itself does: opens, follows, revokes tokens. Throws what the decider refuses. */
  execute(command: AccountCommand): Promise<CommandResult<Account, AccountEvent>>;
}

const REPRESENTED = `
  select account_id from accounts.absence
   where substitute_id = $1 and ended_at is null and ends_at > $2 and starts_at < $3`;

type OpenAccount = Extract<AccountCommand, { type: 'open' }>;

export function createAccountStore({ store, writer }: { store: EventStore; writer: pg.Pool }): AccountStore {
  const load = async (accountId: string): Promise<Account> => {
    const events = await store.readStream(streamOf(accountId));
    return events.reduce((account, recorded) => {
      const event = recorded as unknown as AccountEvent;
      const after = accountDecider.evolve(account, event);
      if (event.type !== 'identity.TokensRevoked') return after;
      // As every service has it.
      const until = revokedUntil({ ...event, recordedAt: recorded.recordedAt });
      return { ...after, tokensRevokedAt: Math.max(until, account.tokensRevokedAt ?? 0) };
    }, accountDecider.initialState);
  };
  const represented = async (substituteId: string, now: number, horizon: number): Promise<Represented[]> => {
    const { rows } = await asCaller(writer, systemScope('identity'), (tx) =>
      tx.query<{ account_id: string }>(REPRESENTED, [substituteId, new Date(now), new Date(horizon)]),
    );
    const ids = [...new Set(rows.map((row) => row.account_id))];
    const found = await Promise.all(ids.map(async (absentId) => ({ absentId, account: await load(absentId) })));
    return found.flatMap(({ absentId, account }) =>
      account.absences
        .filter((absence) => absence.substituteId === substituteId)
        .map((absence) => ({ absentId, account, absence })),
    );
  };
  const standing = (accountId: string, { now, horizon }: { now: number; horizon: number }) =>
    Promise.all([load(accountId), represented(accountId, now, horizon)]);
  const execute: AccountStore['execute'] = async (command) => {
    const result = await executeCommand(store, {
      ...{ decider: accountDecider, streamType: accountType, streamId: streamOf(command.accountId), command },
    });
    if (result.outcome === 'refused') throw new IdentityError('account_refused', result.refusal.message);
    return result;
  };
  return {
    load,
    execute,
    open: async (commands) => {
      const streams = commands.map((command) => {
        const decision = accountDecider.decide(command, accountDecider.initialState);
        const events = decision.accepted ? decision.events : [];
        return {
          ...{ streamId: streamOf(command.accountId), streamType: accountType },
          ...{ expectedVersion: 'no_stream' as const, events },
        };
      });
      if ((await store.append({ streams })).outcome === 'appended') return;
      // Another instance was quicker with some of them.
      await Promise.all(commands.map(execute));
    },
    grantsOf: async (accountId, period) => timedGrants(...(await standing(accountId, period)), period),
    tokensRevokedAt: async (accountId, period) => {
      const [account, absent] = await standing(accountId, period);
      return Math.max(
        ...[account, ...absent.map((one) => one.account)].map(({ tokensRevokedAt = 0 }) => tokensRevokedAt),
      );
    },
  };
}
