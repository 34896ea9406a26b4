import type pg from 'pg';
import type { Seal } from '../keys/sealing.ts';

export interface SecondFactors {
  /** The secret of a confirmed factor. */
  find(accountId: string): Promise<string | undefined>;
  /** The secret to show in a sign-in, made when it has none; undefined when the account has a confirmed factor. */
  show(accountId: string, uid: string, make: () => string): Promise<string | undefined>;
  /** The secret that a sign-in was shown, while it is not confirmed and no other sign-in was shown another one. */
  shown(accountId: string, uid: string): Promise<string | undefined>;
  /** Whether the secret that the sign-in was shown is confirmed by this: by one of many at once. */
  confirm(accountId: string, uid: string, step: number): Promise<boolean>;
  /** Whether this period's code is used now, and none of it or of a later one was before. */
  use(accountId: string, step: number): Promise<boolean>;
  /** Whether there was one. */
  reset(accountId: string): Promise<boolean>;
}

const sql = {
  find: `select sealed_secret from identity.second_factor where account_id = $1 and confirmed_at is not null`,
  shown: `select sealed_secret from identity.second_factor where account_id = $1 and shown_in = $2`,
  show: `
    insert into identity.second_factor as known (account_id, shown_in, sealed_secret) values ($1, $2, $3)
    on conflict (account_id) do update
      set shown_in = excluded.shown_in,
          sealed_secret = case known.shown_in when excluded.shown_in then known.sealed_secret
                                              else excluded.sealed_secret end
      where known.confirmed_at is null
    returning sealed_secret`,
  confirm: `
    update identity.second_factor set confirmed_at = now(), shown_in = null, last_step = $3
     where account_id = $1 and shown_in = $2`,
  use: `
    update identity.second_factor set last_step = $2
     where account_id = $1 and confirmed_at is not null and last_step < $2`,
  reset: `delete from identity.second_factor where account_id = $1`,
} as const;

/** Second factors in PostgreSQL, sealed under the account's name: one row cannot be put in the place of another. */
export function openSecondFactors(pool: pg.Pool, seal: Seal): SecondFactors {
  const nameOf = (accountId: string): string => `second factor of ${accountId}`;
  const secretOf = async (text: string, accountId: string, ...more: unknown[]): Promise<string | undefined> => {
    const { rows } = await pool.query<{ sealed_secret: Buffer }>(text, [accountId, ...more]);
    return rows[0] && seal.open(rows[0].sealed_secret, nameOf(accountId));
  };
  const changed = async (text: string, ...values: unknown[]): Promise<boolean> =>
    (await pool.query(text, values)).rowCount === 1;
  return {
    find: (accountId) => secretOf(sql.find, accountId),
    show: (accountId, uid, make) => secretOf(sql.show, accountId, uid, seal.seal(make(), nameOf(accountId))),
    shown: (accountId, uid) => secretOf(sql.shown, accountId, uid),
    confirm: (accountId, uid, step) => changed(sql.confirm, accountId, uid, step),
    use: (accountId, step) => changed(sql.use, accountId, step),
    reset: (accountId) => changed(sql.reset, accountId),
  };
}
