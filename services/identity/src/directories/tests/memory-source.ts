import type { DirectorySource, SourceGroup, SourceUser } from '../ldap/source.ts';

/** A directory in memory that is read like any other. */
export interface MemorySource extends DirectorySource {
  users: SourceUser[];
  groups: SourceGroup[];
  /** While set: nothing is read, or the reading breaks off after the first page of people, or of groups. */
  failing: 'away' | 'within_users' | 'within_groups' | undefined;
  /** How often it was read to its end. */
  readings: number;
}

export const memoryUser = (name: string, more: Partial<SourceUser> = {}): SourceUser => ({
  ...{ externalId: `id-${name}`, userName: name, displayName: null, givenName: null, familyName: null, email: null },
  ...{ active: true, memberName: `uid=${name}`, memberOf: [], ...more },
});

export const memoryGroup = (
  displayName: string,
  members: readonly string[],
  externalId = displayName,
): SourceGroup => ({
  ...{ externalId, displayName, groupName: `cn=${displayName.toLowerCase()}`, members },
});

export function memorySource(pageSize = 5): MemorySource {
  async function* pages<T>(all: readonly T[], breaks: boolean): AsyncGenerator<readonly T[]> {
    for (let from = 0; from < all.length; from += pageSize) {
      yield all.slice(from, from + pageSize);
      if (breaks) throw new Error('the connection was lost');
    }
  }
  const source: MemorySource = {
    ...{ users: [], groups: [], failing: undefined, readings: 0 },
    open: async () => {
      if (source.failing === 'away') throw new Error('nobody answers');
      return {
        users: () => pages(source.users, source.failing === 'within_users'),
        groups: (isWanted) => pages(source.groups.filter(isWanted), source.failing === 'within_groups'),
        close: async () => {
          source.readings++;
        },
      };
    },
  };
  return source;
}
