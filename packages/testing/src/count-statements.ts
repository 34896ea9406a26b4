import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';

const counting = new AsyncLocalStorage<{ statements: number }>();
let patched = false;

/** Counts the statements that a piece of work sends to PostgreSQL by `pg`, whatever else this process does meanwhile. */
export async function countStatements<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly statements: number }> {
  if (!patched) {
    const { query } = pg.Client.prototype;
    pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
      const counter = counting.getStore();
      if (counter !== undefined) counter.statements++;
      return Reflect.apply(query, this, args);
    } as typeof query;
    patched = true;
  }
  const counter = { statements: 0 };
  const result = await counting.run(counter, work);
  return { result, statements: counter.statements };
}
