import pg from 'pg';
import { DatabaseError } from './errors.ts';

const INT8 = 20;

/** Reads `bigint` columns as numbers and refuses what a number cannot hold (positions and versions fit 2^53). */
function readInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new DatabaseError('number_out_of_range', `the bigint ${text} does not fit a JavaScript number`);
  }
  return value;
}

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: unknown) =>
    oid === INT8 && format !== 'binary' ? readInt8 : pg.types.getTypeParser(oid, format as 'text'),
};

export interface PoolOptions {
  readonly url: string;
  /** Shows as `application_name` on the server. */
  readonly name: string;
  /** Most connections at once; default 10. */
  readonly max?: number;
  /** Milliseconds after which the server ends a statement; default 30 000, 0 for none. */
  readonly statementTimeout?: number;
  /**
   * Milliseconds after which a statement gives up waiting for a lock (SQLSTATE 55P03); default 10 000, and none where
   * statements may take as long as they like.
   */
  readonly lockTimeout?: number;
  /** Milliseconds after which the server ends a session that idles inside a transaction; default 10 000, 0 for none. */
  readonly idleInTransactionTimeout?: number;
}

/** Milliseconds; a rebuild's switch makes the batches of its projection wait for up to five seconds. */
export const LOCK_TIMEOUT = 10_000;

/**
 * Connection settings shared by pools and single sessions: UTC, bounded statements without JIT, `bigint` as safe number,
 * and statements that are asked for together sent together: each is its own on the server, whatever comes of the
 * others.
 */
export function connectionSettings(options: PoolOptions): pg.ClientConfig {
  return {
    connectionString: options.url,
    application_name: options.name,
    types,
    pipeline: true,
    options: '-c TimeZone=UTC -c jit=off',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    statement_timeout: options.statementTimeout ?? 30_000,
    // What is waited for here is held for milliseconds: whoever holds it longer is named by an error, not by silence.
    lock_timeout: options.lockTimeout ?? (options.statementTimeout === 0 ? 0 : LOCK_TIMEOUT),
    idle_in_transaction_session_timeout: options.idleInTransactionTimeout ?? 10_000,
  };
}

/**
 * Makes a pool of connections. A connection that breaks (server restarted) leaves the pool silently: idle, the next
 * query opens a new one; in use, the query fails. Without the second listener an error that arrives between two
 * queries of a transaction would end the process.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({ ...connectionSettings(options), max: options.max ?? 10 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Makes one session of its own, e.g. for a leader's advisory lock. The caller connects and ends it. */
export function createSession(options: PoolOptions): pg.Client {
  const client = new pg.Client(connectionSettings(options));
  client.on('error', () => undefined);
  return client;
}
