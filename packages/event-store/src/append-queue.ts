import type { AdmittedAppend } from './admission.ts';
import { type AppendAnswer, appendQuery, readAnswer } from './append-call.ts';
import { judge } from './append-failure.ts';
import type { AppendSession } from './append-session.ts';
import { EventStoreError } from './errors.ts';

/**
 * Group append. The order lock lets one commit run at a time, so commits are shared:
 *
 *     append ─┐
 *     append ─┼─► waiting ──► one call under way: one round trip, one transaction ──► an answer for each
 *     append ─┘               whoever comes meanwhile goes in the next
 *
 * - idle: nothing waits. The first append arms the next turn of the event loop.
 * - armed: what else arrives in this turn joins. The turn takes all that waits, up to the limits of a batch.
 * - under way: appends wait. When the answer is there, everyone hears; if somebody waits, the next turn is armed.
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
  batchAppends: 256,
  batchBytes: 4_000_000,
  waitingAppends: 10_000,
  waitingBytes: 64_000_000,
};

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
  onCommitted: () => void;
  onCall: (report: () => CallReport) => void;
}): AppendQueue {
  const { session, limits } = options;
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let busy = false;
  let closed: (() => void) | undefined;

  function push(append: AdmittedAppend): Promise<AppendAnswer> {
    if (closed !== undefined) throw new EventStoreError('closed', 'the event store was closed');
    if (waiting.length >= limits.waitingAppends || waitingBytes + append.bytes > limits.waitingBytes) {
      throw new EventStoreError('overloaded', `${waiting.length} appends wait already; try again later`);
    }
    waitingBytes += append.bytes;
    return new Promise((resolve, reject) => {
      waiting.push({ append, resolve, reject });
      if (!busy) arm();
    });
  }

  function arm(): void {
    busy = true;
    // Runs when everything that follows from the present event has run: whoever appends because of the answers of the
    // last call is in the same call. Waiting for the sockets too (setImmediate) cost a lone writer 20 µs.
    process.nextTick(turn);
  }

  async function turn(): Promise<void> {
    await run(takeBatch());
    if (waiting.length > 0) {
      arm();
      return;
    }
    busy = false;
    closed?.();
  }

  function takeBatch(): Waiting[] {
    let count = 0;
    let bytes = 0;
    while (count < waiting.length && count < limits.batchAppends) {
      bytes += waiting[count]!.append.bytes;
      if (count > 0 && bytes > limits.batchBytes) {
        bytes -= waiting[count]!.append.bytes;
        break;
      }
      count++;
    }
    const batch = count === waiting.length ? waiting : waiting.slice(0, count);
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
    if (answers.some((answer) => answer.outcome === 'appended')) options.onCommitted();
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
        if (!busy) resolve();
      });
      session.close();
    },
  };
}
