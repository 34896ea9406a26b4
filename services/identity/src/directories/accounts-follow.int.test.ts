/** The whole way: a directory says that somebody is there, and that the person left; tokens count, and count no more. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { eventually } from '@vienuviet/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccountStore } from '../accounts/account-store.ts';
import { identity } from '../service.ts';

const centreId = '832c856f-4a4a-5d55-b2d5-d5ddf1a1df52';
const secret = 'a secret of the directory, of 32 characters or more';
let folder: string;
let bed: TestService;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accounts-follow-'));
  const file = async (name: string, value: unknown) => {
    await writeFile(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value), { mode: 0o600 });
    return join(folder, name);
  };
  const groups = [{ group: { displayName: 'Clerks' }, role: 'clerk', centreId }];
  const secretFile = await file('secret', secret.replaceAll(/[ ,]/g, '-'));
  const directories = await file('directories.json', [{ name: 'cesis', title: 'Cēsis', groups, secretFile }]);
  const people = await file('people.json', [{ name: 'auditor', title: 'Auditor', grants: [{ role: 'auditor' }] }]);
  bed = await startTestService(identity, {
    own: {
      NODE_ENV: 'development',
      COOKIE_KEYS: 'a cookie key of at least 32 characters',
      KEY_SEAL_SECRET: 'a seal secret of at least 32 characters',
      ...{ PEOPLE_FILES: people, DIRECTORY_FILES: directories },
    },
  });
});
afterAll(async () => {
  await bed?.close();
  await rm(folder, { recursive: true, force: true });
});

async function scim(method: 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object): Promise<{ id: string }> {
  const headers = { authorization: `Bearer ${secret.replaceAll(/[ ,]/g, '-')}` };
  const request = { method, url: `/scim/v2${path}`, headers };
  const answer = await bed.service.app.inject(payload === undefined ? request : { ...request, payload });
  expect(answer.statusCode).toBeLessThan(300);
  return answer.payload === '' ? { id: '' } : answer.json();
}

test('a person of a directory gets an account with a role, loses the role with the group, and is out when it says so', async () => {
  const { id } = await scim('POST', '/Users', { userName: 'anna', displayName: 'Anna Ozola', active: true });
  const group = await scim('POST', '/Groups', { displayName: 'Clerks', members: [{ value: id }] });
  const { rows } = await bed.database
    .pool('owner')
    .query<{ account_id: string }>('select account_id from identity.directory_user where user_id = $1', [id]);
  const accountId = String(rows[0]?.account_id);
  const store = createAccountStore(bed.service.context);
  const account = await eventually('the role', async () => {
    const found = await store.load(accountId);
    return found.roles.length === 1 ? found : undefined;
  });
  expect(account).toMatchObject({ active: true, source: 'cesis', roles: [{ grant: { role: 'clerk', centreId } }] });

  // As identity dates it: later than the change that the group was.
  const iat = Math.floor(Date.now() / 1_000) + 2;
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const token = await bed.issuer.token(accountId, [{ role: 'clerk', centreId }], { iat });
  const opens = async () => {
    const headers = { authorization: `Bearer ${token}` };
    return (await bed.service.app.inject({ url: `/v1/accounts/${accountId}`, headers })).statusCode;
  };
  await eventually('the own account', async () => ((await opens()) === 200 ? true : undefined));
  const headers = await bed.issuer.as('auditor', [{ role: 'auditor' }]);
  const seen = await bed.service.app.inject({ url: `/v1/accounts/${accountId}`, headers });
  expect(seen.json()).toMatchObject({ title: 'Anna Ozola', source: 'cesis' });

  const remove = { Operations: [{ op: 'Remove', path: `members[value eq "${id}"]` }] };
  await scim('PATCH', `/Groups/${group.id}`, remove);
  await eventually('the role is gone', async () =>
    (await store.load(accountId)).roles.length === 0 ? true : undefined,
  );
  await eventually('the refusal', async () => ((await opens()) === 401 ? true : undefined));

  await scim('PATCH', `/Users/${id}`, { Operations: [{ op: 'Replace', value: { active: 'False' } }] });
  await eventually('the account is off', async () => ((await store.load(accountId)).active ? undefined : true));
});
