import type { EventCodec } from '@vienuviet/event-store';
import type pg from 'pg';
import { createConsumer } from '../consumer/consumer.ts';
import { silentLog } from '../log.ts';
import { busMetrics } from '../metrics.ts';
import type { EventSubscriber, InboundMessage, Projection } from '../types.ts';
import { createProjectionSchema, type ProjectionRoles } from './prepare.ts';
import { projectionBytes } from './projection-bytes.ts';
import { projectionEffects } from './projection-effects.ts';
import { clearUp, dropSchema, rebuildNames } from './rebuild-steps.ts';

/** Everything that topics hold, a list of messages for each partition, in its order. */
export async function readTopics(
  subscriber: EventSubscriber,
  topics: readonly string[],
  group: string,
): Promise<InboundMessage[][]> {
  const partitions = new Map<string, { messages: InboundMessage[]; end: bigint; position: bigint }>();
  for (const topic of topics) {
    for (const { partition, low, high } of await subscriber.ranges(topic)) {
      partitions.set(`${topic}/${partition}`, { messages: [], end: high, position: low });
    }
  }
  const all = [...partitions.values()];
  const done = Promise.withResolvers<void>();
  const look = () => all.every(({ position, end }) => position >= end) && done.resolve();
  look();
  const running = await subscriber.subscribe({
    group,
    topics,
    startAt: async (topic, partition) => partitions.get(`${topic}/${partition}`)!.position,
    async onBatch(batch) {
      const partition = partitions.get(`${batch.topic}/${batch.partition}`)!;
      for (const message of batch.messages) {
        if (message.offset >= partition.position && message.offset < partition.end) partition.messages.push(message);
      }
      partition.position = batch.messages.at(-1)!.offset + 1n;
      look();
    },
  });
  await done.promise;
  await running.stop();
  return all.map(({ messages }) => messages);
}

/** Numbers in [0, 1) that follow from the seed (mulberry32). */
export function seededChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * One interleaving of the partitions that respects the order of each: runs of random length from random partitions.
 * Every interleaving is possible; runs, since that is how a consumer reads.
 */
export function interleave<T>(partitions: readonly (readonly T[])[], chance: () => number): T[][] {
  const left = partitions.filter((messages) => messages.length > 0).map((messages) => ({ messages, at: 0 }));
  const runs: T[][] = [];
  while (left.length > 0) {
    const pick = Math.floor(chance() * left.length);
    const partition = left[pick]!;
    const most = partition.messages.length - partition.at;
    const size = Math.min(most, 1 + Math.floor(chance() ** 3 * 40));
    runs.push(partition.messages.slice(partition.at, partition.at + size));
    partition.at += size;
    if (partition.at === partition.messages.length) left.splice(pick, 1);
  }
  return runs;
}

export interface ShuffleOptions {
  readonly projection: Projection;
  /** Messages of each partition in order, e.g. of `readTopics`. */
  readonly partitions: readonly (readonly InboundMessage[])[];
  readonly seed: number;
  readonly codec: EventCodec;
  readonly pool: pg.Pool;
  readonly ownerPool: pg.Pool;
  readonly roles: ProjectionRoles;
}

/**
 * Applies the messages to fresh tables in one random order that respects each partition's, and returns the tables'
 * bytes. The same seed gives the same order. Uses the schema that a rebuild would, and drops it.
 */
export async function projectShuffled(options: ShuffleOptions): Promise<Buffer> {
  const { projection, pool, ownerPool, codec } = options;
  const names = rebuildNames(projection);
  const owner = await ownerPool.connect();
  try {
    await clearUp(owner, names);
    await owner.query('begin');
    await createProjectionSchema(owner, projection, names.schema, options.roles);
    await owner.query('commit');
    const consumer = createConsumer({
      consumer: names.consumer,
      pool,
      codec,
      effects: projectionEffects({ projection, schema: names.schema, live: false }),
      log: silentLog,
      metrics: busMetrics(),
      maxParkedKeys: Number.MAX_SAFE_INTEGER,
      clusterId: async () => 'shuffle',
    });
    for (const run of interleave(options.partitions, seededChance(options.seed))) {
      const { topic, partition, offset } = run.at(-1)!;
      if (!consumer.positions().has(`${topic}/${partition}`)) await consumer.startAt(topic, partition);
      const batch = { topic, partition, messages: run, highWatermark: offset + 1n };
      await consumer.onBatch(batch, async () => undefined);
    }
    return await projectionBytes(pool, names.schema);
  } finally {
    await owner.query('rollback').catch(() => undefined);
    await dropSchema(owner, names.schema, silentLog);
    await clearUp(owner, names);
    owner.release();
  }
}
