import type { EventStore } from '@vienuviet/event-store';
import type { Metrics } from '@vienuviet/telemetry';
import type pg from 'pg';
import { type AsOf, asOf } from '../consumer/as-of.ts';
import { createConsumer } from '../consumer/consumer.ts';
import type { ConsumerState } from '../consumer/consumer-state.ts';
import { acceptEpoch } from '../consumer/epochs.ts';
import { runTopicSource } from '../consumer/topic-source.ts';
import { type BusLog, silentLog } from '../log.ts';
import { busMetrics } from '../metrics.ts';
import type { ParkedKeys } from '../parking/parked-keys.ts';
import type { EventSubscriber, Reaction } from '../types.ts';
import { reactionEffects } from './reaction-effects.ts';

export interface ReactionOptions {
  readonly reaction: Reaction;
  /** Writer role of the database that holds the store. */
  readonly pool: pg.Pool;
  readonly store: EventStore;
  readonly subscriber: EventSubscriber;
  /** Kafka group, e.g. `status-feed.status-log`. */
  readonly group: string;
  readonly log?: BusLog;
  readonly metrics?: Metrics;
  /** Default 100. */
  readonly maxParkedKeys?: number;
}

export interface RunningReaction {
  readonly name: string;
  state(): ConsumerState;
  asOf(): Promise<AsOf[]>;
  /** Lets it take the events of one more epoch of a source, after that store was restored. */
  acceptEpoch(source: string, epoch: string): Promise<void>;
  readonly parked: ParkedKeys;
  stop(): Promise<void>;
}

/** Runs a reaction: every event of its topics is answered once by appends to one's own store. */
export function startReaction(options: ReactionOptions): RunningReaction {
  const { reaction, pool, store, log = silentLog } = options;
  const consumer = createConsumer({
    consumer: reaction.name,
    pool,
    codec: store.codec,
    effects: reactionEffects(reaction, store),
    log,
    metrics: busMetrics(options.metrics),
    maxParkedKeys: options.maxParkedKeys ?? 100,
    clusterId: () => options.subscriber.clusterId(),
  });
  const running = runTopicSource({
    subscriber: options.subscriber,
    topics: reaction.from,
    group: options.group,
    consumer,
  });
  return {
    name: reaction.name,
    state: consumer.state,
    asOf: () => asOf(pool, reaction.name),
    acceptEpoch: (from, epoch) => acceptEpoch(pool, reaction.name, from, epoch),
    parked: consumer.parked,
    async stop() {
      await (await running).stop();
    },
  };
}
