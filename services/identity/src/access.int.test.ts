/** Every route of identity × every role × the own place and a foreign one × every kind of bad token. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryAccess } from '@vienuviet/http/testing';
import { policies } from '@vienuviet/policies';
import { operatorAccess, startTestService, type TestService } from '@vienuviet/service/testing';
import { countStatements, eventually } from '@vienuviet/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccountStore } from './accounts/account-store.ts';
import { directoryAccess } from './directories/tests/access-examples.ts';
import { identity } from './service.ts';

const own = { centreId: randomUUID(), holderId: 'vsaa' };
const accountId = randomUUID();
const secrets = { own: randomUUID() + randomUUID(), foreign: randomUUID() + randomUUID() };
let folder: string;
let bed: TestService;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'identity-access-'));
  const people = join(folder, 'people.json');
  await writeFile(people, JSON.stringify([{ name: 'auditor', title: 'Auditor', grants: [{ role: 'auditor' }] }]));
  const directories = await Promise.all(
    Object.entries(secrets).map(async ([name, secret]) => {
      const secretFile = join(folder, name);
      await writeFile(secretFile, secret, { mode: 0o600 });
      return { name, title: name, groups: [], secretFile };
    }),
  );
  await writeFile(join(folder, 'directories.json'), JSON.stringify(directories));
  bed = await startTestService(identity, {
    own: {
      NODE_ENV: 'development',
      COOKIE_KEYS: 'a cookie key of at least 32 characters',
      KEY_SEAL_SECRET: 'a seal secret of at least 32 characters',
      PEOPLE_FILES: people,
      DIRECTORY_FILES: join(folder, 'directories.json'),
    },
  });
  const { store, writer } = bed.service.context;
  const role = (grant: object) => ({ grantId: randomUUID(), grant: grant as never, mayGrant: false });
  await createAccountStore({ store, writer }).execute({
    ...{ type: 'open', accountId, actorId: 'test', now: Date.now(), source: 'test' },
    roles: [role({ role: 'clerk', centreId: own.centreId }), role({ role: 'holder_specialist', holderId: 'vsaa' })],
  });
  const headers = await bed.issuer.as('auditor', [{ role: 'auditor' }]);
  await eventually('the account', async () =>
    (await bed.service.app.inject({ url: `/v1/accounts/${accountId}`, headers })).statusCode === 200 ? true : undefined,
  );
});
afterAll(async () => {
  await bed?.close();
  await rm(folder, { recursive: true, force: true });
});

async function scim(path: string, payload: object): Promise<string> {
  const headers = { authorization: `Bearer ${secrets.own}` };
  const answer = await bed.service.app.inject({ method: 'POST', url: `/scim/v2${path}`, headers, payload });
  return answer.json().id;
}

test('every route lets in exactly whom the table names', async () => {
  const anything = (url: string, payload?: object) => ({
    ...{ of: 'anything' as const, ask: payload === undefined ? { url } : { url, payload } },
  });
  const nobody = '/v1/accounts/nobody';
  const endsAt = '2030-01-01T00:00:00Z';
  const userId = await scim('/Users', { userName: 'own' });
  const groupId = await scim('/Groups', { displayName: 'own', members: [{ value: userId }] });
  const directories = directoryAccess({ userId, groupId });
  const { deviations, tried } = await tryAccess({
    ...{ app: bed.service.app, issuer: bed.issuer, counting: countStatements, own },
    directoryToken: async (whose) => secrets[whose],
    expected: {
      'GET /v1/accounts': policies.accountsRead,
      'GET /v1/accounts/:accountId': policies.accountRead,
      'POST /v1/accounts': policies.accountsKeep,
      'POST /v1/accounts/:accountId/roles': policies.accountsKeep,
      'POST /v1/accounts/:accountId/roles/:grantId/revoke': policies.accountsKeep,
      'POST /v1/accounts/:accountId/deactivate': policies.accountsKeep,
      'POST /v1/accounts/:accountId/reactivate': policies.accountsKeep,
      'POST /v1/accounts/:accountId/substitutes': policies.accountRead,
      'POST /v1/accounts/:accountId/substitutes/:absenceId/end': policies.accountRead,
      'GET /v1/signing-keys': policies.keysRotate,
      'POST /v1/signing-keys': policies.keysRotate,
      'DELETE /v1/second-factors/:accountId': policies.secondFactorReset,
      ...operatorAccess.expected,
      ...directories.expected,
    },
    examples: {
      'GET /v1/accounts': { of: 'list', id: accountId, ask: { url: '/v1/accounts?limit=200' } },
      'GET /v1/accounts/:accountId': { of: 'thing', id: accountId, ask: (id) => ({ url: `/v1/accounts/${id}` }) },
      'POST /v1/accounts': anything('/v1/accounts', { login: 'x', title: 'X', role: 'clerk', ...own }),
      'POST /v1/accounts/:accountId/roles': anything(`${nobody}/roles`, { role: 'king' }),
      'POST /v1/accounts/:accountId/roles/:grantId/revoke': anything(`${nobody}/roles/${randomUUID()}/revoke`),
      'POST /v1/accounts/:accountId/deactivate': anything(`${nobody}/deactivate`),
      'POST /v1/accounts/:accountId/reactivate': anything(`${nobody}/reactivate`),
      'POST /v1/accounts/:accountId/substitutes': anything(`${nobody}/substitutes`, { substituteId: 'x', endsAt }),
      'POST /v1/accounts/:accountId/substitutes/:absenceId/end': anything(`${nobody}/substitutes/${randomUUID()}/end`),
      'GET /v1/signing-keys': anything('/v1/signing-keys'),
      'POST /v1/signing-keys': anything('/v1/signing-keys'),
      'DELETE /v1/second-factors/:accountId': anything('/v1/second-factors/nobody'),
      ...operatorAccess.examples,
      ...directories.examples,
    },
  });
  expect(deviations).toEqual([]);
  expect(tried).toBeGreaterThan(500);
}, 120_000);
