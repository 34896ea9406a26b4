import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { DirectoryChange } from '../change-directory.ts';
import type { Snapshot } from './read-all.ts';
import type { SourceUser } from './source.ts';

/** The rows of a directory, with those whom it knew once: an id of a directory that is read is never another's. */
const rowsSql = `
  select distinct on (external_id) user_id as "userId", external_id as "externalId", deleted_at is not null as deleted,
      jsonb_build_array(user_name, display_name, name, emails, active) as word
    from identity.directory_user where directory = $1 and external_id is not null
    order by external_id, deleted_at desc nulls first`;

const goneSql = `
  update identity.directory_user set deleted_at = now(), version = version + 1, changed_at = now()
    where user_id = any($1::uuid[])`;

const leaveSql = 'delete from identity.directory_member where user_id = any($1::uuid[])';

/** Two people may change names with each other: all let go of theirs first. */
const letGoSql = 'update identity.directory_user set user_name = user_id::text where user_id = any($1::uuid[])';

const given = `jsonb_to_recordset($1::jsonb) as given (
  "userId" uuid, "accountId" uuid, "externalId" text, "userName" text, "displayName" text, name jsonb, emails jsonb,
  active boolean)`;

const changeSql = `
  update identity.directory_user u set user_name = "userName", display_name = "displayName", name = given.name,
      emails = given.emails, active = given.active, deleted_at = null, version = version + 1, changed_at = now()
    from ${given} where u.user_id = "userId"`;

const addSql = `
  insert into identity.directory_user
      (user_id, account_id, directory, external_id, user_name, display_name, name, emails, active)
    select "userId", "accountId", $2, "externalId", "userName", "displayName", given.name, given.emails, given.active
      from ${given}`;

const addGroupsSql = `
  insert into identity.directory_group (group_id, directory, external_id, display_name)
    select gen_random_uuid(), $2, "externalId", "displayName"
      from jsonb_to_recordset($1::jsonb) as given ("externalId" text, "displayName" text)
    on conflict (directory, external_id) do update set display_name = excluded.display_name
      where directory_group.display_name <> excluded.display_name`;

/** Whoever is in a group that is renamed or goes may have another role. */
const dropGroupsSql = `
  with gone as (select group_id from identity.directory_group
    where directory = $1 and (external_id is null or external_id <> all($2))),
  left_out as (delete from identity.directory_member where group_id in (select group_id from gone) returning user_id)
  select user_id as "userId" from left_out where user_id is not null`;

const dropEmptySql = `
  delete from identity.directory_group where directory = $1 and (external_id is null or external_id <> all($2))`;

const membersSql = `
  with wanted as (
    select g.group_id, given."userId" as user_id
      from jsonb_to_recordset($2::jsonb) as given ("externalId" text, "userId" uuid)
      join identity.directory_group g on g.directory = $1 and g.external_id = given."externalId"
  ), gone as (
    delete from identity.directory_member m using identity.directory_group g
      where g.group_id = m.group_id and g.directory = $1
        and not exists (select from wanted w where w.group_id = m.group_id and w.user_id = m.user_id)
      returning m.user_id
  ), added as (
    insert into identity.directory_member (group_id, value, user_id)
      select group_id, user_id::text, user_id from wanted on conflict do nothing returning user_id
  )
  select user_id as "userId" from gone where user_id is not null union select user_id from added`;

const renamedSql = `
  select m.user_id as "userId" from identity.directory_member m join identity.directory_group g using (group_id)
    join jsonb_to_recordset($2::jsonb) as given ("externalId" text, "displayName" text)
      on given."externalId" = g.external_id and given."displayName" <> g.display_name
    where g.directory = $1 and m.user_id is not null`;

interface KnownRow {
  readonly userId: string;
  readonly externalId: string;
  readonly deleted: boolean;
  readonly word: readonly unknown[];
}

/** Makes the tables say what a directory said when it was read: who came, who changed, who is not there any more. */
export async function applySnapshot(change: DirectoryChange, { users, groups }: Snapshot): Promise<void> {
  const { tx, directory, touched } = change;
  const known = (await tx.query<KnownRow>(rowsSql, [directory.name])).rows;
  const byExternalId = new Map(known.map((row) => [row.externalId, row]));
  const people = users.map((user) => {
    const row = byExternalId.get(user.externalId);
    return { row, user, record: { ...recordOf(user), userId: row?.userId ?? randomUUID(), accountId: randomUUID() } };
  });
  const here = new Set(users.map(({ externalId }) => externalId));
  const gone = known.filter((row) => !row.deleted && !here.has(row.externalId)).map(({ userId }) => userId);
  const come = people.filter(({ row }) => row === undefined);
  const changed = people.filter(({ row, record }) => row !== undefined && (row.deleted || !says(row, record)));
  const ids = (some: typeof people) => some.map(({ record }) => record.userId);
  const records = (some: typeof people) => JSON.stringify(some.map(({ record }) => record));

  await tx.query(leaveSql, [gone]);
  await tx.query(goneSql, [gone]);
  await tx.query(letGoSql, [ids(changed)]);
  await tx.query(changeSql, [records(changed)]);
  await tx.query(addSql, [records(come), directory.name]);
  touched([...gone, ...ids(changed), ...ids(come)]);
  await applyGroups(
    change,
    groups,
    people.map(({ user, record }) => ({ user, userId: record.userId })),
  );
}

async function applyGroups(
  { tx, directory, touched }: DirectoryChange,
  groups: Snapshot['groups'],
  people: readonly { readonly user: SourceUser; readonly userId: string }[],
): Promise<void> {
  const note = async (text: string, values: readonly unknown[]): Promise<void> => {
    const { rows } = await tx.query<{ userId: string }>(text, [...values]);
    touched(rows.map(({ userId }) => userId));
  };
  const named = JSON.stringify(groups.map(({ externalId, displayName }) => ({ externalId, displayName })));
  const ids = groups.map(({ externalId }) => externalId);
  await note(dropGroupsSql, [directory.name, ids]);
  await tx.query(dropEmptySql, [directory.name, ids]);
  await note(renamedSql, [directory.name, named]);
  await tx.query(addGroupsSql, [named, directory.name]);
  await note(membersSql, [directory.name, JSON.stringify(membershipsOf(groups, people))]);
}

/** Who is in which group: by the group's word or by the person's. */
function membershipsOf(
  groups: Snapshot['groups'],
  people: readonly { readonly user: SourceUser; readonly userId: string }[],
): { externalId: string; userId: string }[] {
  const byName = new Map(people.map(({ user, userId }) => [user.userName.toLowerCase(), userId]));
  for (const { user, userId } of people) byName.set(user.memberName, userId);
  return groups.flatMap(({ externalId, groupName, members }) => {
    const ofGroup = members.flatMap((member) => byName.get(member) ?? []);
    const ofPeople = people.filter(({ user }) => user.memberOf.includes(groupName)).map(({ userId }) => userId);
    return [...new Set([...ofGroup, ...ofPeople])].map((userId) => ({ externalId, userId }));
  });
}

const recordOf = ({ externalId, userName, displayName, givenName, familyName, email, active }: SourceUser) => ({
  ...{ externalId, userName, displayName, active },
  name:
    givenName === null && familyName === null
      ? null
      : { ...(givenName === null ? {} : { givenName }), ...(familyName === null ? {} : { familyName }) },
  emails: email === null ? [] : [{ value: email, type: 'work' }],
});

/** Whether a row says the same already. */
const says = ({ word }: KnownRow, { userName, displayName, name, emails, active }: ReturnType<typeof recordOf>) =>
  isDeepStrictEqual(word, [userName, displayName, name, emails, active]);
