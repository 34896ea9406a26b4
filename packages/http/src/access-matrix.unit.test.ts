/** The matrix is worth what it finds: each hole planted here is one that somebody could leave in a route. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { type AccessMatrix, tryAccess } from './access-matrix.ts';
import { acceptOpaqueTokens } from './app.ts';
import { callerOf, requireWithin, scopeOf } from './caller-scope.ts';
import type { Policy } from './policy.ts';
import { notFound, problem } from './problems.ts';
import { oneFactor, twoFactors } from './step-up.ts';
import { testApp } from './test-support/app.ts';

const centreId = randomUUID();
const caseId = randomUUID();
const policy: Policy = { roles: ['clerk', 'auditor'], scope: 'own_centre' };

interface Hole {
  /** What is wrong with the route of one case. */
  readonly one?: 'no scope' | 'tells that it is there' | 'one more statement' | 'fails';
  readonly list?: 'shows all' | 'shows nothing';
  readonly policy?: Policy;
  readonly expected?: Policy;
  readonly undeclared?: boolean;
}

async function matrixOf(hole: Hole): Promise<AccessMatrix> {
  const { app, issuer } = await testApp();
  let statements = 0;
  app.get('/cases/:id', { config: { policy: hole.policy ?? policy } }, async (request) => {
    statements++;
    if (hole.one === 'fails') throw new Error('broken');
    const { id } = request.params as { id: string };
    if (id !== caseId) throw notFound();
    if (hole.one === 'one more statement') statements++;
    if (hole.one !== 'no scope') {
      const { centreIds } = scopeOf(request);
      if (hole.one === 'tells that it is there' && centreIds !== undefined && !centreIds.includes(centreId)) {
        throw problem('not_found', 'It is of another centre.');
      }
      requireWithin(request, { centreId });
    }
    return { id };
  });
  app.get('/cases', { config: { policy } }, async (request) => {
    const { centreIds } = scopeOf(request);
    const own = centreIds === undefined || centreIds.includes(centreId);
    return { items: hole.list === 'shows all' || (own && hole.list === undefined) ? [caseId] : [] };
  });
  if (hole.undeclared) app.get('/forgotten', { config: { policy } }, async () => ({}));
  await app.ready();
  return {
    ...{ app, issuer, own: { centreId, holderId: 'vsaa' } },
    expected: { 'GET /cases/:id': hole.expected ?? policy, 'GET /cases': policy },
    examples: {
      'GET /cases/:id': { of: 'thing', id: caseId, ask: (id) => ({ url: `/cases/${id}` }) },
      'GET /cases': { of: 'list', id: caseId, ask: { url: '/cases' } },
    },
    async counting(work) {
      const before = statements;
      return { result: await work(), statements: statements - before };
    },
  };
}

test('routes as the table wants them deviate in nothing', async () => {
  const { deviations, tried } = await tryAccess(await matrixOf({}));
  expect(deviations).toEqual([]);
  // Six bad tokens and nine roles at two places, on two routes.
  expect(tried).toBe(2 * (6 + 9 * 2));
});

const stepUp: Policy = { ...policy, stepUp: { acr: twoFactors, maxAgeSeconds: 900 } };

test('a route that asks for a sign-in of late is tried with ones that do not suffice', async () => {
  const { deviations, tried } = await tryAccess(await matrixOf({ policy: stepUp, expected: stepUp }));
  expect(deviations).toEqual([]);
  expect(tried).toBe(2 * (6 + 9 * 2) + 4);
});

test.each<[string, Hole, RegExp]>([
  [
    'a route that forgot to ask for a sign-in of late',
    { expected: stepUp },
    /GET \/cases\/:id: a sign-in that is too old: answered 200 .*, not 401 sign_in_insufficient/,
  ],
  [
    'a route that takes a sign-in that is too old',
    { policy: { ...stepUp, stepUp: { acr: twoFactors, maxAgeSeconds: 1_800 } }, expected: stepUp },
    /GET \/cases\/:id: a sign-in that is too old: answered 200/,
  ],
  [
    'a route that takes one factor where two are asked for',
    { policy: { ...stepUp, stepUp: { acr: oneFactor, maxAgeSeconds: 900 } }, expected: stepUp },
    /GET \/cases\/:id: a sign-in that is too weak: answered 200/,
  ],
  ['a handler that forgets the scope', { one: 'no scope' }, /GET \/cases\/:id: clerk, foreign: is answered 200/],
  [
    'an answer that tells it is there',
    { one: 'tells that it is there' },
    /clerk, foreign: is told from what is missing/,
  ],
  ['more work for what is foreign', { one: 'one more statement' }, /clerk, foreign: .* 2 and 1 statements/],
  ['a handler that fails', { one: 'fails' }, /clerk, own: refused with 500/],
  ['a list without bounds', { list: 'shows all' }, /GET \/cases: clerk, foreign: shows what is foreign/],
  ['a list that shows nobody anything', { list: 'shows nothing' }, /GET \/cases: clerk, own: does not show/],
  [
    'a role too many',
    { policy: { ...policy, roles: [...policy.roles, 'supervisor'] } },
    /GET \/cases\/:id: supervisor, own: answered 200 .*, not 403 role_missing/,
  ],
  ['a role too few', { policy: { ...policy, roles: ['auditor'] } }, /clerk, own: refused with 403/],
  [
    'a route for everybody',
    { policy: { public: true, why: 'forgot' } },
    /GET \/cases\/:id: is in the table and has no policy/,
  ],
  ['a route that is not in the table', { undeclared: true }, /GET \/forgotten: is not in the table/],
])('%s is found', async (_name, hole, said) => {
  const { deviations } = await tryAccess(await matrixOf(hole));
  expect(deviations.join('\n')).toMatch(said);
});

test.each([
  ['finds its own alone', true, []],
  ['finds what is another one’s', false, ['GET /people/:id: directory, foreign: is answered 200 {"id":"x"}, not 404']],
])('a directory is known by its token: one that %s', async (_name, asks, found) => {
  const { app, issuer } = await testApp();
  const ofDirectories: Policy = { roles: ['directory'], scope: 'all' };
  acceptOpaqueTokens(app, async (token) => ({ id: `directory:${token}`, grants: [{ role: 'directory' }] }));
  app.get('/people/:id', { config: { policy: ofDirectories } }, async (request) => {
    const { id } = request.params as { id: string };
    if (id !== 'x' || (asks && callerOf(request).id !== 'directory:own')) throw notFound();
    return { id };
  });
  await app.ready();
  const { deviations } = await tryAccess({
    ...{ app, issuer, own: { centreId, holderId: 'vsaa' }, directoryToken: async (whose) => whose },
    expected: { 'GET /people/:id': ofDirectories },
    examples: { 'GET /people/:id': { of: 'thing', id: 'x', ask: (id) => ({ url: `/people/${id}` }) } },
  });
  expect(deviations).toEqual(found);
});
