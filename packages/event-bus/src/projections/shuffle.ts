import type { EventCodec } from '@vienuviet/event-store';
import type pg from 'pg';
import { applyBatch } from '../consumer/apply-batch.ts';
import type { EventSubscriber, InboundMessage, Projection } from '../types.ts';
import { createProjectionSchema, type ProjectionRoles } from './prepare.ts';
import { projectionBytes } from './projection-bytes.ts';
import { projectionEffects } from './projection-effects.ts';
import { rebuildNames } from './rebuild-steps.ts';

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
 * One interleaving of the partitions that respects the order of each: runs of random length from random partitions,
 * often a single message. Every interleaving is possible.
 */
export function interleave<T>(partitions: readonly (readonly T[])[], chance: () => number): T[] {
  const left = partitions.filter((messages) => messages.length > 0).map((messages) => ({ messages, at: 0 }));
  const order: T[] = [];
  while (left.length > 0) {
    const pick = Math.floor(chance() * left.length);
    const partition = left[pick]!;
    const most = partition.messages.length - partition.at;
    const size = Math.min(most, 1 + Math.floor(chance() ** 3 * 40));
    for (let i = 0; i < size; i++) order.push(partition.messages[partition.at + i]!);
    partition.at += size;
    if (partition.at === partition.messages.length) left.splice(pick, 1);
  }
  return order;
}

/** Cuts a list into batches of random sizes: what a batch boundary splits must not matter either. */
export function cut<T>(list: readonly T[], chance: () => number): T[][] {
  const batches: T[][] = [];
  for (let at = 0; at < list.length; ) {
    const size = 1 + Math.floor(chance() ** 2 * 400);
    batches.push(list.slice(at, at + size));
    at += size;
  }
  return batches;
}

export interface ShuffleOptions {
  readonly projection: Projection;
  /** Messages of each partition in order, e.g. of `readTopics`. */
  readonly partitions: readonly (readonly InboundMessage[])[];
  readonly seed: number;
  readonly codec: EventCodec;
  readonly ownerPool: pg.Pool;
  readonly roles: ProjectionRoles;
  /** Not used: everything happens in one transaction of the owner. */
  readonly pool?: pg.Pool;
}

/**
 * Applies the messages to fresh tables in one random order that respects each partition's, and returns the tables'
 * bytes. The same seed gives the same order. All in one transaction that is rolled back: nothing stays, and a hundred
 * shuffles are quick.
 */
export async function projectShuffled({
  projection,
  partitions,
  seed,
  codec,
  ownerPool,
  roles,
}: ShuffleOptions): Promise<Buffer> {
  const { schema, consumer } = rebuildNames(projection);
  const chance = seededChance(seed);
  const effects = projectionEffects({ projection, schema, live: false });
  const context = { consumer, clusterOf: () => 'shuffle', codec, effects, anyParked: true, anyDiscarded: false };
  const owner = await ownerPool.connect();
  let broken: Error | undefined;
  try {
    await owner.query('begin');
    await createProjectionSchema(owner, projection, schema, roles);
    await effects.prepare(owner);
    for (const batch of cut(interleave(partitions, chance), chance)) await applyBatch(owner, context, batch, false);
    return await projectionBytes(owner, schema);
  } finally {
    await owner.query('rollback').catch((error: Error) => {
      broken = error;
    });
    owner.release(broken);
  }
}
