import type pg from 'pg';
import { pause } from '../backoff.ts';
import type { EventSubscriber, PartitionRange } from '../types.ts';

/** Between two questions. A figure is called up to date when its topics were asked within three of them. */
const INTERVAL = 10_000;

export interface TopicEndsOptions {
  readonly subscriber: Pick<EventSubscriber, 'ranges'>;
  readonly topics: readonly string[];
  readonly intervalMs?: number;
  /** Told of each answer. */
  onEnds(topic: string, ranges: readonly PartitionRange[]): Promise<void>;
}

/**
 * Asks Kafka again and again where the topics end. Batches say it too, but none comes while the consumer stands or
 * Kafka is away, and then the lag would be told as of the last good moment. What cannot be asked is left: the time of
 * the last answer grows old, and that is what readers are shown.
 */
export function followTopicEnds(options: TopicEndsOptions): { stop(): void } {
  const { subscriber, topics, intervalMs = INTERVAL } = options;
  const stopping = new AbortController();

  const ask = async (): Promise<void> => {
    for (const topic of topics) {
      const ranges = await subscriber.ranges(topic);
      if (stopping.signal.aborted) return;
      await options.onEnds(topic, ranges);
    }
  };
  const follow = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await pause(intervalMs, stopping.signal);
      // What is wrong is said by the consumer itself, which meets the same trouble.
      if (!stopping.signal.aborted) await ask().catch(() => undefined);
    }
  };

  // Nobody waits for it to end: a question to a broker that is away takes its time.
  void follow();
  return { stop: () => stopping.abort() };
}

const NOTE = `
  insert into event_bus.consumer_offsets as known (consumer, cluster_id, topic, partition, next_offset, end_offset)
  select $1, $2, $3, seen.partition, 0, seen.high
    from unnest($4::int[], $5::bigint[]) as seen (partition, high)
  on conflict (consumer, cluster_id, topic, partition) do update
     set end_offset = greatest(known.end_offset, excluded.end_offset), checked_at = now()`;

/** Writes where partitions end beside the consumer's offsets. */
export async function noteTopicEnds(
  pool: pg.Pool,
  consumer: { readonly name: string; readonly clusterId: string },
  topic: string,
  ranges: readonly PartitionRange[],
): Promise<void> {
  // Sorted as batches sort them: who locks several rows locks them in one order.
  const sorted = ranges.toSorted((one, other) => (String(one.partition) < String(other.partition) ? -1 : 1));
  const partitions = sorted.map(({ partition }) => partition);
  await pool.query(NOTE, [
    consumer.name,
    consumer.clusterId,
    topic,
    partitions,
    sorted.map(({ high }) => String(high)),
  ]);
}
