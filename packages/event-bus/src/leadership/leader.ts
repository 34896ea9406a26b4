import pg from 'pg';
import { jitteredBackoff, pause } from '../backoff.ts';
import { messageOf } from '../errors.ts';
import type { BusLog } from '../log.ts';

export interface LeadershipOptions {
  readonly pool: pg.Pool;
  /** What is led, e.g. `relay`; one leader for each name in a database. */
  readonly name: string;
  readonly log: BusLog;
  /** Milliseconds of silence after which the server ends the leader's session; default 10 000. */
  readonly sessionTimeoutMs?: number;
  /** Runs while this process leads; returns or throws when it cannot go on. `signal` aborts when it leads no more. */
  lead(session: pg.Client, signal: AbortSignal): Promise<void>;
}

export interface Leadership {
  leads(): boolean;
  stop(): Promise<void>;
}

/** First half of the lock's key: locks of the bus and of nobody else. The second is a hash of the name. */
const LOCK_SPACE = 1_163_019_602;
/** Milliseconds between a standby's attempts, and between signs of life of a leader. */
const STANDBY_INTERVAL = 1_000;

/**
 * One leader at a time by a session-level advisory lock.
 *
 * - standby: a session of its own asks for the lock each second. The session never sleeps longer than the server
 *   allows, so it is alive when the lock comes free.
 * - leading: the work runs; beside it the session speaks each second. A process that is stopped (SIGSTOP, a paused
 *   machine) falls silent, the server ends its session after `idle_session_timeout`, and the lock is free. When it
 *   wakes it finds its session gone; what it still wants to write fails by compare-and-swap.
 * - lost: the session broke or the work ended: everything is given up, and after a pause it stands by again.
 */
export function startLeadership(options: LeadershipOptions): Leadership {
  const { pool, name, log } = options;
  const timeout = options.sessionTimeoutMs ?? 10_000;
  const stopping = new AbortController();
  const backoff = jitteredBackoff(100, 5_000);
  let leading = false;

  const terms = async (): Promise<void> => {
    let failures = 0;
    let told: string | undefined;
    while (!stopping.signal.aborted) {
      try {
        await term();
        failures = 0;
        told = undefined;
      } catch (error) {
        if (stopping.signal.aborted) return;
        const message = messageOf(error);
        if (message !== told) log.warn({ leader: name, err: error }, 'leading was interrupted');
        told = message;
        failures++;
      }
      leading = false;
      await pause(backoff(failures), stopping.signal);
    }
  };

  const term = async (): Promise<void> => {
    const session = new pg.Client(pool.options as pg.ClientConfig);
    const lost = new AbortController();
    session.on('error', () => lost.abort());
    session.on('end', () => lost.abort());
    const giveUp = () => lost.abort();
    stopping.signal.addEventListener('abort', giveUp);
    try {
      await session.connect();
      await session.query(`set idle_session_timeout = ${Math.trunc(timeout)}`);
      if (!(await waitForLock(session, name, lost.signal))) return;
      leading = true;
      log.info({ leader: name }, 'leading');
      const alive = setInterval(() => void session.query('select').catch(giveUp), STANDBY_INTERVAL);
      try {
        await options.lead(session, lost.signal);
      } finally {
        leading = false;
        clearInterval(alive);
      }
    } finally {
      stopping.signal.removeEventListener('abort', giveUp);
      await session.end().catch(() => undefined);
    }
  };

  const running = terms();
  return {
    leads: () => leading,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function waitForLock(session: pg.Client, name: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const { rows } = await session.query<{ locked: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as locked',
      [LOCK_SPACE, name],
    );
    if (rows[0]?.locked) return true;
    await pause(STANDBY_INTERVAL, signal);
  }
  return false;
}
