import type pg from 'pg';
import { EventStoreError } from './errors.ts';

/** How long an idle session stays with the queue before it goes back to its pool, in milliseconds. */
const KEEP_IDLE = 100;

/** How many sessions of the pool are tried before the database counts as unreachable. */
const BORROW_ATTEMPTS = 5;

/**
 * The session that appends go through: kept while appends keep coming, since borrowing one for each call costs more
 * than a pool is worth when the server runs one call at a time; given back when it has been idle for a moment.
 */
export interface AppendSession {
  /**
   * Runs a query; one that is given while another is under way follows it on the same session without waiting for its
   * answer. Throws `EventStoreError` `unavailable` when no session could be had: nothing was sent.
   */
  query(config: pg.QueryArrayConfig): Promise<pg.QueryArrayResult>;
  /** Gives the session back. */
  close(): void;
}

interface Session {
  readonly client: pg.PoolClient;
  /** Queries whose answers are waited for. */
  underWay: number;
  /** Why nothing more is sent through it. */
  broken: Error | undefined;
  readonly onError: (error: Error) => void;
}

/** `check` runs on each new session before its first append, and refuses the store by an `EventStoreError`. */
export function appendSession(pool: pg.Pool, check: (client: pg.PoolClient) => Promise<void>): AppendSession {
  let kept: Session | undefined;
  let borrowing: Promise<Session> | undefined;
  let lost = false;
  const checked = new WeakSet<pg.PoolClient>();

  /** A broken session goes with its last query, a good one when it has been idle. */
  const giveBack = (session: Session) => {
    if (session.underWay > 0) return;
    session.client.off('error', session.onError);
    session.client.release(session.broken);
    if (kept === session) kept = undefined;
  };
  const breakOff = (session: Session, error: Error) => {
    session.broken ??= error;
    lost = true;
    if (kept === session) kept = undefined;
  };
  const idle = setTimeout(() => kept !== undefined && giveBack(kept), KEEP_IDLE).unref();

  /** Sessions of a pool tend to end together: after a loss, those that look alive are tried before use. */
  async function borrow(): Promise<Session> {
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
      const session: Session = {
        client,
        underWay: 0,
        broken: undefined,
        onError: (error) => idleError(session, error),
      };
      client.on('error', session.onError);
      return session;
    }
  }

  /** An error while nothing is asked: nobody else would give the session back. */
  function idleError(session: Session, error: Error): void {
    breakOff(session, error);
    giveBack(session);
  }

  async function session(): Promise<Session> {
    borrowing ??= borrow()
      .then((borrowed) => {
        kept = borrowed;
        return borrowed;
      }, unavailable)
      .finally(() => {
        borrowing = undefined;
      });
    return borrowing;
  }

  return {
    async query(config) {
      const through = kept ?? (await session());
      through.underWay++;
      try {
        return await through.client.query(config);
      } catch (error) {
        // A session that the server ends says so before its socket closes; only an ERROR leaves it usable.
        if ((error as { severity?: unknown }).severity !== 'ERROR') breakOff(through, error as Error);
        throw error;
      } finally {
        through.underWay--;
        if (through.broken !== undefined) giveBack(through);
        idle.refresh();
      }
    },
    close() {
      clearTimeout(idle);
      if (kept !== undefined) giveBack(kept);
    },
  };
}

function unavailable(cause: unknown): never {
  if (cause instanceof EventStoreError) throw cause;
  throw new EventStoreError('unavailable', 'no session with the database could be had; nothing was appended', {
    cause,
  });
}
