import { readFile } from 'node:fs/promises';
import { IdentityError } from '../errors.ts';
import { type Person, readPeople } from './person.ts';

/** The sample people, by name and in the order of their names. */
export interface Directory {
  find(name: string): Person | undefined;
  /** Up to `limit` people after a name; `text` is looked for in name and title. */
  list(query: { after?: string | undefined; limit: number; featured?: boolean; text?: string | undefined }): Person[];
  readonly size: number;
}

/** No sample people: in production. */
export const nobody: Directory = { size: 0, find: () => undefined, list: () => [] };

/** Reads the files of people; a name that stands in two of them is refused. */
export async function loadDirectory(files: readonly string[]): Promise<Directory> {
  const people = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        throw new IdentityError('people_file', `cannot read ${file}`, { cause: error });
      });
      return readPeople(file, text);
    }),
  );
  const all = people.flat();
  if (all.length === 0) throw new IdentityError('people_file', 'there are no people: name a file of them');
  return directoryOf(all);
}

export function directoryOf(people: readonly Person[]): Directory {
  const byName = new Map(people.map((person) => [person.name, person]));
  if (byName.size !== people.length) {
    const twice = people.find((person, index) => people.findIndex(({ name }) => name === person.name) !== index);
    throw new IdentityError('people_file', `the name ${twice?.name} is given twice`);
  }
  const sorted = [...people].sort((one, other) => (one.name < other.name ? -1 : 1));
  return {
    size: people.length,
    find: (name) => byName.get(name),
    list: ({ after, limit, featured, text }) => {
      const wanted = text?.toLowerCase();
      return sorted
        .filter((person) => after === undefined || person.name > after)
        .filter((person) => featured === undefined || person.featured === featured)
        .filter(({ name, title }) => wanted === undefined || `${name} ${title}`.toLowerCase().includes(wanted))
        .slice(0, limit);
    },
  };
}
