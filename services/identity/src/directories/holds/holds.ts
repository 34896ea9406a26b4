import { type ChangeSettings, changeDirectory } from '../change-directory.ts';
import type { InstitutionDirectory } from '../directory.ts';

/** A change that waits, or has waited, for a person's word. */
export interface Hold {
  readonly holdId: string;
  readonly directory: string;
  readonly heldAt: Date;
  /** Who would be shut out, now that somebody looks; a directory may take some of it back, and add to it. */
  readonly people: number;
  /** How many of the directory are in yet, these people among them. */
  readonly of: number;
  /** Who was shut out one by one before so many were counted together: they do not wait, and stay out. */
  readonly shutOutBefore: number;
  /** Accounts of those people, up to a hundred. */
  readonly accounts: readonly string[];
}

const waitingSql = `
  select h.hold_id as "holdId", h.directory, h.held_at as "heldAt", count(*)::int as people,
      (select count(*)::int from identity.directory_user u where u.directory = h.directory and u.stands > 0) as of,
      (select count(*)::int from identity.directory_user u where u.directory = h.directory and u.held is null
        and u.shut_out_at > h.held_at - make_interval(secs => $1) and u.shut_out_at <= h.held_at) as "shutOutBefore",
      (array_agg(u.account_id order by u.position))[1:100] as accounts
    from identity.directory_hold h join identity.directory_user u on u.held = h.hold_id
    where h.state = 'waiting' group by h.hold_id order by h.held_at`;

/** Everything that waits. */
export async function waitingHolds({ pool, patience }: Pick<ChangeSettings, 'pool' | 'patience'>): Promise<Hold[]> {
  return (await pool.query<Hold>(waitingSql, [patience.windowSeconds])).rows;
}

/** What a person says: it is done as the directory says it, or the people stay in until the directory has them in. */
export type Word = 'approved' | 'refused';

export type Decided =
  | { readonly outcome: 'decided'; readonly people: number; readonly touched: readonly string[] }
  | { readonly outcome: 'not_found' }
  /** Others have come to it, or some have gone, since the person looked. */
  | { readonly outcome: 'changed'; readonly people: number };

const findSql = `
  select (select count(*)::int from identity.directory_user where held = hold_id) as people
    from identity.directory_hold where hold_id = $1 and directory = $2 and state = 'waiting'`;

const decideSql = `
  update identity.directory_hold set state = $2, decided_by = $3, decided_at = $4 where hold_id = $1`;

const letThroughSql = `
  update identity.directory_user set held = null where held = $1 returning user_id as "userId"`;

/** What a person has let through counts no more among those who are shut out one by one. */
const seenSql = `
  update identity.directory_user set shut_out_at = null
    where directory = $1 and shut_out_at is not null`;

/** Decides on a hold as it was seen: `people` is the number that the person was shown. */
export async function decideHold(
  settings: ChangeSettings,
  directory: InstitutionDirectory,
  holdId: string,
  { word, people, actorId }: { word: Word; people: number; actorId: string },
): Promise<Decided> {
  // Whoever is let out here was counted before.
  const patience = { people: Number.POSITIVE_INFINITY, share: 1, windowSeconds: 0 };
  const { result } = await changeDirectory<Decided>({ ...settings, patience }, directory, async ({ tx, touched }) => {
    const { rows } = await tx.query<{ people: number }>(findSql, [holdId, directory.name]);
    if (rows[0] === undefined || rows[0].people === 0) return { outcome: 'not_found' };
    if (rows[0].people !== people) return { outcome: 'changed', people: rows[0].people };
    await tx.query(decideSql, [holdId, word, actorId, settings.clock()]);
    if (word === 'refused') return { outcome: 'decided', people, touched: [] };
    const through = (await tx.query<{ userId: string }>(letThroughSql, [holdId])).rows.map(({ userId }) => userId);
    touched(through);
    return { outcome: 'decided', people, touched: through };
  });
  if (result.outcome === 'decided' && word === 'approved') await settings.pool.query(seenSql, [directory.name]);
  return result;
}
