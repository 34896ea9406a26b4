import type pg from 'pg';

/**
 * Runs `work` in a transaction, after the query `first`, whose answer it gets; a connection that cannot even roll
 * back is thrown away.
 */
export async function inTransaction<T, First extends pg.QueryResultRow>(
  pool: pg.Pool,
  first: pg.QueryConfig,
  work: (tx: pg.PoolClient, first: pg.QueryResult<First>) => Promise<T>,
): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    await tx.query('begin');
    const result = await work(tx, await tx.query<First>(first));
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
