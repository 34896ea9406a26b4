import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { AccessEntry } from './access-recorder.ts';
import { requireWithin } from './caller-scope.ts';
import type { Policy } from './policy.ts';
import { recorderInto, type TestApp, testApp } from './test-support/app.ts';

let it: TestApp;
afterEach(() => it.app.close());
const centreId = randomUUID();
const policy: Policy = { roles: ['clerk'], scope: 'own_centre' };

async function recorded(): Promise<AccessEntry[]> {
  const entries: AccessEntry[] = [];
  it = await testApp({ accessRecorder: recorderInto(entries) });
  it.app.get('/cases/:id', { config: { policy } }, async (request) => {
    requireWithin(request, { centreId });
    return {};
  });
  const operate = { roles: ['integration_engineer'], scope: 'all' } as const;
  it.app.post('/rebuild', { config: { policy: operate, operates: true } }, async () => ({}));
  it.app.post('/rotate', { config: { policy: operate, operates: 'keys_changed' } }, async () => ({}));
  return entries;
}
const get = (url: string, headers = {}) => it.app.inject({ url, headers });

test('refused access is recorded: a bad token, a role that is missing, and what is foreign', async () => {
  const entries = await recorded();
  await get('/cases/1', { authorization: 'Bearer nonsense' });
  await get('/cases/1', await it.issuer.as('auditor', [{ role: 'auditor' }]));
  await get('/cases/1', await it.issuer.as('clerk.valka', [{ role: 'clerk', centreId: randomUUID() }]));
  expect(entries.map(({ kind, code, actorId, route }) => [kind, code, actorId, route])).toEqual([
    ['refused', 'token_malformed', undefined, '/cases/:id'],
    ['refused', 'role_missing', 'auditor', '/cases/:id'],
    ['refused', 'foreign_access', 'clerk.valka', '/cases/:id'],
  ]);
  expect(JSON.stringify(entries)).not.toContain(centreId);
});

test('what operators do is recorded with how it ended', async () => {
  const entries = await recorded();
  const engineer = await it.issuer.as('engineer', [{ role: 'integration_engineer' }]);
  const answer = await it.app.inject({ method: 'POST', url: '/rebuild', headers: engineer });
  expect(entries).toMatchObject([
    { kind: 'operated', code: '200', actorId: 'engineer', method: 'POST', requestId: answer.headers['request-id'] },
  ]);
  await it.app.inject({ method: 'POST', url: '/rotate', headers: engineer });
  expect(entries.at(-1)).toMatchObject({ kind: 'keys_changed', route: '/rotate' });
});

test('what is allowed, and who has no token yet, are no entries', async () => {
  const entries = await recorded();
  await get('/cases/1');
  await get('/cases/1', await it.issuer.as('clerk.cesis', [{ role: 'clerk', centreId }]));
  expect(entries).toEqual([]);
});
