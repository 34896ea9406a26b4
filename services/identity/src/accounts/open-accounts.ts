import { randomUUID } from 'node:crypto';
import type { ServiceContext } from '@vienuviet/service';
import type { FollowDirectory } from '../directories/follow.ts';
import type { Directory } from '../people/directory.ts';
import { type AccountStore, createAccountStore } from './account-store.ts';
import { type Acting, createActing } from './acting.ts';
import { accountOfLogin, titlesOf } from './logins.ts';
import { openSampleAccounts } from './sample-accounts.ts';

/** The accounts as signing in, tokens and routes use them. */
export interface Accounts {
  readonly store: AccountStore;
  readonly acting: Acting;
  /** Tokens that were given to somebody who signs out count no more. */
  signedOut(accountId: string): Promise<unknown>;
  /** What the directory of an institution says of one of its people. */
  readonly followDirectory: FollowDirectory;
  /** The account of whoever signed in at an issuer; undefined for somebody whom nobody gave access. */
  accountOfUpstream(issuer: string, subject: string): Promise<string | undefined>;
}

/** Opens the accounts, those of the sample people too. */
export async function openAccounts(context: ServiceContext, directory: Directory): Promise<Accounts> {
  const { writer, clock, log } = context;
  const store = createAccountStore(context);
  await openSampleAccounts({ ...{ directory, accounts: store, writer, clock, log } });
  return {
    store,
    acting: createActing({
      ...{ accounts: store, clock },
      titleOf: async (accountId) =>
        directory.find(accountId)?.title ?? (await titlesOf(writer, [accountId])).get(accountId),
    }),
    signedOut: (accountId) =>
      store.execute({
        ...{ type: 'revoke_tokens', accountId, actorId: accountId, now: clock().getTime(), reason: 'signed_out' },
      }),
    followDirectory: async ({ accountId, directory: name, active, grants }) => {
      const roles = grants.map((grant) => ({ grantId: randomUUID(), grant, mayGrant: false }));
      const act = { accountId, actorId: `directory:${name}`, now: clock().getTime() };
      await store.execute({ type: 'follow_directory', ...act, directory: name, active, roles });
    },
    accountOfUpstream: (issuer, subject) => accountOfLogin(writer, issuer, subject),
  };
}
