import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { DirectoryChange } from './change-directory.ts';

/** What a directory says of a person, as far as it is kept. */
export interface UserWord {
  readonly userName: string;
  readonly externalId: string | null;
  readonly displayName: string | null;
  readonly name: Readonly<Record<string, string>> | null;
  readonly emails: readonly Readonly<Record<string, unknown>>[];
  readonly active: boolean;
}

export interface UserRow extends UserWord {
  readonly userId: string;
  readonly version: number;
  readonly madeAt: Date;
  readonly changedAt: Date;
}

export const userColumns = `
  user_id as "userId", user_name as "userName", external_id as "externalId", display_name as "displayName", name, emails,
  active, version, made_at as "madeAt", changed_at as "changedAt"`;

const findSql = `
  select ${userColumns} from identity.directory_user where directory = $1 and user_id = $2 and deleted_at is null`;

const takenSql = `
  select from identity.directory_user where directory = $1 and deleted_at is null and user_id <> $4
    and (lower(user_name) = lower($2) or external_id = $3) limit 1`;

const addSql = `
  insert into identity.directory_user
      (user_id, account_id, directory, user_name, external_id, display_name, name, emails, active)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${userColumns}`;

const changeSql = `
  update identity.directory_user set user_name = $2, external_id = $3, display_name = $4, name = $5, emails = $6,
      active = $7, version = version + 1, changed_at = now()
    where user_id = $1 returning ${userColumns}`;

const deleteSql = `
  update identity.directory_user set deleted_at = now(), version = version + 1, changed_at = now() where user_id = $1`;

const leaveSql = `
  with gone as (delete from identity.directory_member where user_id = $1 returning group_id)
  update identity.directory_group set version = version + 1, changed_at = now()
    where group_id in (select group_id from gone)`;

/** Members that were named before they were known. */
const joinSql = `
  update identity.directory_member m set user_id = $2 from identity.directory_group g
    where g.group_id = m.group_id and g.directory = $1 and m.user_id is null
      and lower(m.value) in (lower($3), lower($4)) and (m.value = $4 or lower(m.value) = lower($3))`;

/** A person of this directory; somebody of another is not there. */
export async function findUser(
  tx: Pick<pg.ClientBase, 'query'>,
  directory: string,
  userId: string,
): Promise<UserRow | undefined> {
  const { rows } = await tx.query<UserRow>(findSql, [directory, userId]);
  return rows[0];
}

/** Undefined where the name or the id is somebody else's in this directory. */
export async function addUser(change: DirectoryChange, word: UserWord): Promise<UserRow | undefined> {
  const { tx, directory } = change;
  const userId = randomUUID();
  if (await isTaken(change, word, userId)) return undefined;
  // A person who comes again after having been deleted gets a new account: names are given to others in time.
  const { rows } = await tx.query<UserRow>(addSql, [userId, randomUUID(), directory.name, ...valuesOf(word)]);
  await join(change, word, userId);
  return rows[0];
}

/** The row as it is then; undefined where the name or the id is somebody else's in this directory. */
export async function changeUser(change: DirectoryChange, before: UserRow, word: UserWord) {
  if (isDeepStrictEqual(wordOf(before), wordOf(word))) return before;
  if (await isTaken(change, word, before.userId)) return undefined;
  const { rows } = await change.tx.query<UserRow>(changeSql, [before.userId, ...valuesOf(word)]);
  await join(change, word, before.userId);
  return rows[0];
}

export async function deleteUser(change: DirectoryChange, { userId }: UserRow): Promise<void> {
  await change.tx.query(leaveSql, [userId]);
  await change.tx.query(deleteSql, [userId]);
  change.touched([userId]);
}

async function isTaken({ tx, directory }: DirectoryChange, { userName, externalId }: UserWord, userId: string) {
  const { rowCount } = await tx.query(takenSql, [directory.name, userName, externalId, userId]);
  return rowCount !== 0;
}

async function join(change: DirectoryChange, { userName, externalId }: UserWord, userId: string): Promise<void> {
  await change.tx.query(joinSql, [change.directory.name, userId, userName, externalId]);
  change.touched([userId]);
}

/** What is said, without what is only ours. */
const wordOf = ({ userName, externalId, displayName, name, emails, active }: UserWord): UserWord => ({
  ...{ userName, externalId, displayName, name, emails, active },
});

const valuesOf = ({ userName, externalId, displayName, name, emails, active }: UserWord) => [
  ...[userName, externalId, displayName, name === null ? null : JSON.stringify(name)],
  ...[JSON.stringify(emails), active],
];
