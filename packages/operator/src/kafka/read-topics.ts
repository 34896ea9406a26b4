/** Reads topics from some place to another, or on and on, without leaving anything behind on Kafka. */
import { randomUUID } from 'node:crypto';
import { createKafkaSubscriber, partitionOf } from '@vienuviet/event-bus';
import { type KafkaPlace, withAdmin } from './kafka-access.ts';
import type { EventBusMessage } from './message-headers.ts';

export interface TopicReading {
  readonly place: KafkaPlace;
  readonly topics: readonly string[];
  /** Only the partition in which the events of this stream lie. */
  readonly key?: string | undefined;
  /** `beginning`, `end`, or the first message of this instant (ms) and later. */
  readonly from: 'beginning' | 'end' | number;
  /** At most this many messages before the end of each partition, when all of them would be shown anyway. */
  readonly lastOfEach?: number | undefined;
  /** Goes on when the end is reached. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  readonly onMessage: (message: EventBusMessage) => void;
  /** Told how many of about how many messages were read. */
  readonly onProgress?: (read: number, total: number) => void;
}

interface Part {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  /** One past the last message when the reading began. */
  readonly to: bigint;
}

/** Reads; resolves at the end that was there when it began, or, following, when the signal is given. */
export async function readTopics(reading: TopicReading): Promise<void> {
  const parts = await partsOf(reading);
  const total = Number(parts.reduce((sum, { from, to }) => sum + (to - from), 0n));
  if (!reading.follow && total === 0) return;
  const open = new Map(parts.filter(({ from, to }) => from < to).map((part) => [nameOf(part), part]));
  const known = new Map(parts.map((part) => [nameOf(part), part]));
  const { place } = reading;
  const group = `operator-${randomUUID()}`;
  const subscriber = createKafkaSubscriber({
    ...{ brokers: place.brokers, clientId: group, topicPrefix: place.prefix },
    ...(place.ssl === undefined ? {} : { ssl: place.ssl }),
  });
  let read = 0;
  const ended = Promise.withResolvers<void>();
  const aborted = (): void => ended.resolve();
  reading.signal.addEventListener('abort', aborted, { once: true });
  try {
    const subscription = await subscriber.subscribe({
      group,
      topics: reading.topics,
      startAt: async (topic, partition) => known.get(nameOf({ topic, partition }))?.from ?? 0n,
      onBatch: async ({ topic, partition, messages }) => {
        const part = known.get(nameOf({ topic, partition }));
        for (const message of messages) {
          const behind = !reading.follow && part !== undefined && message.offset >= part.to;
          if (part === undefined || behind || reading.signal.aborted) continue;
          reading.onMessage(message);
          read += 1;
        }
        reading.onProgress?.(read, total);
        const last = messages.at(-1);
        if (part !== undefined && last !== undefined && last.offset >= part.to - 1n) open.delete(nameOf(part));
        if (!reading.follow && open.size === 0) ended.resolve();
      },
      onError: (error) => ended.reject(error),
    });
    await ended.promise;
    await subscription.stop();
  } finally {
    reading.signal.removeEventListener('abort', aborted);
    await subscriber.close();
    await forgetGroup(place, group);
  }
}

const nameOf = ({ topic, partition }: { topic: string; partition: number }): string => `${topic}/${partition}`;

/** Where to read in each partition. */
function partsOf({ place, topics, key, from, lastOfEach }: TopicReading): Promise<Part[]> {
  return withAdmin(place, async (admin) => {
    const parts = await Promise.all(
      topics.map(async (topic) => {
        const name = place.prefix + topic;
        const offsets = await admin.fetchTopicOffsets(name);
        const atTime = typeof from === 'number' ? await admin.fetchTopicOffsetsByTimestamp(name, from) : [];
        return offsets
          .filter(({ partition }) => key === undefined || partition === partitionOf(key, offsets.length))
          .map(({ partition, low, high }): Part => {
            const to = BigInt(high);
            const start = (): bigint => {
              if (from === 'end') return to;
              if (from === 'beginning') return BigInt(low);
              // Kafka answers -1 where no message is that young.
              const offset = BigInt(atTime.find((each) => each.partition === partition)?.offset ?? low);
              return offset < 0n ? to : offset;
            };
            const first = start();
            const fewest = lastOfEach === undefined ? first : to - BigInt(lastOfEach);
            return { topic, partition, from: fewest > first ? fewest : first, to };
          });
      }),
    );
    return parts.flat();
  });
}

/** A group that has read is of no use to anybody. Kafka forgets it by itself, later. */
async function forgetGroup(place: KafkaPlace, group: string): Promise<void> {
  try {
    await withAdmin(place, (admin) => admin.deleteGroups([place.prefix + group]));
  } catch {
    // It never joined, or Kafka is away; empty groups expire.
  }
}
