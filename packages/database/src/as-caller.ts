import type pg from 'pg';

/** Who reads, as row security will see it: the setting `vienuviet.caller` of the transaction, as JSON. */
export interface CallerScope {
  readonly actorId: string;
  readonly roles: readonly string[];
  /** Centres whose data the caller may see; undefined: not limited by centre. */
  readonly centreIds?: readonly string[];
  /** Holders whose data the caller may see; undefined: not limited by holder. */
  readonly holderIds?: readonly string[];
  readonly subjectId?: string;
}

/** The scope of the service itself: its own reactions, projections and start-up work. */
export const systemScope = (service: string): CallerScope => ({ actorId: `system:${service}`, roles: ['system'] });

const SET_CALLER = `select set_config('vienuviet.caller', $1, true)`;

/** Says in a transaction that is open whose rows it sees from here on. */
export const setCaller = (tx: Pick<pg.ClientBase, 'query'>, scope: CallerScope): Promise<unknown> =>
  tx.query({ name: 'set_caller', text: SET_CALLER, values: [JSON.stringify(scope)] });

/**
 * Runs `work` in a read-only transaction that carries the caller's scope, so that row security can be switched on
 * without touching a query. Every read of a route goes through here.
 */
export async function asCaller<T>(
  pool: pg.Pool,
  scope: CallerScope,
  work: (tx: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const tx = await pool.connect();
  // Sent without waiting in between: where the scope cannot be set, the server refuses what comes behind it.
  const begun = tx.query('begin read only');
  const scoped = setCaller(tx, scope);
  let end = 'commit';
  try {
    const [, , result] = await Promise.all([begun, scoped, (async () => work(tx))()]);
    return result;
  } catch (error) {
    end = 'rollback';
    throw error;
  } finally {
    // Nothing was written: the caller need not wait for the end.
    tx.query(end).then(
      () => tx.release(),
      (failure: Error) => tx.release(failure),
    );
  }
}

/** What `asPrismaCaller` needs of a generated Prisma client. */
interface TransactionalPrisma<Tx> {
  $transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

interface RawPrisma {
  $executeRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<unknown>;
}

/** The same for reads by Prisma: an interactive transaction that carries the caller's scope. */
export function asPrismaCaller<Tx extends RawPrisma, T>(
  prisma: TransactionalPrisma<Tx>,
  scope: CallerScope,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe(SET_CALLER, JSON.stringify(scope));
    return work(tx);
  });
}
