import { createHash } from 'node:crypto';
import type pg from 'pg';

/** As long as the sign-in that it belongs to. */
const heldSeconds = 15 * 60;

const putSql = `
  insert into identity.provider_state (model, id, payload, expires_at)
  values ($1, $2, $3, now() + make_interval(secs => ${heldSeconds}))`;
const takeSql = `
  delete from identity.provider_state where model = $1 and id = $2 returning payload, expires_at > now() as alive`;

export interface Pending<Kept> {
  put(state: string, kept: Kept): Promise<void>;
  /** What was put; once, also when many ask at once. */
  take(state: string): Promise<Kept | undefined>;
}

/**
 * What is remembered while a person is at the upstream provider, under a hash of the `state` that comes back. It lies
 * with the provider's own memory, which is cleaned of what has run out.
 */
export function openPending<Kept extends object>(pool: pg.Pool, model: string): Pending<Kept> {
  const idOf = (state: string): string => createHash('sha256').update(state).digest('base64url');
  return {
    put: async (state, kept) => {
      await pool.query(putSql, [model, idOf(state), JSON.stringify(kept)]);
    },
    take: async (state) => {
      const { rows } = await pool.query<{ payload: Kept; alive: boolean }>(takeSql, [model, idOf(state)]);
      return rows[0]?.alive ? rows[0].payload : undefined;
    },
  };
}
