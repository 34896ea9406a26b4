import type pg from 'pg';
import { EventStoreError } from './errors.ts';

/** How long an idle session stays with the queue before it goes back to its pool, in milliseconds. */
const KEEP_IDLE = 100;

/** How many sessions of the pool are tried before the database counts as unreachable. */
const BORROW_ATTEMPTS = 5;

/**
 * The session that appends go through: kept while appends keep coming, since borrowing one for each call costs more
 * than a pool is worth when only one call runs at a time; given back when it has been idle for a moment.
 */
export interface AppendSession {
  /** Runs one query. Throws `EventStoreError` `unavailable` when no session could be had: nothing was sent. */
  query(config: pg.QueryArrayConfig): Promise<pg.QueryArrayResult>;
  /** Gives the session back. */
  close(): void;
}

/** `check` runs on each new session before its first append, and refuses the store by an `EventStoreError`. */
export function appendSession(pool: pg.Pool, check: (client: pg.PoolClient) => Promise<void>): AppendSession {
  let kept: pg.PoolClient | undefined;
  let broken: Error | undefined;
  let lost = false;
  let inUse = false;
  const checked = new WeakSet<pg.PoolClient>();
  const markBroken = (error: Error) => {
    broken = error;
    lost = true;
  };
  const giveBack = () => {
    if (kept === undefined || inUse) return;
    kept.off('error', markBroken);
    kept.release(broken);
    kept = undefined;
    broken = undefined;
  };
  const idle = setTimeout(giveBack, KEEP_IDLE).unref();

  /** Sessions of a pool tend to end together: after a loss, those that look alive are tried before use. */
  async function borrow(): Promise<pg.PoolClient> {
    for (let attempt = 1; ; attempt++) {
      const client = await pool.connect();
      try {
        if (lost || !checked.has(client)) await check(client);
      } catch (error) {
        client.release(true);
        if (error instanceof EventStoreError || attempt === BORROW_ATTEMPTS) throw error;
        continue;
      }
      checked.add(client);
      lost = false;
      client.on('error', markBroken);
      return client;
    }
  }

  return {
    async query(config) {
      if (broken !== undefined) giveBack();
      inUse = true;
      try {
        kept ??= await borrow().catch(unavailable);
        return await kept.query(config);
      } catch (error) {
        // A session that the server ends says so before its socket closes; only an ERROR leaves it usable.
        if (kept !== undefined && (error as { severity?: unknown }).severity !== 'ERROR') markBroken(error as Error);
        throw error;
      } finally {
        inUse = false;
        idle.refresh();
      }
    },
    close() {
      clearTimeout(idle);
      giveBack();
    },
  };
}

function unavailable(cause: unknown): never {
  if (cause instanceof EventStoreError) throw cause;
  throw new EventStoreError('unavailable', 'no session with the database could be had; nothing was appended', {
    cause,
  });
}
