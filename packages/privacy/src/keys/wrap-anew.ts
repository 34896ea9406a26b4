import { inTransaction } from '@vienuviet/database';
import type pg from 'pg';
import { PrivacyError } from '../errors.ts';
import type { WrappingKeys } from '../wrapping/wrapping-keys.ts';
import { asked, boundTo, type KeyRow } from './subject-keys.ts';

/** How far the keys of persons are wrapped by the current key. */
export interface WrappingProgress {
  readonly current: string;
  /** Keys of living persons by the name of what wraps them. */
  readonly keys: Readonly<Record<string, number>>;
}

const countSql = `
  select wrapped_by as name, count(*)::int as keys from privacy.subject_key where erased_at is null group by 1`;
const takeSql = `
  select subject_id as "subjectId", uuid_send(key_id) as "keyId", wrapped_key as "wrapped", wrapped_by as "wrappedBy"
    from privacy.subject_key where erased_at is null and wrapped_by = any($1)
   order by wrapped_by, subject_id limit $2 for update skip locked`;
const writeSql = `
  update privacy.subject_key k set wrapped_key = w.wrapped, wrapped_by = $3
    from unnest($1::uuid[], $2::bytea[]) as w(subject_id, wrapped) where k.subject_id = w.subject_id`;
const sampleSql = `
  select distinct on (wrapped_by) subject_id as "subjectId", uuid_send(key_id) as "keyId", wrapped_key as "wrapped",
         wrapped_by as "wrappedBy"
    from privacy.subject_key where erased_at is null order by wrapped_by, subject_id`;

/** How many keys each wrapping key wraps. */
export async function wrappingProgress(pool: pg.Pool, { current }: WrappingKeys): Promise<WrappingProgress> {
  const { rows } = await asked(() => pool.query<{ name: string; keys: number }>(countSql));
  return { current, keys: Object.fromEntries(rows.map(({ name, keys }) => [name, keys])) };
}

/**
 * Wraps by the current key up to `limit` keys that an older one of the file wraps; answers how many, 0 when all are
 * done. Each call is a transaction of its own, several may run at once, and after a crash it goes on where it was.
 */
export async function wrapAnew(pool: pg.Pool, keys: WrappingKeys, limit: number): Promise<number> {
  const older = keys.names.filter((name) => name !== keys.current);
  return asked(() =>
    inTransaction(pool, async (tx) => {
      const { rows } = await tx.query<KeyRow>(takeSql, [older, limit]);
      const wrapped = rows.map(({ subjectId, keyId, wrapped, wrappedBy }) => {
        const bound = boundTo(subjectId, keyId);
        const key = keys.unwrap(wrapped!, wrappedBy!, bound);
        const anew = keys.wrap(key, bound);
        key.fill(0);
        return anew;
      });
      if (rows.length > 0) await tx.query(writeSql, [rows.map(({ subjectId }) => subjectId), wrapped, keys.current]);
      return rows.length;
    }),
  );
}

/**
 * Tries the file on one key of each name in the database. Throws `PrivacyError` `wrapping_keys` when one is missing or
 * another than the keys were wrapped with: a service that started so could open nothing.
 */
export async function checkWrappingKeys(pool: pg.Pool, keys: WrappingKeys): Promise<void> {
  const { rows } = await asked(() => pool.query<KeyRow>(sampleSql));
  for (const { subjectId, keyId, wrapped, wrappedBy } of rows) {
    if (wrapped === null || wrappedBy === null) throw new PrivacyError('wrapping_keys', 'a key is not wrapped');
    keys.unwrap(wrapped, wrappedBy, boundTo(subjectId, keyId)).fill(0);
  }
}
