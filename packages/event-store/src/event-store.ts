import type pg from 'pg';
import { type AdmittedAppend, type AppendLimits, admit, defaultAppendLimits } from './admission.ts';
import { type AppendAnswer, appendQuery, lastOf, readAnswer } from './append-call.ts';
import { judge } from './append-failure.ts';
import { appendQueue, defaultQueueLimits, type QueueLimits } from './append-queue.ts';
import { appendSession } from './append-session.ts';
import { EventStoreError } from './errors.ts';
import { observeAppend } from './observation.ts';
import {
  answerOf,
  findCommand,
  lastPosition,
  readCommandOrStream,
  readEpoch,
  readFeed,
  readStream,
} from './reading.ts';
import type { AppendResult, EventCodec, EventStore, Queryable } from './types.ts';
import { appendWatch, defaultWatch, type WatchOptions } from './watch.ts';

export interface EventStoreOptions {
  /** Pool of the service's writer role; one session of it is kept while appends keep coming. */
  readonly pool: pg.Pool;
  readonly codec: EventCodec;
  readonly limits?: Partial<AppendLimits & QueueLimits>;
  readonly watch?: Partial<WatchOptions>;
}

/** Opens the event store of a service's database, whose migrations have run. The caller ends the pool after `close`. */
export async function createEventStore(options: EventStoreOptions): Promise<EventStore> {
  const { pool, codec } = options;
  const limits = { ...defaultAppendLimits, ...defaultQueueLimits, ...options.limits };
  const epoch = await readEpoch(pool);
  const watch = appendWatch(() => lastPosition(pool), { ...defaultWatch, ...options.watch });
  const checkEpoch = async (db: Queryable) => {
    const current = await readEpoch(db);
    if (current !== epoch) {
      const message = `the store continues another history (epoch ${current}, opened as ${epoch}); start the process again`;
      throw new EventStoreError('epoch_changed', message);
    }
  };
  /** Position of the last event of an `appendIn`; of one that was rolled back too, which only makes the watch slower. */
  let inTransactions = 0;
  const session = appendSession(pool, checkEpoch);
  const queue = appendQueue({ session, limits, onCommitted: watch.appended, onCall: observeAppend });

  async function resultOf(db: Queryable, append: AdmittedAppend, answer: AppendAnswer): Promise<AppendResult> {
    if (answer.outcome === 'events_partly_known') {
      const message = 'some, not all, of the event ids of this append are in the store; nothing was appended';
      throw new EventStoreError('events_partly_known', message);
    }
    if (answer.outcome !== 'known_command') return answer;
    const stored = await answerOf(db, append);
    if (stored === undefined)
      throw new EventStoreError('unavailable', 'the stored answer was purged meanwhile; try again');
    return { outcome: 'known_command', answer: stored };
  }

  return {
    epoch,
    codec,
    async append(append) {
      const admitted = admit(append, codec, limits);
      return resultOf(pool, admitted, await queue.push(admitted));
    },
    async appendIn(tx, append) {
      const admitted = admit(append, codec, limits);
      try {
        const { rows } = await tx.query<[string]>(appendQuery([admitted]));
        const [answer] = readAnswer([admitted], rows[0]![0]);
        inTransactions = Math.max(inTransactions, lastOf([answer!]));
        return await resultOf(tx, admitted, answer!);
      } catch (cause) {
        throw judge(cause).error;
      }
    },
    findCommand: (key, scope, requestHash) => findCommand(pool, key, scope, requestHash),
    readStream: (streamId, from = 1, via = pool) => readStream(via, codec, streamId, from),
    readCommandOrStream: (streamId, command) => readCommandOrStream(pool, codec, streamId, command),
    async readFeed(after, limit) {
      const events = await readFeed(pool, epoch, after, limit);
      if (events.length === 0) await checkEpoch(pool);
      return events;
    },
    lastPosition: () => lastPosition(pool),
    onAppended: watch.listen,
    announce: () => watch.appended(inTransactions),
    close: () => queue.close(),
  };
}
