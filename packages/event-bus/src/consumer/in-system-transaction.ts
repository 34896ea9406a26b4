import { inTransaction, setCaller, systemScope } from '@vienuviet/database';
import type pg from 'pg';
import { ahead } from '../ahead.ts';

/**
 * Runs `work` in a transaction of the service itself, which sees and changes the rows of everybody. The query `first`
 * goes to the server together with the `begin`; `work` gets its answer as a promise, so that it can ask for more before
 * it waits.
 */
export function inSystemTransaction<T, First extends pg.QueryResultRow>(
  pool: pg.Pool,
  first: pg.QueryConfig,
  work: (tx: pg.PoolClient, first: Promise<pg.QueryResult<First>>) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (tx) => {
    const scoped = setCaller(tx, systemScope('bus'));
    const [result] = await Promise.all([work(tx, ahead(tx.query<First>(first))), scoped]);
    return result;
  });
}
