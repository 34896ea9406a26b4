import { describe, expect, test } from 'vitest';
import { directoryOf } from './directory.ts';
import { readPeople } from './person.ts';

const clerk = { name: 'clerk.cesis.1', title: 'Clerk 1 of Cēsis', grants: [{ role: 'clerk', centreId: 'c' }] };
const read = (...entries: unknown[]) => readPeople('people.json', JSON.stringify(entries));

describe('a file of people', () => {
  test('is read, and nobody is featured or gives roles on without saying so', () => {
    expect(read(clerk)).toEqual([{ ...clerk, featured: false, mayGrant: false }]);
  });

  test.each([
    ['no list', '{}', /is not a list/],
    ['half a file', '[{"name":', /is not JSON/],
    ['an entry that is none', '[null]', /entry 1: name/],
    ['a name with spaces', JSON.stringify([{ ...clerk, name: 'Anna Bērziņa' }]), /entry 1: name/],
    ['no title', JSON.stringify([clerk, { ...clerk, name: 'b', title: '' }]), /entry 2 \(b\): title/],
    ['no grants', JSON.stringify([{ ...clerk, grants: [] }]), /grants are missing/],
    ['a role that nobody knows', JSON.stringify([{ ...clerk, grants: [{ role: 'king' }] }]), /grant 1 is not a role/],
    ['a clerk of no centre', JSON.stringify([{ ...clerk, grants: [{ role: 'clerk' }] }]), /grant 1 is not a role/],
    ['featured as text', JSON.stringify([{ ...clerk, featured: 'yes' }]), /featured/],
  ])('with %s is refused, and the entry named', (_name, text, message) => {
    expect(() => readPeople('people.json', text)).toThrow(message);
  });
});

describe('the directory', () => {
  const people = read(
    { ...clerk, name: 'b', featured: true },
    { ...clerk, name: 'a', title: 'Supervisor of Ādaži' },
    { ...clerk, name: 'c', featured: true },
  );
  const directory = directoryOf(people);
  const names = (query: Parameters<typeof directory.list>[0]) => directory.list(query).map(({ name }) => name);

  test('lists by name, after a name, and no more than asked for', () => {
    expect(names({ limit: 10 })).toEqual(['a', 'b', 'c']);
    expect(names({ limit: 1, after: 'a' })).toEqual(['b']);
    expect(names({ limit: 10, featured: true })).toEqual(['b', 'c']);
    expect(names({ limit: 10, text: 'ādaži' })).toEqual(['a']);
  });

  test('refuses a name that is given twice', () => {
    expect(() => directoryOf([...people, ...people.slice(0, 1)])).toThrow(/the name b is given twice/);
  });

  test('knows nobody by the name of a field', () => {
    expect(directory.find('constructor')).toBeUndefined();
  });
});
