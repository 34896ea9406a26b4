import { expect, test } from 'vitest';
import { readAll } from './read-all.ts';
import type { DirectorySource } from './source.ts';

/** What a test can do with the directory behind a source. */
export interface ContractBed {
  readonly source: DirectorySource;
  /** Puts people there, and returns how groups call them. */
  addPerson(userName: string, more?: { displayName?: string; email?: string; inactive?: boolean }): Promise<string>;
  addGroup(displayName: string, members: readonly string[]): Promise<void>;
  removePerson(userName: string): Promise<void>;
  /** Once the first page was read, the rest cannot be. */
  breakOff(): Promise<void>;
  mend(): Promise<void>;
  away(): Promise<void>;
}

const roles = [
  { group: { displayName: 'Clerks' }, grant: { role: 'auditor' } },
  { group: { displayName: 'Seniors' }, grant: { role: 'auditor' } },
] as const;

/** What every source of a directory must do; run for each adapter, against the real thing. */
export function directorySourceContract(bedOf: () => ContractBed): void {
  const read = () => readAll(bedOf().source, roles);

  test('gives everybody, over more than one page, with what is known of them', async () => {
    const bed = bedOf();
    const names: string[] = [];
    for (let index = 0; index < 12; index++) names.push(await bed.addPerson(`person.${index}`));
    await bed.addPerson('anna', { displayName: 'Anna Ozoliņa', email: 'anna@cesis.example' });
    await bed.addPerson('gone', { inactive: true });
    await bed.addGroup('Clerks', names.slice(0, 7));
    await bed.addGroup('Others', names);
    const { users } = await read();
    expect(users).toHaveLength(14);
    expect(users.find(({ userName }) => userName === 'anna')).toMatchObject({
      ...{ displayName: 'Anna Ozoliņa', email: 'anna@cesis.example', active: true },
    });
    expect(users.filter(({ active }) => !active).map(({ userName }) => userName)).toEqual(['gone']);
    expect(new Set(users.map(({ externalId }) => externalId)).size).toBe(14);
  });

  test('gives the groups that are wanted and no other, with their members as people are called', async () => {
    const { users, groups } = await read();
    expect(groups.map(({ displayName }) => displayName)).toEqual(['Clerks']);
    const called = users.filter(({ memberName }) => groups[0]?.members.includes(memberName));
    expect(called.map(({ userName }) => userName).sort()).toEqual(
      Array.from({ length: 7 }, (_, index) => `person.${index}`),
    );
  });

  test('gives the same person by the same id, every time', async () => {
    const [one, other] = [await read(), await read()];
    const ids = ({ users }: Awaited<ReturnType<typeof read>>) =>
      users.map(({ externalId, userName }) => [userName, externalId]);
    expect(new Map(ids(one) as [string, string][])).toEqual(new Map(ids(other) as [string, string][]));
  });

  test('gives nobody who is not there any more', async () => {
    await bedOf().removePerson('anna');
    expect((await read()).users.map(({ userName }) => userName)).not.toContain('anna');
  });

  test('throws when it breaks off half-way, and gives everybody once it is mended', async () => {
    await bedOf().breakOff();
    await expect(read()).rejects.toThrow();
    await bedOf().mend();
    expect((await read()).users).toHaveLength(13);
  });

  test('throws while nobody answers', async () => {
    await bedOf().away();
    await expect(read()).rejects.toThrow();
    await bedOf().mend();
    expect((await read()).users).toHaveLength(13);
  });
}
