import { randomUUID } from 'node:crypto';
import { acceptedBody, type HttpAnswer, PlatformError, problemOf } from '@vienuviet/simulation/platform';
import type { Command } from 'commander';
import { commandOf, type Options, withAccount, withJson } from '../command.ts';
import { printJson, printRows, type Surroundings, withPlatform } from '../surroundings.ts';

interface Role {
  readonly grantId: string;
  readonly role: string;
  readonly centreId: string | null;
  readonly holderId: string | null;
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly mayGrant: boolean;
  readonly source: string;
  readonly grantedBy: string;
}

interface Account {
  readonly accountId: string;
  readonly title: string;
  readonly active: boolean;
  readonly roles: readonly Role[];
  readonly absences: readonly Absence[];
}

interface Absence {
  readonly absenceId: string;
  readonly substituteId: string;
  readonly startsAt: string;
  readonly endsAt: string;
}

interface Written {
  readonly stream: string;
  readonly version: number;
}

const identity = 'identity';
const path = '/v1/accounts';
const pathOf = (accountId: string): string => `${path}/${encodeURIComponent(accountId)}`;

export const accountCommand = (surroundings: Surroundings): Command =>
  commandOf('account', 'Accounts: who has which role where, from when to when, given by whom.', [
    'account list --role supervisor --as auditor',
    'account grant clerk.cesis.1 supervisor --centre 832c856f-4a4a-5d55-b2d5-d5ddf1a1df52 --as supervisor.cesis',
    'account substitute supervisor.cesis clerk.cesis.1 --until 2026-12-31T22:00:00Z --as supervisor.cesis',
    'account deactivate clerk.cesis.2 --as supervisor.cesis',
  ])
    .addCommand(listCommand(surroundings))
    .addCommand(showCommand(surroundings))
    .addCommand(grantCommand(surroundings))
    .addCommand(revokeCommand(surroundings))
    .addCommand(switchCommand(surroundings, 'deactivate', 'Lets nobody in by an account any more, within a minute.'))
    .addCommand(switchCommand(surroundings, 'reactivate', 'Lets the person of an account in again.'))
    .addCommand(substituteCommand(surroundings))
    .addCommand(backCommand(surroundings));

const placeOf = ({ centreId, holderId }: Role): string => centreId ?? holderId ?? 'everywhere';

const listCommand = (surroundings: Surroundings): Command =>
  withAccount(withJson(commandOf('list', 'Accounts with a role at one’s own places.', ['account list --as auditor'])))
    .option('--role <role>', 'only those with this role')
    .option('--centre <id>', 'only those with a role at this centre')
    .option('--holder <id>', 'only those with a role for this holder')
    .action(async (options: Options<{ role?: string; centre?: string; holder?: string }>) => {
      const accounts = await withPlatform(surroundings, async (platform) => {
        const found: Account[] = [];
        let cursor: string | null = null;
        do {
          const query = new URLSearchParams({ limit: '200' });
          if (options.role) query.set('role', options.role);
          if (options.centre) query.set('centreId', options.centre);
          if (options.holder) query.set('holderId', options.holder);
          if (cursor !== null) query.set('cursor', cursor);
          const page: { items: Account[]; nextCursor: string | null } = await platform.fetch(identity, options.as, {
            ...{ method: 'GET', path: `${path}?${query}` },
          });
          found.push(...page.items);
          cursor = page.nextCursor;
        } while (cursor !== null);
        return found;
      });
      printRows(surroundings, options, accounts, [
        { title: 'ACCOUNT', value: ({ accountId }) => accountId },
        { title: 'ACTIVE', value: ({ active }) => (active ? 'yes' : 'no') },
        { title: 'ROLES', value: ({ roles }) => roles.map(({ role }) => role).join(', ') },
        { title: 'WHO', value: ({ title }) => title, flexible: true },
      ]);
    });

const showCommand = (surroundings: Surroundings): Command =>
  withAccount(withJson(commandOf('show', 'One account with its roles.', ['account show clerk.cesis.1 --as auditor'])))
    .argument('<account>', 'id of the account')
    .action(async (accountId: string, options: Options) => {
      print(surroundings, options, await shown(surroundings, options, accountId));
    });

const grantCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf('grant', 'Gives an account a role that one holds oneself with the right to give it on.', [
        'account grant clerk.cesis.1 supervisor --centre 832c856f-4a4a-5d55-b2d5-d5ddf1a1df52 --as supervisor.cesis',
      ]),
    ),
  )
    .argument('<account>', 'id of the account')
    .argument('<role>', 'the role')
    .option('--centre <id>', 'centre where it holds')
    .option('--holder <id>', 'institution or municipality for which it holds')
    .option('--from <instant>', 'from when; at once when not given')
    .option('--until <instant>', 'until when; until it is revoked when not given')
    .option('--may-grant', 'the person may give it on')
    .action(async (accountId: string, role: string, options: Options<GrantOptions>) => {
      const { centre, holder, from, until, mayGrant } = options;
      const body = {
        role,
        ...(centre ? { centreId: centre } : {}),
        ...(holder ? { holderId: holder } : {}),
        ...(from ? { validFrom: from } : {}),
        ...(until ? { validUntil: until } : {}),
        ...(mayGrant ? { mayGrant: true } : {}),
      };
      const place = centre ?? holder;
      const there = place === undefined ? 'for all places' : `at ${place}`;
      const unknown = `there is no role ${role} ${there}, or ${options.as} may not give it`;
      const account = await changed(surroundings, options, accountId, { at: 'roles', body, unknown });
      if (account !== undefined) print(surroundings, options, account);
    });

interface GrantOptions {
  readonly centre?: string;
  readonly holder?: string;
  readonly from?: string;
  readonly until?: string;
  readonly mayGrant?: boolean;
}

const revokeCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf('revoke', 'Takes a role away; counts within a minute everywhere. The id is told by: account show.', [
        'account revoke clerk.cesis.1 3b7d1c52-9f4e-4a7b-8a53-0d8f3a1f2c11 --as supervisor.cesis',
      ]),
    ),
  )
    .argument('<account>', 'id of the account')
    .argument('<grant>', 'id of the grant')
    .action((accountId: string, grantId: string, options: Options) =>
      change(surroundings, options, accountId, `roles/${encodeURIComponent(grantId)}/revoke`),
    );

const switchCommand = (surroundings: Surroundings, verb: 'deactivate' | 'reactivate', what: string): Command =>
  withAccount(withJson(commandOf(verb, what, [`account ${verb} clerk.cesis.2 --as supervisor.cesis`])))
    .argument('<account>', 'id of the account')
    .action((accountId: string, options: Options) => change(surroundings, options, accountId, verb));

const substituteCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf('substitute', 'Names who acts with the roles of an account while its person is away.', [
        'account substitute supervisor.cesis clerk.cesis.1 --until 2026-12-31T22:00:00Z --as supervisor.cesis',
      ]),
    ),
  )
    .argument('<account>', 'id of the account')
    .argument('<substitute>', 'account of who acts for it')
    .requiredOption('--until <instant>', 'until when, 366 days at most')
    .option('--from <instant>', 'from when; at once when not given')
    .action((accountId: string, substituteId: string, options: Options<{ from?: string; until: string }>) =>
      change(surroundings, options, accountId, 'substitutes', {
        ...{ substituteId, endsAt: options.until },
        ...(options.from ? { startsAt: options.from } : {}),
      }),
    );

const backCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf('back', 'Ends all that substitutes may do for an account: its person is back, or does not go.', [
        'account back supervisor.cesis --as supervisor.cesis',
      ]),
    ),
  )
    .argument('<account>', 'id of the account')
    .action(async (accountId: string, options: Options) => {
      let account = await shown(surroundings, options, accountId);
      const open = account.absences.filter(({ endsAt }) => Date.parse(endsAt) > Date.now());
      for (const { absenceId } of open) {
        account = (await changed(surroundings, options, accountId, { at: `substitutes/${absenceId}/end` })) ?? account;
      }
      print(surroundings, options, account);
    });

/** Changes an account, and prints it as it is afterwards. */
async function change(surroundings: Surroundings, options: Options, accountId: string, at: string, body?: object) {
  const account = await changed(surroundings, options, accountId, { at, body });
  if (account !== undefined) print(surroundings, options, account);
}

interface Change {
  readonly at: string;
  readonly body?: object | undefined;
  /** What a 404 means here; by default that the account is not seen. */
  readonly unknown?: string;
}

/** Changes an account; it as it is afterwards, where one still sees it. */
const changed = (surroundings: Surroundings, options: Options, accountId: string, { at, body, unknown }: Change) =>
  withPlatform(surroundings, async (platform) => {
    const headers = { 'idempotency-key': randomUUID() };
    const request = { method: 'POST' as const, path: `${pathOf(accountId)}/${at}`, headers };
    const asked = await platform.ask(identity, options.as, body === undefined ? request : { ...request, body });
    const { stream, version } = seen<Written>(asked, unknown ?? unseen(accountId, options));
    // Whoever takes the last visible role away does not see the account any more.
    const after = { method: 'GET' as const, path: `${pathOf(accountId)}?after=${stream}@${version}` };
    const answer = await platform.ask(identity, options.as, after);
    return answer.status === 404 ? undefined : acceptedBody<Account>(answer);
  });

const shown = (surroundings: Surroundings, options: Options, accountId: string) =>
  withPlatform(surroundings, async (platform) => {
    const answer = await platform.ask(identity, options.as, { method: 'GET', path: pathOf(accountId) });
    return seen<Account>(answer, unseen(accountId, options));
  });

const unseen = (accountId: string, { as }: Options): string =>
  `there is no account ${accountId}, or none with a role where ${as} looks after accounts`;

/** The body of a 2xx answer. A 404 says the same of what is not there and of what is not the caller's: so do we. */
function seen<Body>(answer: HttpAnswer, unknown: string): Body {
  const problem = problemOf(answer);
  if (problem.code === 'not_found') throw new PlatformError('refused', `not_found: ${unknown}`, { problem });
  return acceptedBody<Body>(answer);
}

function print(surroundings: Surroundings, options: Options, account: Account): void {
  if (options.json) {
    printJson(surroundings, account);
    return;
  }
  const { accountId, title, active, roles, absences } = account;
  surroundings.console.out(`${accountId}: ${title}${active ? '' : ' (switched off)'}\n`);
  for (const { substituteId, startsAt, endsAt } of absences) {
    surroundings.console.out(`${substituteId} acts for it from ${startsAt} to ${endsAt}\n`);
  }
  printRows(surroundings, options, roles, [
    { title: 'GRANT', value: ({ grantId }) => grantId },
    { title: 'ROLE', value: ({ role }) => role },
    { title: 'PLACE', value: placeOf },
    { title: 'FROM', value: ({ validFrom }) => validFrom ?? '' },
    { title: 'UNTIL', value: ({ validUntil }) => validUntil ?? '' },
    { title: 'GIVEN BY', value: ({ grantedBy }) => grantedBy },
    { title: 'MAY GIVE ON', value: ({ mayGrant }) => (mayGrant ? 'yes' : 'no') },
  ]);
}
