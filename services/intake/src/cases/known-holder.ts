import type pg from 'pg';

const KNOWN_HOLDER = `select 1 from catalogue.service where holder_id = $1 and status = 'listed' limit 1`;

/**
 * Whether the catalogue lists a service of this holder. Read from the table, which may lag behind by some
 * milliseconds: holders come with an import and stay.
 */
export async function holderIsKnown(pool: pg.Pool, holderId: string): Promise<boolean> {
  const { rowCount } = await pool.query({ name: 'known_holder', text: KNOWN_HOLDER, values: [holderId] });
  return rowCount === 1;
}
