import type { AdmittedAppend } from './admission.ts';
import { type AppendAnswer, appendQuery, lastOf, readAnswer } from './append-call.ts';
import { judge } from './append-failure.ts';
import type { AppendSession } from './append-session.ts';
import { EventStoreError } from './errors.ts';

/**
 * Group append. The order lock lets one commit run at a time, so commits are shared:
 *
 *     append ─┐
 *     append ─┼─► waiting ──► a call: one round trip, one transaction ──► an answer for each
 *     append ─┘               whoever comes meanwhile goes in the next
 *
 * - idle: nothing waits. The first append arms the next turn of the event loop.
 * - armed: what else arrives in this turn joins. The turn takes all that waits, up to the limits of a batch; many are
 *   shared out to two calls, so that the server commits one while this process reads the answers of the other.
 * - under way: appends wait for the end of a call, or for so many that a second call is worth sending behind the first.
 *   When an answer is there, everyone of its call hears; if somebody waits, the next turn is armed.
 *
 * A call that the server refuses because of one append's content is repeated append by append, so that the bad one
 * fails alone.
 */
export interface AppendQueue {
  push(append: AdmittedAppend): Promise<AppendAnswer>;
  /** Resolves when everything that was pushed has its answer; `push` throws from now on. */
  close(): Promise<void>;
}

export interface QueueLimits {
  /** Calls under way at once, one behind the other on one session. */
  readonly callsUnderWay: number;
  /** Appends of one call. */
  readonly batchAppends: number;
  /** Bytes of one call; a single append may be larger. */
  readonly batchBytes: number;
  /** Appends that may wait before more are refused with `overloaded`. */
  readonly waitingAppends: number;
  /** Bytes that may wait before more are refused with `overloaded`. */
  readonly waitingBytes: number;
}

export const defaultQueueLimits: QueueLimits = {
  callsUnderWay: 2,
  batchAppends: 256,
  batchBytes: 4_000_000,
  waitingAppends: 10_000,
  waitingBytes: 64_000_000,
};

/** So many appends are worth a call of their own while another is under way. */
const WORTH_A_CALL = 4;

/** What happened to one call; for metrics. */
export interface CallReport {
  readonly appends: number;
  readonly events: number;
  readonly milliseconds: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Appends that wait for the next call. */
  readonly waiting: number;
}

interface Waiting {
  readonly append: AdmittedAppend;
  readonly resolve: (answer: AppendAnswer) => void;
  readonly reject: (error: Error) => void;
}

export function appendQueue(options: {
  session: AppendSession;
  limits: QueueLimits;
  /** After a call that appended; `position` of its last event. */
  onCommitted: (position: number) => void;
  onCall: (report: () => CallReport) => void;
}): AppendQueue {
  const { session, limits } = options;
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let underWay = 0;
  let armed = false;
  let closed: (() => void) | undefined;

  function push(append: AdmittedAppend): Promise<AppendAnswer> {
    if (closed !== undefined) throw new EventStoreError('closed', 'the event store was closed');
    if (waiting.length >= limits.waitingAppends || waitingBytes + append.bytes > limits.waitingBytes) {
      throw new EventStoreError('overloaded', `${waiting.length} appends wait already; try again later`);
    }
    waitingBytes += append.bytes;
    return new Promise((resolve, reject) => {
      waiting.push({ append, resolve, reject });
      arm();
    });
  }

  function arm(): void {
    if (armed || underWay === limits.callsUnderWay) return;
    armed = true;
    // Runs when everything that follows from the present event has run: whoever appends because of the answers of the
    // last call is in the same call. Waiting for the sockets too (setImmediate) cost a lone writer 20 µs.
    process.nextTick(turn);
  }

  function turn(): void {
    armed = false;
    if (underWay === 0 && limits.callsUnderWay > 1 && waiting.length >= 2 * WORTH_A_CALL) send(waiting.length >> 1);
    if (waiting.length > 0 && (underWay === 0 || waiting.length >= WORTH_A_CALL)) send(waiting.length);
    if (underWay === 0) closed?.();
  }

  function send(most: number): void {
    underWay++;
    void run(takeBatch(most)).then(() => {
      underWay--;
      arm();
    });
  }

  function takeBatch(most: number): Waiting[] {
    let count = 0;
    let bytes = 0;
    while (count < Math.min(most, limits.batchAppends)) {
      const next = waiting[count]!.append.bytes;
      if (count > 0 && bytes + next > limits.batchBytes) break;
      bytes += next;
      count++;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    waitingBytes -= bytes;
    return batch;
  }

  async function run(batch: Waiting[]): Promise<void> {
    try {
      await call(batch);
    } catch (cause) {
      const failure = judge(cause);
      if (failure.kind === 'refused' && batch.length > 1) {
        for (const one of batch) await run([one]);
        return;
      }
      for (const { reject } of batch) reject(failure.error);
    }
  }

  async function call(batch: Waiting[]): Promise<void> {
    const started = performance.now();
    const appends = batch.map((one) => one.append);
    const { rows } = await session.query(appendQuery(appends));
    const answers = readAnswer(appends, rows[0]![0] as string);
    const position = lastOf(answers);
    if (position > 0) options.onCommitted(position);
    for (let index = 0; index < batch.length; index++) batch[index]!.resolve(answers[index]!);
    options.onCall(() => report(appends, answers, performance.now() - started));
  }

  function report(
    appends: readonly AdmittedAppend[],
    answers: readonly AppendAnswer[],
    milliseconds: number,
  ): CallReport {
    const outcomes: Record<string, number> = {};
    for (const { outcome } of answers) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const events = appends.reduce(
      (sum, append, index) => sum + (answers[index]!.outcome === 'appended' ? append.events : 0),
      0,
    );
    return { appends: appends.length, events, milliseconds, outcomes, waiting: waiting.length };
  }

  return {
    push,
    async close() {
      if (closed !== undefined) return;
      await new Promise<void>((resolve) => {
        closed = resolve;
        if (underWay === 0 && !armed) resolve();
      });
      session.close();
    },
  };
}
