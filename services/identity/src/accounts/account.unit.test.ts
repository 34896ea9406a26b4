import type { Grant } from '@vienuviet/http';
import { given } from '@vienuviet/testing';
import { describe, expect, test } from 'vitest';
import { accountDecider, mostRoles } from './account.ts';
import type { Account, AccountCommand, AccountEvent, NewRole } from './account-types.ts';

const cesis = '832c856f-4a4a-5d55-b2d5-d5ddf1a1df52';
const aizkraukle = 'e34b7b38-14c8-546c-b9fe-5407926b5451';
const clerk: Grant = { role: 'clerk', centreId: cesis };
const supervisor: Grant = { role: 'supervisor', centreId: cesis };
const now = Date.parse('2026-11-20T08:00:00Z');
const hour = 3_600_000;

const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const role = (grant: Grant, n = 1, more: Partial<NewRole> = {}): NewRole => ({
  ...{ grantId: idOf(n), grant, mayGrant: false },
  ...more,
});

const evolveAll = (events: readonly AccountEvent[]): Account =>
  events.reduce(accountDecider.evolve, accountDecider.initialState);
/** The events of an account with these roles, opened an hour ago. */
function opened(accountId: string, roles: readonly NewRole[], source = 'administration'): AccountEvent[] {
  const command: AccountCommand = { type: 'open', accountId, actorId: 'x', now: now - hour, source, roles };
  const decision = accountDecider.decide(command, accountDecider.initialState);
  return decision.accepted ? [...decision.events] : [];
}
const account = (accountId: string, roles: readonly NewRole[]): Account => evolveAll(opened(accountId, roles));

const boss = account('boss', [role(supervisor, 90, { mayGrant: true })]);
const act = { accountId: 'anna', actorId: 'boss', actor: boss, now };
const anna = (...roles: readonly NewRole[]) => given(accountDecider, opened('anna', roles));
const eventsOf = (decision: object): readonly AccountEvent[] =>
  'events' in decision ? (decision.events as readonly AccountEvent[]) : [];
const types = (decision: object) => eventsOf(decision).map(({ type }) => type.slice('identity.'.length));

describe('a role', () => {
  test('is given by who holds it there with the right to give it on, and older tokens stop counting', () => {
    const { decision, state } = anna().when({ type: 'grant', ...act, role: role(supervisor, 2) });
    expect(types(decision)).toEqual(['RoleGranted', 'TokensRevoked']);
    expect(state.roles).toMatchObject([{ grant: supervisor, mayGrant: false, source: 'administration' }]);
    expect(state.tokensRevokedAt).toBe(now);
  });

  test('of a clerk is given by the supervisor of the centre, who does everything of a clerk', () => {
    expect(types(anna().when({ type: 'grant', ...act, role: role(clerk, 2) }).decision)).toHaveLength(2);
  });

  test.each<[string, Grant]>([
    ['at another centre', { role: 'clerk', centreId: aizkraukle }],
    ['of a holder', { role: 'holder_specialist', holderId: 'vsaa' }],
    ['everywhere', { role: 'auditor' }],
  ])('that the giver does not hold is not given: %s', (_what, grant) => {
    anna()
      .when({ type: 'grant', ...act, role: role(grant, 2) })
      .then({ code: 'not_yours_to_give' });
  });

  test.each<[string, Account]>([
    ['without the right to give on', account('boss', [role(supervisor, 90)])],
    ['that has not begun', account('boss', [role(supervisor, 90, { mayGrant: true, validFrom: now + 1 })])],
    ['that is over', account('boss', [role(supervisor, 90, { mayGrant: true, validUntil: now })])],
    ['of an account that is switched off', { ...boss, active: false }],
  ])('cannot be given by a role %s', (_what, actor) => {
    anna()
      .when({ type: 'grant', ...act, actor, role: role(clerk, 2) })
      .then({ code: 'not_yours_to_give' });
  });

  test('is never given to oneself', () => {
    given(accountDecider, opened('boss', [role(supervisor, 90, { mayGrant: true })]))
      .when({ type: 'grant', ...act, accountId: 'boss', role: role(clerk, 2) })
      .then({ code: 'self_grant' });
  });

  test('is held once at a time, and can be given for a later time', () => {
    const until = anna(role(clerk, 1, { validUntil: now + hour }));
    until.when({ type: 'grant', ...act, role: role(clerk, 2) }).then({ code: 'role_held' });
    const later = role(clerk, 2, { validFrom: now + hour });
    expect(types(until.when({ type: 'grant', ...act, role: later }).decision)).toHaveLength(2);
  });

  test.each<[string, Partial<NewRole>]>([
    ['over', { validUntil: now }],
    ['the wrong way round', { validFrom: now + hour, validUntil: now + hour }],
  ])('has a time that makes sense: %s', (_what, times) => {
    anna()
      .when({ type: 'grant', ...act, role: role(clerk, 2, times) })
      .then({ code: 'period_wrong' });
  });

  test(`is one of ${mostRoles} at most`, () => {
    const many = Array.from({ length: mostRoles }, (_, n) => role({ role: 'clerk', centreId: idOf(1_000 + n) }, n));
    anna(...many)
      .when({ type: 'grant', ...act, role: role(clerk, 99) })
      .then({ code: 'too_many_roles' });
  });

  test('is taken away once, by who could give it', () => {
    const revoke: AccountCommand = { type: 'revoke', ...act, grantId: idOf(1) };
    expect(types(anna(role(clerk)).when(revoke).decision)).toEqual(['RoleRevoked', 'TokensRevoked']);
    anna().when(revoke).then({ code: 'grant_unknown' });
    anna(role({ role: 'auditor' }))
      .when(revoke)
      .then({ code: 'not_yours_to_give' });
  });
});

describe('an account', () => {
  test('of the sample is opened once', () => {
    const open: AccountCommand = { type: 'open', accountId: 'anna', actorId: 'x', now, source: 'sample', roles: [] };
    anna().when(open).then([]);
  });

  test('is opened by a person with a role that the person may give', () => {
    const open = (grant: Grant): AccountCommand => ({ type: 'open_by_person', ...act, roles: [role(grant)] });
    expect(types(given(accountDecider).when(open(clerk)).decision)).toEqual(['AccountOpened', 'RoleGranted']);
    given(accountDecider)
      .when(open({ role: 'auditor' }))
      .then({ code: 'not_yours_to_give' });
    anna().when(open(clerk)).then({ code: 'account_exists' });
  });

  test('is switched off and on by who could give all its roles, and by nobody else, not by itself', () => {
    const off: AccountCommand = { type: 'deactivate', ...act };
    const { decision, state } = anna(role(clerk)).when(off);
    expect(types(decision)).toEqual(['AccountDeactivated', 'TokensRevoked']);
    expect(state.active).toBe(false);
    anna(role(clerk), role({ role: 'auditor' }, 2))
      .when(off)
      .then({ code: 'not_yours_to_give' });
    given(accountDecider, opened('boss', []))
      .when({ ...off, accountId: 'boss' })
      .then({ code: 'own_account' });
    anna()
      .when({ type: 'reactivate', ...act })
      .then([]);
  });

  test('that is not there takes nothing', () => {
    given(accountDecider)
      .when({ type: 'grant', ...act, role: role(clerk) })
      .then({ code: 'account_unknown' });
    given(accountDecider)
      .when({ type: 'revoke_tokens', accountId: 'anna', actorId: 'anna', now, reason: 'signed_out' })
      .then([]);
  });
});

describe('a directory', () => {
  const follow = (roles: readonly NewRole[], active = true, directory = 'vsaa-ad'): AccountCommand => ({
    ...{ type: 'follow_directory', accountId: 'anna', actorId: 'directory:vsaa-ad', now, directory, active, roles },
  });
  const known = given(accountDecider, opened('anna', [role(clerk)], 'vsaa-ad'));

  test('opens an account, and its word is followed: roles made equal, switched off and on', () => {
    expect(types(given(accountDecider).when(follow([role(clerk)])).decision)).toEqual(['AccountOpened', 'RoleGranted']);
    known.when(follow([role(clerk, 7)])).then([]);
    const changed = known.when(follow([role(supervisor, 7)]));
    expect(types(changed.decision)).toEqual(['RoleRevoked', 'RoleGranted', 'TokensRevoked']);
    expect(types(known.when(follow([role(clerk, 7)], false)).decision)).toEqual([
      'AccountDeactivated',
      'TokensRevoked',
    ]);
  });

  test('does not switch on what a person switched off, and a person not whom it says to have left', () => {
    const off: AccountCommand = { type: 'deactivate', ...act };
    const on: AccountCommand = { type: 'reactivate', ...act };
    const after = (...commands: readonly AccountCommand[]) => {
      const events = opened('anna', [role(clerk)], 'vsaa-ad');
      for (const command of commands) events.push(...eventsOf(given(accountDecider, events).when(command).decision));
      return given(accountDecider, events);
    };
    const in_ = follow([role(clerk, 7)]);
    const out = follow([role(clerk, 7)], false);
    after(off).when(in_).then([]);
    expect(after(off).when(follow([role(supervisor, 7)])).state.active).toBe(false);
    after(out).when(on).then({ code: 'left_directory' });
    after(off, out).when(on).then({ code: 'left_directory' });
    expect(after(out).when(in_).state.active).toBe(true);
    expect(after(off, out).when(in_).state.active).toBe(false);
    expect(after(off, out, in_).when(on).state.active).toBe(true);
    expect(after(out, off).when(in_).state.active).toBe(false);
    // Whoever reads the events and knows one switch only finds it as it is.
    expect(types(after(off, out).when(in_).decision)).toEqual([
      'AccountReactivated',
      'AccountDeactivated',
      'TokensRevoked',
    ]);
  });

  test('takes nothing that people gave, and touches no account of another one', () => {
    const withMore = given(accountDecider, [
      ...opened('anna', [role(clerk)], 'vsaa-ad'),
      ...opened('anna', [role(supervisor, 5)]).slice(1),
    ]);
    expect(withMore.when(follow([])).state.roles).toMatchObject([{ grant: supervisor }]);
    anna().when(follow([])).then({ code: 'account_of_another' });
  });
});

describe('a substitute', () => {
  const eva = account('eva', [role(clerk, 50)]);
  const absence = { absenceId: idOf(70), substituteId: 'eva', startsAt: now, endsAt: now + 24 * hour };
  const name = (more: object = {}): AccountCommand =>
    ({ type: 'name_substitute', ...act, absence, substitute: eva, ...more }) as AccountCommand;
  const own = { actorId: 'anna', actor: account('anna', [role(clerk)]) };

  test('is named by the person, or by who could give the roles', () => {
    for (const who of [{}, own]) {
      expect(types(anna(role(clerk)).when(name(who)).decision)).toEqual(['SubstituteNamed', 'TokensRevoked']);
    }
    anna(role({ role: 'auditor' }))
      .when(name())
      .then({ code: 'not_yours_to_give' });
  });

  test.each<[string, object, string]>([
    ['oneself', { absence: { ...absence, substituteId: 'anna' } }, 'own_substitute'],
    ['who names', { actorId: 'eva' }, 'self_grant'],
    ['nobody', { substitute: accountDecider.initialState }, 'substitute_unknown'],
    [
      'somebody of another centre',
      { substitute: account('eva', [role({ ...clerk, centreId: aizkraukle })]) },
      'substitute_elsewhere',
    ],
    ['for a time that is over', { absence: { ...absence, startsAt: now - hour, endsAt: now } }, 'period_wrong'],
    ['for ever', { absence: { ...absence, endsAt: now + 367 * 24 * hour } }, 'period_wrong'],
  ])('is not %s', (_who, more, code) => {
    anna(role(clerk)).when(name(more)).then({ code });
  });

  test('is one at a time, until the person is back', () => {
    const named = given(accountDecider, [
      ...opened('anna', [role(clerk)]),
      ...eventsOf(anna(role(clerk)).when(name()).decision),
    ]);
    named.when(name({ absence: { ...absence, startsAt: now + hour } })).then({ code: 'absence_overlaps' });
    const end: AccountCommand = { type: 'end_substitute', ...act, ...own, absenceId: absence.absenceId };
    expect(types(named.when(end).decision)).toEqual(['SubstituteEnded', 'TokensRevoked']);
    named.when({ ...end, actorId: 'x', actor: eva }).then({ code: 'not_yours_to_give' });
    named.when({ ...end, absenceId: idOf(71) }).then({ code: 'absence_unknown' });
  });
});
