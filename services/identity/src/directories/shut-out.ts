import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type InstitutionDirectory, rolesOfGroups } from './directory.ts';

/**
 * A mistake in a directory (a filter that finds nobody, a group emptied by hand) must not shut an institution out. What
 * would do so is held: the tables say what the directory says, the accounts stay as they were, and a person decides.
 *
 * A person is shut out who was in and is not, or who had a role and has none. The directories send one request a person
 * (SCIM), so those that were shut out within the last minutes count with those of this change. Whoever went before the
 * number was reached stays out; from there on each is held.
 */
export interface Patience {
  /** Held from this number of people on … */
  readonly people: number;
  /** … if they are more than this share of those who were in. */
  readonly share: number;
  readonly windowSeconds: number;
}

export const defaultPatience: Patience = { people: 5, share: 0.1, windowSeconds: 600 };

export const isTooMany = (people: number, of: number, patience: Patience): boolean =>
  people >= patience.people && people > patience.share * of;

const standingSql = `
  select user_id as "userId", stands as before, held, case
      when not active or deleted_at is not null then 0
      when exists (select from identity.directory_member m join identity.directory_group g using (group_id)
        where m.user_id = u.user_id and (lower(g.display_name) = any($2) or g.external_id = any($3))) then 2
      else 1 end as after
    from identity.directory_user u where user_id = any($1::uuid[])`;

/** Those who are in, with those who were until a short time ago; and how many of these are not in this change too. */
const countSql = `
  select count(*)::int as people,
      count(*) filter (where shut_out_at > $2 and user_id <> all($3::uuid[]))::int as recent
    from identity.directory_user where directory = $1 and (stands > 0 or shut_out_at > $2)`;

const settleSql = `
  update identity.directory_user u set stands = s.after, held = null,
      shut_out_at = case when s.after < u.stands then $3 when s.after > u.stands then null else u.shut_out_at end
    from unnest($1::uuid[], $2::smallint[]) as s (user_id, after) where u.user_id = s.user_id`;

const holdSql = 'update identity.directory_user set held = $2 where user_id = any($1::uuid[])';

const openHoldSql = `
  insert into identity.directory_hold (hold_id, directory, held_at) values ($1, $2, $3)
    on conflict (directory) where state = 'waiting' do update set directory = excluded.directory
    returning hold_id as "holdId"`;

interface Standing {
  readonly userId: string;
  readonly before: number;
  readonly after: number;
  readonly held: string | null;
}

/** Looks where the people of a change stand now, and holds it where it would shut out too many. */
export async function judge(
  tx: pg.ClientBase,
  directory: InstitutionDirectory,
  userIds: readonly string[],
  { now, patience }: { now: Date; patience: Patience },
): Promise<void> {
  const { names, externalIds } = rolesOfGroups(directory);
  const { rows } = await tx.query<Standing>(standingSql, [userIds, names, externalIds]);
  const lost = rows.filter(({ before, after }) => after < before);
  // Who is held stays so until the directory lets them in again.
  const newly = lost.filter(({ held }) => held === null);
  const hold = newly.length > 0 && (await areTooMany(tx, directory, newly, { now, patience }));
  const waiting = new Set(lost.filter(({ held }) => held !== null || hold).map(({ userId }) => userId));
  const settled = rows.filter(({ userId }) => !waiting.has(userId));
  if (hold) {
    const { rows: opened } = await tx.query<{ holdId: string }>(openHoldSql, [randomUUID(), directory.name, now]);
    await tx.query(holdSql, [newly.map(({ userId }) => userId), opened[0]!.holdId]);
  }
  await tx.query(settleSql, [settled.map(({ userId }) => userId), settled.map(({ after }) => after), now]);
}

async function areTooMany(
  tx: pg.ClientBase,
  directory: InstitutionDirectory,
  lost: readonly Standing[],
  { now, patience }: { now: Date; patience: Patience },
): Promise<boolean> {
  const since = new Date(now.getTime() - patience.windowSeconds * 1_000);
  const { rows } = await tx.query<{ people: number; recent: number }>(countSql, [
    ...[directory.name, since],
    lost.map(({ userId }) => userId),
  ]);
  const { people = 0, recent = 0 } = rows[0] ?? {};
  return isTooMany(lost.length + recent, people, patience);
}
