import type pg from 'pg';
import { ahead } from '../ahead.ts';

/** What the service does by itself sees and changes the rows of everybody. */
const AS_SYSTEM = {
  name: 'bus_as_system',
  text: `select set_config('vienuviet.caller', '{"actorId":"system:bus","roles":["system"]}', true)`,
};

/**
 * Runs `work` in a transaction of the service itself. The query `first` goes to the server together with the `begin`; `work` gets its answer
 * as a promise, so that it can ask for more before it waits. A connection that cannot even roll back is thrown away.
 */
export async function inTransaction<T, First extends pg.QueryResultRow>(
  pool: pg.Pool,
  first: pg.QueryConfig,
  work: (tx: pg.PoolClient, first: Promise<pg.QueryResult<First>>) => Promise<T>,
): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    const begun = Promise.all([tx.query('begin'), tx.query(AS_SYSTEM)]);
    const [result] = await Promise.all([work(tx, ahead(tx.query<First>(first))), begun]);
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
