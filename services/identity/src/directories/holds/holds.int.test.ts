/** What would shut out many waits for a person. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { clerk, type DirectoryBed, directoryBed } from '../tests/directory-bed.ts';

let bed: DirectoryBed;
let ids: string[];
const groupId = '3c1e9f0a-7a43-4f6f-9d3c-1d2b0b6d5a11';
const nameOf = (index: number) => `person.${index}@cesis.example`;

beforeAll(async () => {
  bed = await directoryBed();
});
afterAll(() => bed?.close());

/** Twenty clerks, whose accounts have followed. */
beforeEach(async () => {
  const pool = bed.database.pool('owner', 1);
  await pool.query('truncate identity.directory_user, identity.directory_hold, identity.directory_group cascade');
  const { rows } = await pool.query<{ id: string }>(`
    insert into identity.directory_user (user_id, account_id, directory, user_name, active, stands, followed_change)
      select gen_random_uuid(), gen_random_uuid(), 'cesis', 'person.' || n || '@cesis.example', true, 2, 1
        from generate_series(0, 19) n returning user_id as id`);
  ids = rows.map(({ id }) => id);
  await pool.query(
    `insert into identity.directory_group (group_id, directory, display_name) values ($1, 'cesis', 'VPVKAC Clerks')`,
    [groupId],
  );
  await pool.query(
    `insert into identity.directory_member (group_id, value, user_id)
      select $1, user_id::text, user_id from identity.directory_user`,
    [groupId],
  );
  await pool.end();
});

/** How the account stands; as it did before where nobody has told it otherwise. */
const account = async (index: number) => (await bed.accountOf(nameOf(index))) ?? { active: true, grants: [clerk] };
const say = (index: number, active: boolean) =>
  bed.scim('PATCH', `/Users/${ids[index]}`, { Operations: [{ op: 'replace', path: 'active', value: active }] });
const sayAll = async (indexes: readonly number[], active: boolean) => {
  for (const index of indexes) expect((await say(index, active)).status).toBe(200);
};
const first = (count: number) => Array.from({ length: count }, (_, index) => index);
const active = async (index: number) => (await account(index)).active;
const out = async () => {
  const all = await Promise.all(ids.map((_, index) => active(index)));
  return all.flatMap((one, index) => (one === false ? [index] : []));
};
const holds = async () => (await bed.operate('GET', '/v1/directory-holds')).body.items;
const decide = (holdId: string, word: string, people: number) =>
  bed.operate('POST', `/v1/directory-holds/${holdId}/${word}`, { people });

describe('one by one', () => {
  test('four go; from the fifth within ten minutes on each waits, and the directory sees what it said', async () => {
    await sayAll(first(7), false);
    expect(await out()).toEqual([0, 1, 2, 3]);
    expect((await bed.scim('GET', `/Users/${ids[6]}`)).body.active).toBe(false);
    const [hold, ...more] = await holds();
    expect(more).toEqual([]);
    expect(hold).toMatchObject({ directory: 'cesis', people: 3, of: 16, shutOutBefore: 4 });
    expect(hold.accounts).toHaveLength(3);
  });

  test('who went longer ago, came back, or went later, is not among those that were counted with who waits', async () => {
    await sayAll(first(2), false);
    bed.later(700);
    await sayAll([2, 3, 4, 5], false);
    await say(5, true);
    await sayAll([6, 7], false);
    expect(await out()).toEqual([0, 1, 2, 3, 4, 6]);
    expect(await holds()).toMatchObject([{ people: 1, of: 14, shutOutBefore: 4 }]);
    bed.later(700);
    await say(8, false);
    expect(await holds()).toMatchObject([{ people: 1, of: 13, shutOutBefore: 4 }]);
  });

  test('over more than ten minutes nobody waits', async () => {
    for (const index of first(8)) {
      await say(index, false);
      bed.later(200);
    }
    expect(await out()).toEqual(first(8));
    expect(await holds()).toEqual([]);
  });

  test('a person lets them go; who goes after that is counted anew', async () => {
    await sayAll(first(6), false);
    const [{ holdId, people }] = await holds();
    expect((await decide(holdId, 'approve', people)).body).toEqual({ people: 2 });
    expect(await out()).toEqual(first(6));
    expect((await decide(holdId, 'approve', people)).status).toBe(404);
    await sayAll([6, 7], false);
    expect(await out()).toEqual(first(8));
  });

  test('a person decides on what was shown, and on nothing that came after', async () => {
    await sayAll(first(5), false);
    const [{ holdId, people }] = await holds();
    await say(5, false);
    const answer = await decide(holdId, 'approve', people);
    expect([answer.status, answer.body.code]).toEqual([409, 'hold_changed']);
    expect(await out()).toEqual(first(4));
  });

  test('a person refuses: they stay in until the directory lets them in and out again', async () => {
    await sayAll(first(5), false);
    const [{ holdId }] = await holds();
    expect((await decide(holdId, 'refuse', 1)).status).toBe(200);
    expect([await active(4), await holds()]).toEqual([true, []]);
    bed.later(700);
    await say(4, false);
    expect(await active(4)).toBe(true);
    await say(4, true);
    await say(4, false);
    expect(await active(4)).toBe(false);
    const { rows } = await bed.database.pool('owner').query('select state, decided_by from identity.directory_hold');
    expect(rows).toEqual([{ state: 'refused', decided_by: 'engineer' }]);
  });

  test('who waits goes on waiting when something else of them changes, also much later', async () => {
    await sayAll(first(5), false);
    bed.later(700);
    const named = await bed.scim('PATCH', `/Users/${ids[4]}`, {
      Operations: [{ op: 'replace', path: 'displayName', value: 'Another' }],
    });
    expect([named.status, await active(4), (await holds()).length]).toEqual([200, true, 1]);
  });

  test('the directory takes it back: nothing waits any more', async () => {
    await sayAll(first(6), false);
    await sayAll([4, 5], true);
    expect(await holds()).toEqual([]);
    expect([await active(4), await active(5)]).toEqual([true, true]);
  });

  test('who is deleted waits the same, and is not found meanwhile', async () => {
    await sayAll(first(4), false);
    expect((await bed.scim('DELETE', `/Users/${ids[10]}`)).status).toBe(204);
    expect((await bed.scim('GET', `/Users/${ids[10]}`)).status).toBe(404);
    expect([await active(10), (await holds())[0].people]).toEqual([true, 1]);
    expect((await account(10)).grants).toEqual([clerk]);
  });
});

test('a group that is emptied takes the roles of many: all wait, with their roles', async () => {
  await bed.scim('PATCH', `/Groups/${groupId}`, { Operations: [{ op: 'remove', path: 'members' }] });
  expect((await holds())[0]).toMatchObject({ people: 20, of: 20, shutOutBefore: 0 });
  for (const index of first(20)) expect((await account(index)).grants).toEqual([clerk]);
  const members = ids.map((value) => ({ value }));
  await bed.scim('PUT', `/Groups/${groupId}`, { displayName: 'VPVKAC Clerks', members });
  expect(await holds()).toEqual([]);
});

test('who changes groups by two requests loses nothing for it', async () => {
  const { body } = await bed.scim('POST', '/Groups', { displayName: 'Supervisors', externalId: 'g-supervisors' });
  for (const index of first(8)) {
    await bed.scim('PATCH', `/Groups/${groupId}`, {
      Operations: [{ op: 'remove', path: `members[value eq "${ids[index]}"]` }],
    });
    await bed.scim('PATCH', `/Groups/${body.id}`, {
      Operations: [{ op: 'add', path: 'members', value: [{ value: ids[index] }] }],
    });
  }
  expect(await holds()).toEqual([]);
  expect((await account(7)).grants).toMatchObject([{ role: 'supervisor' }]);
});

test('operators see how the directories are, without names', async () => {
  await sayAll(first(5), false);
  const { body } = await bed.operate('GET', '/v1/directories');
  expect(body.items).toEqual([
    { name: 'cesis', title: 'Directory cesis', kind: 'scim', people: 16, following: 0, readAt: null, trouble: null },
    { name: 'vsaa', title: 'Directory vsaa', kind: 'scim', people: 0, following: 0, readAt: null, trouble: null },
  ]);
  expect(JSON.stringify(await holds())).not.toContain('person.');
});
