import { describe, expect, test } from 'vitest';
import type { Account, GivenRole } from './account-types.ts';
import { timedGrants } from './grants.ts';

const now = 1_000_000;
const horizon = now + 3_600_000;
const clerk = { role: 'clerk', centreId: 'c' } as const;
const auditor = { role: 'auditor' } as const;
const given = (grant: GivenRole['grant'], times: Partial<GivenRole> = {}): GivenRole => ({
  ...{ grantId: 'g', grant, mayGrant: false, source: 'administration' },
  ...times,
});
const account = (roles: readonly GivenRole[], more: Partial<Account> = {}): Account => ({
  ...{ opened: true, source: 'administration', active: true, switchedOffBy: [] },
  ...{ roles, absences: [], tokensRevokedAt: undefined },
  ...more,
});
const of = (roles: readonly GivenRole[], more?: Partial<Account>) =>
  timedGrants(account(roles, more), [], { now, horizon });
const supervisor = account([given({ role: 'supervisor', centreId: 'c' })]);
const standingInFor = (absent: Account, startsAt: number, endsAt: number) =>
  timedGrants(supervisor, [{ absentId: 'anna', account: absent, absence: { startsAt, endsAt } }], {
    now,
    horizon,
  }).slice(1);

describe('the roles of an account', () => {
  test('are those that count before the horizon, with their times', () => {
    expect(of([given(clerk)])).toEqual([{ grant: clerk }]);
    expect(of([given(clerk, { validFrom: now + 5, validUntil: now + 9 })])).toEqual([
      { grant: clerk, validFrom: now + 5, validUntil: now + 9 },
    ]);
    expect(of([given(clerk, { validFrom: horizon })])).toEqual([]);
    expect(of([given(clerk, { validUntil: now })])).toEqual([]);
  });

  test('are none where the account is switched off', () => {
    expect(of([given(clerk)], { active: false })).toEqual([]);
  });
});

describe('a substitute', () => {
  test('has the roles of the absent person within the absence and their own times', () => {
    expect(standingInFor(account([given(clerk)]), now - 5, now + 5)).toEqual([
      { grant: clerk, validFrom: now - 5, validUntil: now + 5, absentId: 'anna' },
    ]);
    const short = account([given(clerk, { validUntil: now + 2 })]);
    expect(standingInFor(short, now - 5, now + 5)).toEqual([
      { grant: clerk, validFrom: now - 5, validUntil: now + 2, absentId: 'anna' },
    ]);
  });

  test('has none of them at a place where it does not work itself', () => {
    const absent = account([given(clerk), given(auditor), given({ role: 'clerk', centreId: 'd' })]);
    expect(standingInFor(absent, now, now + 5).map(({ grant }) => grant)).toEqual([clerk]);
    const engineer = account([given({ role: 'integration_engineer' })]);
    const absence = { startsAt: now, endsAt: now + 5 };
    expect(timedGrants(engineer, [{ absentId: 'anna', account: absent, absence }], { now, horizon })).toHaveLength(1);
  });

  test('has nothing before, after, of times that do not meet, or of an account that is switched off', () => {
    expect(standingInFor(account([given(clerk)]), horizon, horizon + 5)).toEqual([]);
    expect(standingInFor(account([given(clerk)]), now - 5, now)).toEqual([]);
    expect(standingInFor(account([given(clerk, { validFrom: now + 5 })]), now - 5, now + 5)).toEqual([]);
    expect(standingInFor(account([given(clerk)], { active: false }), now - 5, now + 5)).toEqual([]);
  });
});
