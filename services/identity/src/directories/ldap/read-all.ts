import { IdentityError } from '../../errors.ts';
import { type GroupRole, isMeant } from '../directory.ts';
import type { DirectorySource, SourceGroup, SourceUser } from './source.ts';

export interface Snapshot {
  readonly users: readonly SourceUser[];
  /** Groups that give a role; the others are not kept. */
  readonly groups: readonly SourceGroup[];
}

/**
 * Reads a directory wholly, or throws: a reading that breaks off half-way must not make the other half leave.
 * `onPage` is told that it goes on.
 */
export async function readAll(
  source: DirectorySource,
  roles: readonly GroupRole[],
  onPage: () => Promise<void> = async () => undefined,
): Promise<Snapshot> {
  const reading = await source.open();
  try {
    const users: SourceUser[] = [];
    for await (const page of reading.users()) {
      users.push(...page);
      await onPage();
    }
    const groups: SourceGroup[] = [];
    for await (const page of reading.groups((group) => roles.some((role) => isMeant(role, group)))) {
      groups.push(...page);
      await onPage();
    }
    if (users.length === 0)
      throw new IdentityError('directory_read', 'the directory has nobody: look at base and filter');
    refuseTwice(users, ({ externalId }) => externalId, 'two people have one id');
    refuseTwice(users, ({ userName }) => userName.toLowerCase(), 'two people have one user name');
    refuseTwice(groups, ({ externalId }) => externalId, 'two groups have one id');
    return { users, groups };
  } finally {
    await reading.close();
  }
}

function refuseTwice<T>(all: readonly T[], keyOf: (one: T) => string, what: string): void {
  if (new Set(all.map(keyOf)).size < all.length) throw new IdentityError('directory_read', what);
}
