import { describe, expect, test } from 'vitest';
import { isWithin, scopeUnder } from './caller-scope.ts';
import { grantsOfClaims } from './grants.ts';
import type { Caller, Grant, Policy, Role, Scope } from './policy.ts';

const caller = (...grants: Grant[]): Caller => ({ id: 'somebody', grants });
const policy = (scope: Scope, ...roles: Role[]): Policy => ({ roles, scope });
const clerkOf = (centreId: string): Grant => ({ role: 'clerk', centreId });
const specialistOf = (holderId: string): Grant => ({ role: 'holder_specialist', holderId });

describe('the scope of a caller', () => {
  test('of one centre is that centre; of two, both', () => {
    const own = policy('own_centre', 'clerk');
    expect(scopeUnder(caller(clerkOf('a')), own).centreIds).toEqual(['a']);
    expect(scopeUnder(caller(clerkOf('a'), clerkOf('b'), clerkOf('a')), own).centreIds).toEqual(['a', 'b']);
  });

  test('counts only grants of roles that the policy names', () => {
    const somebody = caller(clerkOf('a'), { role: 'supervisor', centreId: 'b' }, { role: 'auditor' });
    expect(scopeUnder(somebody, policy('own_centre', 'clerk'))).toEqual({
      actorId: 'somebody',
      roles: ['clerk'],
      centreIds: ['a'],
    });
  });

  test('of a role that holds everywhere is not limited', () => {
    const scope = scopeUnder(caller({ role: 'auditor' }), policy('own_centre', 'clerk', 'auditor'));
    expect(scope.centreIds).toBeUndefined();
    expect(isWithin(scope, { centreId: 'any' })).toBe(true);
  });

  test('of centre or holder has both, and a thing of either is within', () => {
    const scope = scopeUnder(
      caller(clerkOf('a'), specialistOf('h')),
      policy('own_centre_or_holder', 'clerk', 'holder_specialist'),
    );
    expect(scope).toMatchObject({ centreIds: ['a'], holderIds: ['h'] });
    expect(isWithin(scope, { centreId: 'a', holderId: 'x' })).toBe(true);
    expect(isWithin(scope, { centreId: 'x', holderId: 'h' })).toBe(true);
    expect(isWithin(scope, { centreId: 'x', holderId: 'x' })).toBe(false);
    // A centre and a holder may share a name; one is not the other.
    expect(isWithin(scope, { centreId: 'h', holderId: 'a' })).toBe(false);
  });

  test('of a clerk says nothing about holders, and the other way round', () => {
    const both = policy('own_centre_or_holder', 'clerk', 'holder_specialist');
    expect(isWithin(scopeUnder(caller(clerkOf('a')), both), { holderId: 'a' })).toBe(false);
    expect(isWithin(scopeUnder(caller(specialistOf('h')), both), { centreId: 'h' })).toBe(false);
  });

  test('of a resident is the own subject, and nothing when none is known', () => {
    const own = policy('own_subject', 'resident');
    const resident: Caller = { id: 'r', grants: [{ role: 'resident' }], subjectId: 's' };
    expect(isWithin(scopeUnder(resident, own), { subjectId: 's' })).toBe(true);
    expect(isWithin(scopeUnder(resident, own), { subjectId: 't' })).toBe(false);
    const nobody = scopeUnder(caller({ role: 'resident' }), own);
    expect(isWithin(nobody, { subjectId: 's' })).toBe(false);
    expect(isWithin(nobody, {})).toBe(false);
  });

  test('with no fitting grant is nothing, never everything', () => {
    for (const scope of ['own_centre', 'own_holder', 'own_centre_or_holder', 'own_subject'] as const) {
      const narrowed = scopeUnder(caller(), policy(scope, 'clerk'));
      expect(isWithin(narrowed, { centreId: 'a', holderId: 'h', subjectId: 's' })).toBe(false);
      expect(isWithin(narrowed, {})).toBe(false);
    }
  });
});

describe('grants of a token', () => {
  const now = new Date('2026-11-20T08:00:00Z');
  const read = (grants: unknown) => grantsOfClaims({ id: 'x', claims: { grants }, now });

  test('are read with their places', async () => {
    const grants = [clerkOf('a'), specialistOf('h'), { role: 'auditor' }];
    expect(await read(grants)).toEqual(grants);
  });

  test.each([
    ['a clerk of no centre', [{ role: 'clerk' }]],
    ['a clerk of an empty centre', [{ role: 'clerk', centreId: '' }]],
    ['a clerk of a holder', [{ role: 'clerk', holderId: 'h' }]],
    ['a specialist of no holder', [{ role: 'holder_specialist' }]],
    ['a centre that is no text', [{ role: 'clerk', centreId: ['a'] }]],
    ['a role that nobody knows', [{ role: 'admin' }]],
    ['a role of the prototype', [{ role: 'constructor' }]],
    ['no grant', [null, 'clerk', 5]],
    ['no list', { role: 'auditor' }],
    ['nothing', undefined],
  ])('give nothing for %s', async (_name, grants) => {
    expect(await read(grants)).toEqual([]);
  });

  test.each([
    ['over', { until: now.getTime() / 1000 }],
    ['not begun', { from: now.getTime() / 1000 + 0.001 }],
    ['a text', { until: '2030-01-01T00:00:00Z' }],
    ['none', { from: null }],
  ])('give nothing for a role whose time is %s', async (_name, times) => {
    expect(await read([{ role: 'auditor', ...times }])).toEqual([]);
  });

  test('count from their beginning up to their end', async () => {
    const seconds = now.getTime() / 1000;
    expect(await read([{ role: 'auditor', from: seconds, until: seconds + 0.001 }])).toEqual([{ role: 'auditor' }]);
  });

  test('keep no more of a grant than its place', async () => {
    expect(await read([{ role: 'auditor', centreId: 'a', note: 'x' }])).toEqual([{ role: 'auditor' }]);
  });
});
