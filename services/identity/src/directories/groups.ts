import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { DirectoryChange } from './change-directory.ts';

export interface GroupWord {
  readonly displayName: string;
  readonly externalId: string | null;
}

export interface GroupRow extends GroupWord {
  readonly groupId: string;
  readonly version: number;
  readonly madeAt: Date;
  readonly changedAt: Date;
}

/** What is to happen to the members, in order. */
export type MemberChange =
  | { readonly kind: 'add' | 'remove' | 'replace'; readonly values: readonly string[] }
  | { readonly kind: 'remove_all' };

export const groupColumns = `
  group_id as "groupId", display_name as "displayName", external_id as "externalId", version, made_at as "madeAt",
  changed_at as "changedAt"`;

const findSql = `select ${groupColumns} from identity.directory_group where directory = $1 and group_id = $2`;

const takenSql = `
  select from identity.directory_group where directory = $1 and group_id <> $4
    and (lower(display_name) = lower($2) or external_id = $3) limit 1`;

const addSql = `
  insert into identity.directory_group (group_id, directory, display_name, external_id)
    values ($1, $2, $3, $4) returning ${groupColumns}`;

const changeSql = `
  update identity.directory_group set display_name = $2, external_id = $3, version = version + 1, changed_at = now()
    where group_id = $1 returning ${groupColumns}`;

const versionSql = `
  update identity.directory_group set version = version + 1, changed_at = now()
    where group_id = $1 returning ${groupColumns}`;

const deleteSql = 'delete from identity.directory_group where group_id = $1';
const usersOfSql = `
  select user_id as "userId" from identity.directory_member where group_id = $1 and user_id is not null`;

/** A value is the id of a user here; some send the user's id or name in the directory instead. */
const meant = `
  with given as (
    select value, case when value ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then value::uuid end as id
      from unnest($3::text[]) as given (value)
  ), meant as (
    select given.value, coalesce(by_id.user_id, by_external_id.user_id, by_name.user_id) as user_id from given
      left join identity.directory_user by_id
        on by_id.user_id = given.id and by_id.directory = $2 and by_id.deleted_at is null
      left join identity.directory_user by_external_id on by_external_id.external_id = given.value
        and by_external_id.directory = $2 and by_external_id.deleted_at is null
      left join identity.directory_user by_name on lower(by_name.user_name) = lower(given.value)
        and by_name.directory = $2 and by_name.deleted_at is null
  )`;

const addMembersSql = `${meant}
  insert into identity.directory_member (group_id, value, user_id)
    select $1, value, user_id from meant where not exists (select from identity.directory_member known
      where known.group_id = $1 and (known.value = meant.value or known.user_id = meant.user_id))
    on conflict do nothing returning user_id as "userId"`;

const removeMembersSql = `${meant}
  delete from identity.directory_member member using meant
    where group_id = $1 and (member.value = meant.value or member.user_id = meant.user_id)
    returning member.user_id as "userId"`;

const keepMembersSql = `${meant}
  delete from identity.directory_member member where group_id = $1
    and not exists (select from meant where meant.value = member.value)
    and not exists (select from meant where meant.user_id = member.user_id)
    returning user_id as "userId"`;

export async function findGroup(
  tx: Pick<pg.ClientBase, 'query'>,
  directory: string,
  groupId: string,
): Promise<GroupRow | undefined> {
  const { rows } = await tx.query<GroupRow>(findSql, [directory, groupId]);
  return rows[0];
}

/** Undefined where the name or the id is another group's in this directory. */
export async function addGroup(change: DirectoryChange, word: GroupWord): Promise<GroupRow | undefined> {
  const groupId = randomUUID();
  if (await isTaken(change, word, groupId)) return undefined;
  const values = [groupId, change.directory.name, word.displayName, word.externalId];
  return (await change.tx.query<GroupRow>(addSql, values)).rows[0];
}

/** The row as it is then; undefined where the name or the id is another group's in this directory. */
export async function changeGroup(change: DirectoryChange, before: GroupRow, word: GroupWord) {
  const { groupId } = before;
  if (before.displayName === word.displayName && before.externalId === word.externalId) return before;
  if (await isTaken(change, word, groupId)) return undefined;
  const { rows } = await change.tx.query<GroupRow>(changeSql, [groupId, word.displayName, word.externalId]);
  await touchAll(change, groupId);
  return rows[0];
}

export async function deleteGroup(change: DirectoryChange, { groupId }: GroupRow): Promise<void> {
  await touchAll(change, groupId);
  await change.tx.query(deleteSql, [groupId]);
}

/** Applies changes of members; returns the row, with a new version where anything changed. */
export async function changeMembers(
  change: DirectoryChange,
  group: GroupRow,
  changes: readonly MemberChange[],
): Promise<GroupRow> {
  let changed = 0;
  for (const one of changes) for (const sql of statementsOf(change, group, one)) changed += await apply(change, sql);
  if (changed === 0) return group;
  return (await change.tx.query<GroupRow>(versionSql, [group.groupId])).rows[0] ?? group;
}

type Statement = readonly [text: string, values: readonly unknown[]];

function statementsOf({ directory }: DirectoryChange, { groupId }: GroupRow, change: MemberChange): Statement[] {
  const given = [groupId, directory.name, change.kind === 'remove_all' ? [] : [...new Set(change.values)]];
  if (change.kind === 'add') return [[addMembersSql, given]];
  if (change.kind === 'remove') return [[removeMembersSql, given]];
  if (change.kind === 'remove_all') return [[keepMembersSql, given]];
  return [
    [keepMembersSql, given],
    [addMembersSql, given],
  ];
}

async function apply(change: DirectoryChange, [text, values]: Statement): Promise<number> {
  const { rows } = await change.tx.query<{ userId: string | null }>(text, [...values]);
  change.touched(rows.flatMap(({ userId }) => userId ?? []));
  return rows.length;
}

async function touchAll(change: DirectoryChange, groupId: string): Promise<void> {
  const { rows } = await change.tx.query<{ userId: string }>(usersOfSql, [groupId]);
  change.touched(rows.map(({ userId }) => userId));
}

async function isTaken({ tx, directory }: DirectoryChange, { displayName, externalId }: GroupWord, groupId: string) {
  const { rowCount } = await tx.query(takenSql, [directory.name, displayName, externalId, groupId]);
  return rowCount !== 0;
}
