import type { EventStore } from '@vienuviet/event-store';
import type pg from 'pg';
import { v5 } from 'uuid';
import { jitteredBackoff, pause } from '../backoff.ts';
import { inSystemTransaction } from '../consumer/in-system-transaction.ts';
import { messageOf } from '../errors.ts';
import { startLeadership } from '../leadership/leader.ts';
import { waker } from '../leadership/waker.ts';
import { type BusLog, silentLog } from '../log.ts';
import { storeRefusal } from '../reactions/store-refusal.ts';
import type { Queryable, ReactionAppend } from '../types.ts';

/** Something that is due at an instant, at most one for each kind and key. */
export interface Timer {
  /** What it is for, e.g. `claim_expiry`; names the handler. */
  readonly kind: string;
  /** What it is about, e.g. a stream id. */
  readonly key: string;
  readonly dueAt: Date;
  /** Id of the event that made it; part of the ids of the events it fires, so that it fires once for each cause. */
  readonly causeId: string;
  /** What the handler needs; never personal data. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a due timer appends to the store; nothing when it has no point any more. */
export type TimerHandler = (timer: Timer) => Promise<readonly ReactionAppend[]> | readonly ReactionAppend[];

export interface TimersOptions {
  /** Writer role of the database that holds the store. */
  readonly pool: pg.Pool;
  readonly store: EventStore;
  readonly handlers: Readonly<Record<string, TimerHandler>>;
  readonly clock: () => Date;
  readonly log?: BusLog;
  readonly sessionTimeoutMs?: number;
}

export interface RunningTimers {
  leads(): boolean;
  /** Looks for due timers now. */
  nudge(): void;
  stop(): Promise<void>;
}

/** Name space of the ids of events that timers append. */
export const TIMER_NAMESPACE = 'c6b1a4f4-0e3c-5c0e-8a4d-7d2b6d0f2f55';

const SCHEDULE = `
  insert into event_bus.timers (kind, key, due_at, cause_id, data) values ($1, $2, $3, $4, $5)
  on conflict (kind, key) do update
     set due_at = excluded.due_at, cause_id = excluded.cause_id, data = excluded.data,
         failures = 0, retry_at = null, last_error = null`;

const CANCEL = 'delete from event_bus.timers where kind = $1 and key = $2';

const DUE = `
  select kind, key, due_at, cause_id, data, failures
    from event_bus.timers
   where coalesce(retry_at, due_at) <= $1 and kind = any ($2::text[])
   order by coalesce(retry_at, due_at), kind, key
   limit 100`;

const TAKE = 'delete from event_bus.timers where kind = $1 and key = $2 and due_at = $3 and cause_id = $4';

const POSTPONE = `
  update event_bus.timers set failures = failures + 1, retry_at = $5, last_error = $6
   where kind = $1 and key = $2 and due_at = $3 and cause_id = $4`;

interface TimerRow {
  kind: string;
  key: string;
  due_at: Date;
  cause_id: string;
  data: Record<string, unknown>;
  failures: number;
}

/** Sets a timer, or sets it anew when there is one of this kind and key; in the caller's transaction if it is one. */
export async function scheduleTimer(db: Queryable, timer: Timer): Promise<void> {
  const { kind, key, dueAt, causeId, data } = timer;
  await db.query(SCHEDULE, [kind, key, dueAt, causeId, JSON.stringify(data)]);
}

/** Takes a timer back; false when there was none, e.g. because it has fired. */
export async function cancelTimer(db: Queryable, kind: string, key: string): Promise<boolean> {
  const { rowCount } = await db.query(CANCEL, [kind, key]);
  return rowCount === 1;
}

/** Id of the nth event that a timer appends. */
export const timerEventId = ({ kind, key, causeId }: Timer, index: number): string =>
  v5(`${kind}:${key}:${causeId}:${index}`, TIMER_NAMESPACE);

/** Milliseconds between two looks for due timers. */
const LOOKS_EVERY = 500;

/**
 * Fires timers when they are due: one process at a time. The row goes in the transaction of the append, so a crash
 * leaves both or neither, and a timer that was cancelled or set anew meanwhile does not fire. One that fails is tried
 * again after a minute, two, four … up to an hour; the others go on.
 */
export function startTimers(options: TimersOptions): RunningTimers {
  const { pool, handlers, clock, log = silentLog } = options;
  const kinds = Object.keys(handlers);
  const waking = waker();
  const backoff = jitteredBackoff(100, 5_000);

  const lead = async (signal: AbortSignal): Promise<void> => {
    for (let failures = 0; !signal.aborted; ) {
      try {
        const { rows } = await pool.query<TimerRow>(DUE, [clock(), kinds]);
        for (const row of rows) {
          if (signal.aborted) return;
          await fireOrPostpone(options, log, row);
        }
        failures = 0;
        if (rows.length === 0) await waking.sleep(signal, LOOKS_EVERY);
      } catch (error) {
        log.warn({ err: error }, 'timers wait for the database');
        await pause(backoff(failures++), signal);
      }
    }
  };

  const leadership = startLeadership({
    pool,
    name: 'timers',
    log,
    ...(options.sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs: options.sessionTimeoutMs }),
    lead: (_session, signal) => lead(signal),
  });
  return { leads: leadership.leads, nudge: waking.nudge, stop: leadership.stop };
}

async function fireOrPostpone(options: TimersOptions, log: BusLog, row: TimerRow): Promise<void> {
  const timer: Timer = { kind: row.kind, key: row.key, dueAt: row.due_at, causeId: row.cause_id, data: row.data };
  let appends: readonly ReactionAppend[];
  try {
    appends = await options.handlers[timer.kind]!(timer);
  } catch (error) {
    return postpone(options, log, timer, row.failures, error);
  }
  try {
    await fire(options, timer, appends);
  } catch (error) {
    // Trouble of the moment is for the loop: the timer stays due.
    if (storeRefusal(error) === undefined) throw error;
    await postpone(options, log, timer, row.failures, error);
  }
}

async function postpone(options: TimersOptions, log: BusLog, timer: Timer, failures: number, error: unknown) {
  const wait = Math.min(60 * 60_000, 60_000 * 2 ** Math.min(failures, 10));
  const retryAt = new Date(options.clock().getTime() + wait);
  log.error({ err: error, kind: timer.kind, failures: failures + 1 }, 'a timer did not fire');
  await options.pool.query(POSTPONE, [timer.kind, timer.key, timer.dueAt, timer.causeId, retryAt, messageOf(error)]);
}

async function fire({ pool, store }: TimersOptions, timer: Timer, appends: readonly ReactionAppend[]): Promise<void> {
  let index = 0;
  const streams = appends.map(({ streamId, streamType, events }) => ({
    streamId,
    streamType,
    expectedVersion: 'any' as const,
    events: events.map((event) => ({ ...event, eventId: timerEventId(timer, index++) })),
  }));
  const taken = await inSystemTransaction(
    pool,
    { text: TAKE, values: [timer.kind, timer.key, timer.dueAt, timer.causeId] },
    async (tx, taking) => {
      const { rowCount } = await taking;
      if (rowCount === 1 && index > 0) await store.appendIn(tx, { streams, meta: { causationId: timer.causeId } });
      return rowCount === 1;
    },
  );
  if (taken && index > 0) store.announce();
}
