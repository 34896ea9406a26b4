/** A directory that is read: who came, who left, and what a reading that fails must not do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clerk, type DirectoryBed, directoryBed, supervisor } from '../tests/directory-bed.ts';
import { type MemorySource, memoryGroup, memorySource, memoryUser } from '../tests/memory-source.ts';

let bed: DirectoryBed;
let source: MemorySource;
const named = (count: number) => Array.from({ length: count }, (_, index) => memoryUser(`p${index}`));

beforeAll(async () => {
  source = memorySource();
  source.users = [...named(20), memoryUser('anna', { displayName: 'Anna', email: 'anna@novads.example' })];
  source.groups = [memoryGroup('vpvkac clerks', ['uid=anna', 'uid=p0']), memoryGroup('Others', ['uid=p1'])];
  bed = await directoryBed({ source, everyMs: 50 });
});
afterAll(() => bed?.close());

/** Waits until what is there now was read, wholly or in vain. */
const readAgain = async (): Promise<void> => {
  const before = source.readings + 1;
  await expect.poll(() => source.readings, { timeout: 10_000 }).toBeGreaterThan(before);
};
const state = async () =>
  (await bed.operate('GET', '/v1/directories')).body.items.find(({ name }: { name: string }) => name === 'novads');
const account = (name: string) => bed.accountOf(name);
const rows = async (sql: string) => (await bed.database.pool('owner').query(sql)).rows;

test('people are let in, with the roles of their groups; of other groups nothing is kept', async () => {
  await expect.poll(() => account('anna'), { timeout: 10_000 }).toMatchObject({ active: true, grants: [clerk] });
  await expect.poll(() => account('p19'), { timeout: 10_000 }).toMatchObject({ active: true, grants: [] });
  expect(await rows('select display_name as name from identity.directory_group')).toEqual([{ name: 'vpvkac clerks' }]);
  expect(await state()).toMatchObject({ kind: 'ldap', people: 21, trouble: null, readAt: expect.any(String) });
});

test('a reading that says the same changes nothing', async () => {
  const changes = () => rows('select sum(change)::int + sum(version)::int as all from identity.directory_user');
  const before = await changes();
  await readAgain();
  expect(await changes()).toEqual(before);
});

test('who changes name keeps the account, also when two change with each other', async () => {
  const before = await account('anna');
  source.users = source.users.map((user) => {
    if (user.userName === 'anna') return { ...user, userName: 'p1', displayName: 'Anna B' };
    return user.userName === 'p1' ? { ...user, userName: 'anna' } : user;
  });
  await expect
    .poll(() => account('p1'), { timeout: 10_000 })
    .toMatchObject({ accountId: before?.accountId, grants: [clerk] });
});

test('who is marked as gone, or is not there any more, is out; who comes back has the same account', async () => {
  const [one, other] = [await account('p2'), await account('p3')];
  const everybody = source.users;
  source.users = everybody
    .filter(({ userName }) => userName !== 'p2')
    .map((user) => (user.userName === 'p3' ? { ...user, active: false } : user));
  await expect.poll(() => account('p2'), { timeout: 10_000 }).toMatchObject({ active: false, grants: [] });
  await expect.poll(() => account('p3'), { timeout: 10_000 }).toMatchObject({ active: false });
  source.users = everybody;
  await expect.poll(() => account('p2'), { timeout: 10_000 }).toEqual(one);
  await expect.poll(() => account('p3'), { timeout: 10_000 }).toEqual(other);
});

test('groups give and take roles, by their members’ word and by their own, and by user name', async () => {
  source.groups = [
    memoryGroup('vpvkac clerks', ['p4', 'uid=p5', 'uid=nobody']),
    memoryGroup('Seniors', [], 'g-supervisors'),
  ];
  source.users = source.users.map((user) => (user.userName === 'p4' ? { ...user, memberOf: ['cn=seniors'] } : user));
  await expect.poll(async () => (await account('p4'))?.grants, { timeout: 10_000 }).toEqual([clerk, supervisor]);
  await expect.poll(async () => (await account('p5'))?.grants, { timeout: 10_000 }).toEqual([clerk]);
  await expect.poll(async () => (await account('p0'))?.grants, { timeout: 10_000 }).toEqual([]);
});

describe.each(['away', 'within_users', 'within_groups'] as const)('a directory that fails (%s)', (how) => {
  test('changes nothing, says so to operators, and is read again when it is back', async () => {
    source.failing = how;
    await expect.poll(async () => (await state()).trouble, { timeout: 10_000 }).toBe('Error');
    expect((await state()).people).toBe(21);
    expect(await account('p19')).toMatchObject({ active: true });
    source.failing = undefined;
    await expect.poll(async () => (await state()).trouble, { timeout: 10_000 }).toBeNull();
  });
});

test.each([
  ['nobody', () => []],
  ['two people of one name', () => [...source.users, memoryUser('P5', { externalId: 'another' })]],
  ['two people of one id', () => [...source.users, memoryUser('x', { externalId: 'id-p5' })]],
])('a directory that has %s changes nothing', async (_, broken) => {
  const whole = source.users;
  source.users = broken();
  await expect.poll(async () => (await state()).trouble, { timeout: 10_000 }).not.toBeNull();
  expect((await state()).people).toBe(21);
  source.users = whole;
  await expect.poll(async () => (await state()).trouble, { timeout: 10_000 }).toBeNull();
});

test('a reading in which many are gone waits for a person, and everything else of it is done', async () => {
  const everybody = source.users;
  source.users = [...everybody.slice(0, 10), memoryUser('new')];
  await expect.poll(() => account('new'), { timeout: 10_000 }).toMatchObject({ active: true });
  const holds = async () => (await bed.operate('GET', '/v1/directory-holds')).body.items;
  expect(await holds()).toMatchObject([{ directory: 'novads', people: 11 }]);
  await readAgain();
  const [{ holdId }] = await holds();
  expect(await account('p19')).toMatchObject({ active: true });
  expect((await bed.operate('POST', `/v1/directory-holds/${holdId}/approve`, { people: 11 })).status).toBe(200);
  expect(await account('p19')).toMatchObject({ active: false });
  source.users = everybody;
  await expect.poll(() => account('p19'), { timeout: 10_000 }).toMatchObject({ active: true });
});

describe('of several instances', () => {
  test('one reads at a time', async () => {
    const open = source.open;
    let [now, most] = [0, 0];
    source.open = async () => {
      const reading = await open();
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return {
        ...reading,
        close: async () => {
          now--;
          await reading.close();
        },
      };
    };
    const others = [await bed.another(), await bed.another()];
    await readAgain();
    await readAgain();
    expect(most).toBe(1);
    for (const other of others) await other.close();
    source.open = open;
  });

  test('one that was silent for too long changes nothing with its old reading', async () => {
    const open = source.open;
    const gate = Promise.withResolvers<void>();
    source.open = async () => {
      const reading = await open();
      source.open = open;
      const old = [...source.users];
      return {
        ...reading,
        users: async function* () {
          yield old;
        },
        close: async () => {
          await gate.promise;
          await reading.close();
        },
      };
    };
    await expect.poll(() => source.open === open, { timeout: 10_000 }).toBe(true);
    // Its turn is over, and another one reads that p6 is gone.
    await bed.database.pool('owner').query(`
      update identity.directory set claimed_until = now() - interval '1 second', next_read_at = now() where name = 'novads'`);
    const other = await bed.another();
    source.users = source.users.filter(({ userName }) => userName !== 'p6');
    await expect.poll(() => account('p6'), { timeout: 10_000 }).toMatchObject({ active: false });
    gate.resolve();
    await readAgain();
    expect(await account('p6')).toMatchObject({ active: false });
    expect(bed.lines.join()).toContain('another instance has taken the turn');
    await other.close();
  });
});

test('no name and no address of staff is in the log', () => {
  expect(bed.lines.join('\n')).not.toMatch(/anna|p19|novads\.example/i);
});
