import type pg from 'pg';

/**
 * Runs `work` in a transaction: committed when it returns, rolled back when it throws. A connection that cannot even
 * roll back is thrown away. The `begin` is not waited for: the first query of `work` goes to the server behind it.
 */
export async function inTransaction<T>(pool: pg.Pool, work: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    const begun = tx.query('begin');
    const [result] = await Promise.all([work(tx), begun]);
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
