import type { Queryable } from '@vienuviet/event-store';
import type { InstitutionDirectory } from './directory.ts';

const FIND = `
  select account_id from identity.directory_user
   where deleted_at is null
     and (directory = any($2) and external_id = $1 or directory = any($3) and lower(user_name) = lower($1))
   limit 2`;

/**
 * The account of whoever the provider of the institutions knows as `subject`, by the directories that say so. Undefined
 * where nobody is called so, and where two directories call somebody so: neither may speak for the other's people.
 */
export async function accountOfSubject(
  db: Queryable,
  directories: readonly InstitutionDirectory[],
  subject: string,
): Promise<string | undefined> {
  const found = await accountsOf(db, directories, subject);
  return found.length === 1 ? found[0] : undefined;
}

/** Whether a directory says who `subject` is. */
export const isSubject = async (
  db: Queryable,
  directories: readonly InstitutionDirectory[],
  subject: string,
): Promise<boolean> => (await accountsOf(db, directories, subject)).length > 0;

async function accountsOf(
  db: Queryable,
  directories: readonly InstitutionDirectory[],
  subject: string,
): Promise<string[]> {
  const named = (by: 'externalId' | 'userName') =>
    directories.filter((directory) => directory.subject === by).map(({ name }) => name);
  const { rows } = await db.query<{ account_id: string }>(FIND, [subject, named('externalId'), named('userName')]);
  return rows.map((row) => row.account_id);
}
