import type { EventStore, StoredEvent } from '@vienuviet/event-store';
import type pg from 'pg';
import { ahead } from '../ahead.ts';
import { jitteredBackoff, pause } from '../backoff.ts';
import { isBusError } from '../errors.ts';
import { startLeadership } from '../leadership/leader.ts';
import { waker } from '../leadership/waker.ts';
import type { BusLog } from '../log.ts';
import { headersOf, type MessageOrigin } from '../relay/message-headers.ts';
import type { InboundMessage } from '../types.ts';
import type { Consumer } from './consumer.ts';
import { followTopicEnds } from './topic-ends.ts';

/** The topic under which offsets of one's own store are kept. */
export const STORE_TOPIC = 'store';

/** The "cluster" under which they are kept: a store's positions outlive restores, its epoch is guarded apart. */
export const STORE_CLUSTER = 'store';

const FEED_BATCH = 1_000;

/** A stored event as a message, with the headers that the relay gives it. */
export function storeMessage(event: StoredEvent, origin: MessageOrigin): InboundMessage {
  return {
    topic: STORE_TOPIC,
    partition: 0,
    offset: BigInt(event.position),
    key: event.streamId,
    value: event.payload,
    headers: headersOf(event, origin),
    timestamp: event.recordedAt,
  };
}

/**
 * What the store's own events say of their origin; nobody outside reads it. One epoch for all: a database that is
 * restored takes its projections and their offsets along.
 */
export const storeOrigin: MessageOrigin = { source: '/store', epoch: 'own', schemaVersion: () => 1 };

export interface StoreSourceOptions {
  readonly pool: pg.Pool;
  readonly store: EventStore;
  readonly consumer: Consumer;
  readonly name: string;
  readonly log: BusLog;
  readonly sessionTimeoutMs?: number;
}

export interface RunningSource {
  stop(): Promise<void>;
}

/**
 * Feeds a consumer with the events of one's own store: one process at a time, woken by the store. The next batch is read while a full one is applied.
 */
export function runStoreSource(options: StoreSourceOptions): RunningSource {
  const { store, consumer, pool, log } = options;
  const waking = waker();
  const backoff = jitteredBackoff(50, 5_000);

  const lead = async (signal: AbortSignal): Promise<void> => {
    consumer.onAssigned([{ topic: STORE_TOPIC, partition: 0 }]);
    for (let failures = 0; !signal.aborted; ) {
      try {
        await follow(signal, () => {
          failures = 0;
        });
      } catch (error) {
        // A batch's own trouble is known to the consumer already.
        if (!batchErrors.has(error as object)) consumer.onTrouble(error);
        await pause(isBusError(error, 'offset_moved') ? 0 : backoff(failures++), signal);
      }
    }
    consumer.onAssigned([]);
  };

  const read = (after: number) => ahead(store.readFeed(Math.max(0, after), FEED_BATCH));
  const batchErrors = new WeakSet<object>();
  const follow = async (signal: AbortSignal, fine: () => void): Promise<void> => {
    let position = Number(await consumer.startAt(STORE_TOPIC, 0)) - 1;
    let next = read(position);
    while (!signal.aborted) {
      const events = await next;
      const last = events.at(-1);
      if (last === undefined) {
        fine();
        await waking.sleep(signal);
        if (!signal.aborted) next = read(position);
        continue;
      }
      position = last.position;
      // After a full batch the next one is there already; otherwise what is appended meanwhile is in it.
      const full = events.length === FEED_BATCH;
      if (full) next = read(position);
      const end = full ? await store.lastPosition() : position;
      const messages = events.map((event) => storeMessage(event, storeOrigin));
      try {
        await consumer.onBatch({ topic: STORE_TOPIC, partition: 0, messages, highWatermark: BigInt(end) + 1n }, () =>
          signal.aborted ? Promise.reject(new Error('not leading any more')) : Promise.resolve(),
        );
      } catch (error) {
        batchErrors.add(error as object);
        throw error;
      }
      if (!full) next = read(position);
      fine();
    }
  };

  const endNudges = store.onAppended(waking.nudge);
  const ends = followTopicEnds({
    subscriber: { ranges: async () => [{ partition: 0, low: 1n, high: BigInt(await store.lastPosition()) + 1n }] },
    topics: [STORE_TOPIC],
    onEnds: consumer.onEnds,
  });
  const leadership = startLeadership({
    pool,
    name: `projection:${options.name}`,
    log,
    ...(options.sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs: options.sessionTimeoutMs }),
    lead: (_session, signal) => lead(signal),
  });
  return {
    async stop() {
      endNudges();
      ends.stop();
      await leadership.stop();
      consumer.onStopped();
    },
  };
}
