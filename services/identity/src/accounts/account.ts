/**
 * An account: who may act, in which roles, at which places, from when to when, given by whom. Pure; times and ids come
 * with the command. Nothing here names a person: names are kept beside the events.
 */
import { accept, type Decider, type Decision, refuse } from '@vienuviet/event-store';
import type { Grant } from '@vienuviet/http';
import type { Account, AccountCommand, AccountEvent, GivenRole, NewRole, PersonsAct } from './account-types.ts';
import { canStandIn, isSameGrant, mayGrant, type Period } from './grants.ts';

export const accountType = 'account';

/** Given by people, as opposed to a directory. */
export const byPeople = 'administration';

/** So many that nobody has them by honest work, and few enough for a token's header. */
export const mostRoles = 50;
const longestAbsenceMs = 366 * 24 * 3_600_000;

const nobody: Account = {
  ...{ opened: false, source: '', active: false, switchedOffBy: [] },
  ...{ roles: [], absences: [], tokensRevokedAt: undefined },
};

export const accountDecider: Decider<AccountCommand, Account, AccountEvent> = {
  initialState: nobody,
  decide,
  evolve,
};

function decide(command: AccountCommand, account: Account): Decision<AccountEvent> {
  const { accountId, actorId, now } = command;
  const act = { accountId, occurredAt: now, actorId };
  const revoked = (reason: 'signed_out' | 'access_changed' | 'deactivated'): AccountEvent => ({
    type: 'identity.TokensRevoked',
    data: { ...act, reason },
  });
  const granted =
    (source: string) =>
    (role: NewRole): AccountEvent => ({
      type: 'identity.RoleGranted',
      data: {
        ...act,
        grantId: role.grantId,
        role: role.grant.role,
        centreId: role.grant.centreId ?? null,
        holderId: role.grant.holderId ?? null,
        validFrom: role.validFrom ?? null,
        validUntil: role.validUntil ?? null,
        mayGrant: role.mayGrant,
        source,
      },
    });
  const opened = (source: string): AccountEvent => ({ type: 'identity.AccountOpened', data: { ...act, source } });
  const revokedRole = ({ grantId }: GivenRole): AccountEvent => ({
    type: 'identity.RoleRevoked',
    data: { ...act, grantId },
  });

  switch (command.type) {
    case 'open':
      if (account.opened) return accept();
      return accept(opened(command.source), ...command.roles.map(granted(command.source)));
    case 'open_by_person': {
      if (account.opened) return refuse('account_exists', `There is an account ${accountId} already.`);
      const wrong = refusalOfRoles(command, account, command.roles);
      return wrong ?? accept(opened(byPeople), ...command.roles.map(granted(byPeople)));
    }
    case 'follow_directory':
      return followDirectory(command, account);
    case 'revoke_tokens':
      return account.opened ? accept(revoked(command.reason)) : accept();
    default:
  }
  if (!account.opened) return refuse('account_unknown', 'There is no such account.');

  switch (command.type) {
    case 'grant': {
      const wrong = refusalOfRoles(command, account, [command.role]);
      return wrong ?? accept(granted(byPeople)(command.role), revoked('access_changed'));
    }
    case 'revoke': {
      const role = account.roles.find(({ grantId }) => grantId === command.grantId);
      if (role === undefined)
        return refuse('grant_unknown', 'The account has no such grant: it may be revoked already.');
      if (!mayGrant(command.actor, role.grant, now)) return notToGive(role.grant);
      return accept(revokedRole(role), revoked('access_changed'));
    }
    case 'deactivate':
    case 'reactivate': {
      const active = command.type === 'reactivate';
      if (actorId === accountId) return refuse('own_account', 'Nobody switches the own account off or on.');
      const foreign = account.roles.find(({ grant }) => !mayGrant(command.actor, grant, now));
      if (foreign !== undefined) return notToGive(foreign.grant);
      const isOff = account.switchedOffBy.includes(byPeople);
      if (active && account.switchedOffBy.some((source) => source !== byPeople)) {
        return refuse('left_directory', 'The directory that the account comes from says that the person is not there.');
      }
      if (isOff !== active) return accept();
      const type = active ? 'identity.AccountReactivated' : 'identity.AccountDeactivated';
      const changed = { type, data: { ...act, source: byPeople } } as AccountEvent;
      return accept(changed, revoked(active ? 'access_changed' : 'deactivated'));
    }
    case 'name_substitute': {
      const { absence, substitute, actor } = command;
      if (absence.substituteId === accountId) return refuse('own_substitute', 'Nobody is the own substitute.');
      if (!substitute.opened || !substitute.active) return refuse('substitute_unknown', 'There is no such account.');
      if (absence.endsAt <= absence.startsAt) return refuse('period_wrong', 'The absence ends before it begins.');
      if (absence.endsAt <= now) return refuse('period_wrong', 'The absence is over.');
      if (absence.endsAt - absence.startsAt > longestAbsenceMs)
        return refuse('period_wrong', 'An absence lasts 366 days at most.');
      if (account.absences.some((one) => one.startsAt < absence.endsAt && absence.startsAt < one.endsAt))
        return refuse('absence_overlaps', 'There is a substitute for a part of this time already: end that first.');
      // The own roles may be lent for a while by the person alone; a stranger's only by who could give them.
      const foreign = actorId === accountId ? undefined : account.roles.find((one) => !mayGrant(actor, one.grant, now));
      if (foreign !== undefined) return notToGive(foreign.grant);
      if (actorId === absence.substituteId) return selfGrant();
      if (!sharesPlace(account, substitute)) {
        return refuse('substitute_elsewhere', 'A substitute works at the same centre or for the same institution.');
      }
      return accept({ type: 'identity.SubstituteNamed', data: { ...act, ...absence } }, revoked('access_changed'));
    }
    case 'end_substitute': {
      const absence = account.absences.find(({ absenceId }) => absenceId === command.absenceId);
      if (absence === undefined) return refuse('absence_unknown', 'The account has no such absence.');
      const foreign = account.roles.find(({ grant }) => !mayGrant(command.actor, grant, now));
      if (actorId !== accountId && actorId !== absence.substituteId && foreign !== undefined) {
        return notToGive(foreign.grant);
      }
      return accept(
        { type: 'identity.SubstituteEnded', data: { ...act, absenceId: absence.absenceId } },
        revoked('access_changed'),
      );
    }
  }

  /** A directory's word: what it gave is made equal to what it says; what people gave, and switched off, stays as it is. */
  function followDirectory(
    { directory, active, roles }: Extract<AccountCommand, { type: 'follow_directory' }>,
    before: Account,
  ): Decision<AccountEvent> {
    if (before.opened && before.source !== directory) {
      return refuse('account_of_another', 'The account does not come from this directory.');
    }
    if (roles.length > mostRoles) return tooManyRoles();
    const held = before.roles.filter(({ source }) => source === directory);
    const isIn = (list: readonly { grant: Grant }[], { grant }: { grant: Grant }) =>
      list.some((one) => isSameGrant(one.grant, grant));
    const events = [
      ...(before.opened ? [] : [opened(directory)]),
      ...held.filter((role) => !isIn(roles, role)).map(revokedRole),
      ...roles.filter((role) => !isIn(held, role)).map(granted(directory)),
    ];
    const said = { ...act, source: directory };
    const wasIn = !before.switchedOffBy.includes(directory);
    const on: AccountEvent = { type: 'identity.AccountReactivated', data: said };
    const off = (source: string): AccountEvent => ({ type: 'identity.AccountDeactivated', data: { ...said, source } });
    if (wasIn && !active) events.push(off(directory));
    // What a person switched off stays so, and is said again for readers who know one switch only.
    if (!wasIn && active) events.push(on, ...(before.switchedOffBy.includes(byPeople) ? [off(byPeople)] : []));
    if (events.length === 0 || !before.opened) return accept(...events);
    return accept(...events, revoked(wasIn && !active ? 'deactivated' : 'access_changed'));
  }
}

/** Why roles cannot be given by a person, or undefined when they can. */
function refusalOfRoles(
  { accountId, actorId, actor, now }: PersonsAct,
  account: Account,
  roles: readonly NewRole[],
): Decision<never> | undefined {
  if (accountId === actorId) return selfGrant();
  if (account.roles.length + roles.length > mostRoles) return tooManyRoles();
  for (const { grant, validFrom = now, validUntil } of roles) {
    if (!mayGrant(actor, grant, now)) return notToGive(grant);
    if (validUntil !== undefined && validUntil <= Math.max(validFrom, now)) {
      return refuse('period_wrong', 'The grant ends before it begins, or is over.');
    }
    if (account.roles.some((held) => isSameGrant(held.grant, grant) && overlaps(held, { validFrom, validUntil }))) {
      return refuse('role_held', 'The account holds this role at this place for a part of this time already.');
    }
  }
  return undefined;
}

const overlaps = (one: Period, other: Period): boolean =>
  (one.validFrom ?? 0) < (other.validUntil ?? Number.POSITIVE_INFINITY) &&
  (other.validFrom ?? 0) < (one.validUntil ?? Number.POSITIVE_INFINITY);

const sharesPlace = (one: Account, other: Account): boolean =>
  one.roles.some(({ grant }) => other.roles.some((held) => canStandIn(held.grant, grant)));

const selfGrant = () => refuse('self_grant', 'Nobody gives access to the own account.');
const tooManyRoles = () => refuse('too_many_roles', `An account holds ${mostRoles} roles at most.`);
const notToGive = ({ role }: Grant) =>
  refuse('not_yours_to_give', `You do not hold ${role} there with the right to give it on.`, { role });

const switched = (account: Account, switchedOffBy: readonly string[]): Account => ({
  ...account,
  switchedOffBy,
  active: switchedOffBy.length === 0,
});

function evolve(account: Account, { type, data }: AccountEvent): Account {
  switch (type) {
    case 'identity.AccountOpened':
      return { ...account, opened: true, active: true, source: data.source };
    case 'identity.AccountDeactivated':
      return switched(account, [...new Set([...account.switchedOffBy, data.source])]);
    case 'identity.AccountReactivated':
      return switched(
        account,
        account.switchedOffBy.filter((source) => source !== data.source),
      );
    case 'identity.RoleGranted': {
      const place = {
        ...(data.centreId === null ? {} : { centreId: data.centreId }),
        ...(data.holderId === null ? {} : { holderId: data.holderId }),
      };
      const role: GivenRole = {
        grantId: data.grantId,
        grant: { role: data.role as Grant['role'], ...place },
        ...(data.validFrom === null ? {} : { validFrom: data.validFrom }),
        ...(data.validUntil === null ? {} : { validUntil: data.validUntil }),
        mayGrant: data.mayGrant,
        source: data.source,
      };
      return { ...account, roles: [...account.roles, role] };
    }
    case 'identity.RoleRevoked':
      return { ...account, roles: account.roles.filter(({ grantId }) => grantId !== data.grantId) };
    case 'identity.SubstituteNamed': {
      const { absenceId, substituteId, startsAt, endsAt } = data;
      return { ...account, absences: [...account.absences, { absenceId, substituteId, startsAt, endsAt }] };
    }
    case 'identity.SubstituteEnded':
      return { ...account, absences: account.absences.filter(({ absenceId }) => absenceId !== data.absenceId) };
    case 'identity.TokensRevoked':
      return { ...account, tokensRevokedAt: data.occurredAt };
  }
}
