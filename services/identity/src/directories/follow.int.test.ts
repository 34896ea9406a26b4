/** Accounts follow the tables, whatever breaks in between; requests out of order, and many at once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clerk, type DirectoryBed, directoryBed, followingAccounts } from './tests/directory-bed.ts';

let bed: DirectoryBed;
beforeAll(async () => {
  bed = await directoryBed({ everyMs: 50 });
});
afterAll(() => bed?.close());

const make = async (userName: string) =>
  (await bed.scim('POST', '/Users', { userName, externalId: `x-${userName}` })).body.id;
const waiting = async () =>
  (
    await bed.database
      .pool('writer')
      .query('select from identity.directory_user where followed_change < change and held is null')
  ).rowCount;

describe('a crash between the tables and the account', () => {
  test.each(['before', 'after'] as const)('loses nothing when it comes %s the account has followed', async (when) => {
    const name = `crash.${when}`;
    bed.accounts.failing = when;
    expect((await bed.scim('POST', '/Users', { userName: name })).status).toBe(201);
    expect(await waiting()).toBe(1);
    bed.accounts.failing = undefined;
    // It waits five seconds before it is tried again.
    await expect.poll(waiting, { timeout: 15_000 }).toBe(0);
    expect(await bed.accountOf(name)).toMatchObject({ active: true });
  });

  test('is made good by another instance', async () => {
    const failing = followingAccounts();
    failing.failing = 'before';
    const app = await bed.another(failing);
    expect((await bed.scim('POST', '/Users', { userName: 'crash.other' }, { app })).status).toBe(201);
    await app.close();
    await expect.poll(() => bed.accountOf('crash.other'), { timeout: 15_000 }).toMatchObject({ active: true });
  });
});

describe('out of order', () => {
  test('a group before its members: they have the role when they come, by whichever name they were called', async () => {
    const members = [{ value: 'x-early.1' }, { value: 'Early.2' }, { value: randomUUID() }];
    const { body } = await bed.scim('POST', '/Groups', { displayName: 'VPVKAC Clerks', members });
    expect(body.members).toHaveLength(3);
    const [one, two] = [await make('early.1'), await make('early.2')];
    for (const name of ['early.1', 'early.2']) expect((await bed.accountOf(name))?.grants).toEqual([clerk]);
    const after = (await bed.scim('GET', `/Groups/${body.id}`)).body.members.map(
      ({ value }: { value: string }) => value,
    );
    expect(after).toEqual(expect.arrayContaining([one, two]));
    await bed.scim('PATCH', `/Groups/${body.id}`, {
      Operations: [{ op: 'remove', path: 'members[value eq "early.1"]' }],
    });
    expect((await bed.accountOf('early.1'))?.grants).toEqual([]);
    await bed.scim('DELETE', `/Groups/${body.id}`);
  });

  test('of another directory nobody is a member', async () => {
    const { body: foreign } = await bed.scim('POST', '/Users', { userName: 'foreign' }, { directory: 'vsaa' });
    const members = [{ value: foreign.id }, { value: 'foreign' }];
    const { body } = await bed.scim('POST', '/Groups', { displayName: 'VPVKAC Clerks', members });
    expect((await bed.accountOf('foreign'))?.grants).toEqual([]);
    await bed.scim('DELETE', `/Groups/${body.id}`);
  });

  test('the same person many times at once, to two instances, is made once', async () => {
    const apps = [bed.app, await bed.another()];
    const tries = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        bed.scim('POST', '/Users', { userName: 'twin' }, { app: apps[index % 2]! }),
      ),
    );
    expect(tries.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    await apps[1]!.close();
  });

  test('of changes that come at once the account follows the last', async () => {
    const { id } = (await bed.scim('POST', '/Users', { userName: 'wavering' }, { directory: 'vsaa' })).body;
    for (let round = 0; round < 5; round++) {
      await Promise.all(
        [false, true, false, true].map((active) =>
          bed.scim(
            'PATCH',
            `/Users/${id}`,
            { Operations: [{ op: 'replace', value: { active } }] },
            { directory: 'vsaa' },
          ),
        ),
      );
      const { active } = (await bed.scim('GET', `/Users/${id}`, undefined, { directory: 'vsaa' })).body;
      await expect.poll(async () => (await bed.accountOf('wavering'))?.active, { timeout: 15_000 }).toBe(active);
    }
  });
});

test('a role that the settings give no more is taken away at the next start, and nobody is held for it', async () => {
  await bed.database.pool('owner').query(`update identity.directory set roles_digest = 'another' where name = 'cesis'`);
  const { rows } = await bed.database.pool('owner').query(`
    select account_id as id from identity.directory_user where directory = 'cesis' and held is null`);
  const before = bed.accounts.calls.length;
  const other = await bed.another();
  await expect.poll(waiting, { timeout: 30_000 }).toBe(0);
  const again = new Set(bed.accounts.calls.slice(before).map(({ accountId }) => accountId));
  expect(rows.every(({ id }) => again.has(id))).toBe(true);
  await other.close();
});

test('a group of ten thousand does not make its sender wait for ten thousand accounts', async () => {
  const people = await bed.database.pool('writer').query<{ id: string }>(`
    insert into identity.directory_user (user_id, account_id, directory, user_name, active, stands, followed_change)
      select gen_random_uuid(), gen_random_uuid(), 'vsaa', 'many.' || n, true, 1, 1 from generate_series(1, 10000) n
      returning user_id as id`);
  const members = people.rows.map(({ id }) => ({ value: id, display: 'somebody', $ref: null }));
  const begun = performance.now();
  const answer = await bed.scim('POST', '/Groups', { displayName: 'VPVKAC Clerks', members }, { directory: 'vsaa' });
  expect([answer.status, answer.body.members.length]).toEqual([201, 10_000]);
  expect(performance.now() - begun).toBeLessThan(15_000);
  // The others follow in the background; the first few hundred tell that they do.
  await expect.poll(waiting, { timeout: 20_000 }).toBeLessThan(9_600);
}, 60_000);
