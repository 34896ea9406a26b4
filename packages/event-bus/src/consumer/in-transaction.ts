import type pg from 'pg';

/**
 * Runs `work` in a transaction; a connection that cannot even roll back is thrown away. `first` is sent together with
 * the `begin`, without waiting in between.
 */
export async function inTransaction<T, First extends pg.QueryResultRow>(
  pool: pg.Pool,
  first: pg.QueryConfig,
  work: (tx: pg.PoolClient, first: pg.QueryResult<First>) => Promise<T>,
): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    const [, opened] = await Promise.all([tx.query('begin'), tx.query<First>(first)]);
    const result = await work(tx, opened);
    await tx.query('commit');
    return result;
  } catch (error) {
    await tx.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    tx.release(broken);
  }
}
