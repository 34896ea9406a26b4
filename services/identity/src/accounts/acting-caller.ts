/** What the routes that change accounts share. */
import { callerOf, denyForeign, type FastifyReply, type FastifyRequest, scopeOf } from '@vienuviet/http';
import { type CommandAnswer, executeRouted, readRouted, type ServiceContext } from '@vienuviet/service';
import { statusOf } from '../errors.ts';
import { accountDecider, accountType } from './account.ts';
import { type AccountStore, streamOf } from './account-store.ts';
import type { AccountCommand } from './account-types.ts';
import { accounts } from './projection.ts';
import { findAccount } from './queries.ts';

export interface AccountRoutesSettings {
  readonly accounts: AccountStore;
  /** The name of a sample person. */
  sampleTitle(accountId: string): string | undefined;
  /** Issuer whose people are given accounts by name; undefined where there is none. */
  readonly loginSource: string | undefined;
  /** Whether a directory says already who signs in under this name. */
  isOfDirectory(login: string): Promise<boolean>;
}

/** Who does it, with what that account holds at this instant, not what its token says. */
export async function byCaller(
  { clock }: ServiceContext,
  { accounts: store }: AccountRoutesSettings,
  request: FastifyRequest,
  id: string,
) {
  const { id: actorId } = callerOf(request);
  return { accountId: id, actorId, actor: await store.load(actorId), now: clock().getTime() };
}

/** A foreign account is answered like one that is not there, by the same statement. */
export async function requireVisible(context: ServiceContext, request: FastifyRequest, id: string): Promise<void> {
  const row = await readRouted(context, request, accounts, (tx) => findAccount(tx, scopeOf(request), id));
  if (row === undefined) throw denyForeign(request);
}

/** Executes a command of a route on the account that it names. */
export const command = (
  context: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
  doing: AccountCommand,
  answer?: Parameters<typeof executeRouted<AccountCommand, typeof accountDecider.initialState, never>>[3]['answer'],
): Promise<CommandAnswer> =>
  executeRouted(context, request, reply, {
    ...{ decider: accountDecider, streamType: accountType, streamId: streamOf(doing.accountId) },
    ...{ command: doing, statusOf },
    ...(answer === undefined ? {} : { answer }),
  });
