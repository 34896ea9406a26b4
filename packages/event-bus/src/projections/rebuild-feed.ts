import type { EventStore } from '@vienuviet/event-store';
import { jitteredBackoff, pause } from '../backoff.ts';
import type { Consumer } from '../consumer/consumer.ts';
import { STORE_TOPIC, storeMessage, storeOrigin } from '../consumer/store-source.ts';
import { runTopicSource } from '../consumer/topic-source.ts';
import { BusError } from '../errors.ts';
import type { InboundBatch } from '../types.ts';
import type { CheckedSource } from './projection-source.ts';

/** The events of a rebuild on their way into its tables. */
export interface Feed {
  progress(): { readonly events: number };
  /** Asks the source how much there is. */
  measure(): Promise<{ events: number; total: number; behind: number }>;
  /** Waits until the rebuild has come as far as the live tables; false when it did not within `limit` ms. */
  reached(live: ReadonlyMap<string, bigint>, limit: number, signal?: AbortSignal): Promise<boolean>;
  /** Lets the batch under way end and no other begin, until `go`. */
  hold(): Promise<void>;
  go(): void;
  /** Lets no batch begin any more. */
  end(): void;
  /** Throws what needs somebody to act. */
  throwIfStanding(): void;
  stop(): Promise<void>;
}

/** Bigger than for live consumers: there is nothing else to do. */
const FETCH_BYTES = 8 * 1024 * 1024;
const STORE_BATCH = 5_000;

type TopicSource = Extract<CheckedSource, { kind: 'topics' }>;

/** All of the topics by a throwaway group. */
export async function feedFromTopics(source: TopicSource, consumer: Consumer): Promise<Feed> {
  const gate = createGate(consumer);
  const group = `${source.group}.rebuild-${crypto.randomUUID()}`;
  const running = await runTopicSource({ ...source, group, consumer: gate.consumer, fetchBytes: FETCH_BYTES });
  return {
    ...gate.feed,
    async measure() {
      let [total, behind] = [0, 0];
      for (const topic of source.topics) {
        for (const { partition, low, high } of await source.subscriber.ranges(topic)) {
          const position = consumer.positions().get(`${topic}/${partition}`) ?? 0n;
          total += Number(high - low);
          behind += Number(high - later(position, low));
        }
      }
      return { ...gate.feed.progress(), total, behind };
    },
    // What the topics do not hold any more cannot be reached: Kafka was lost, and the live tables stand before it.
    async reached(live, limit, signal) {
      const reachable = new Map(live);
      for (const topic of source.topics) {
        for (const { partition, high } of await source.subscriber.ranges(topic)) {
          const place = `${topic}/${partition}`;
          const offset = live.get(place);
          if (offset !== undefined && offset > high) reachable.set(place, high);
        }
      }
      return gate.feed.reached(reachable, limit, signal);
    },
    async stop() {
      gate.feed.end();
      await running.stop();
    },
  };
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** All of one's own store. */
export async function feedFromStore(store: EventStore, consumer: Consumer): Promise<Feed> {
  const gate = createGate(consumer);
  const stopping = new AbortController();
  const running = readStore(store, gate.consumer, stopping.signal);
  return {
    ...gate.feed,
    async measure() {
      const total = await store.lastPosition();
      const position = Number(consumer.positions().get(`${STORE_TOPIC}/0`) ?? 1n) - 1;
      return { ...gate.feed.progress(), total, behind: Math.max(0, total - Math.max(0, position)) };
    },
    async stop() {
      stopping.abort();
      gate.feed.end();
      await running;
    },
  };
}

async function readStore(store: EventStore, consumer: GatedConsumer, signal: AbortSignal): Promise<void> {
  const backoff = jitteredBackoff(50, 5_000);
  for (let failures = 0; !signal.aborted; ) {
    try {
      let position = Math.max(0, Number(await consumer.startAt(STORE_TOPIC, 0)) - 1);
      let next = store.readFeed(position, STORE_BATCH);
      while (!signal.aborted) {
        const events = await next;
        const last = events.at(-1)?.position ?? position;
        next = (events.length === 0 ? pause(10, signal) : Promise.resolve()).then(() =>
          store.readFeed(last, STORE_BATCH),
        );
        next.catch(() => undefined);
        position = last;
        if (events.length === 0) continue;
        const messages = events.map((event) => storeMessage(event, storeOrigin));
        const batch = { topic: STORE_TOPIC, partition: 0, messages, highWatermark: BigInt(last) + 1n };
        await consumer.onBatch(batch, async () => signal.throwIfAborted());
        failures = 0;
      }
    } catch (error) {
      if (signal.aborted) return;
      consumer.onTrouble(error);
      await pause(backoff(failures++), signal);
    }
  }
}

type GatedConsumer = Omit<Consumer, 'onEnds'>;

/** Puts a gate before a consumer's batches and counts what goes through. */
function createGate(consumer: Consumer) {
  let events = 0;
  let underWay = 0;
  let closed: PromiseWithResolvers<void> | undefined;
  let ended = false;
  let idle: (() => void) | undefined;

  const onBatch = async (batch: InboundBatch, heartbeat: () => Promise<void>): Promise<void> => {
    while (closed !== undefined && !ended) await closed.promise;
    if (ended) throw new Error('the rebuild has ended');
    await heartbeat();
    underWay++;
    try {
      await consumer.onBatch(batch, heartbeat);
      events += batch.messages.length;
    } finally {
      underWay--;
      if (underWay === 0) idle?.();
    }
  };

  const feed = {
    progress: () => ({ events }),
    async reached(live: ReadonlyMap<string, bigint>, limit: number, signal?: AbortSignal): Promise<boolean> {
      const until = Date.now() + limit;
      const positions = consumer.positions();
      const behind = () => [...live].some(([place, offset]) => (positions.get(place) ?? 0n) < offset);
      while (behind()) {
        if (Date.now() > until || signal?.aborted) return false;
        await pause(10, signal);
      }
      return true;
    },
    async hold(): Promise<void> {
      closed = Promise.withResolvers();
      if (underWay > 0) await new Promise<void>((resolve) => (idle = resolve));
      idle = undefined;
    },
    go(): void {
      closed?.resolve();
      closed = undefined;
    },
    end(): void {
      ended = true;
      closed?.resolve();
    },
    throwIfStanding(): void {
      const { status, trouble } = consumer.state();
      if (status !== 'standing') return;
      throw new BusError('projection_refused', `the rebuild cannot go on: ${trouble?.code}: ${trouble?.message}`);
    },
  };
  // A rebuild's offsets end with it: nobody writes where its topics end.
  const { onEnds: _, ...rest } = consumer;
  return { consumer: { ...rest, onBatch }, feed };
}
