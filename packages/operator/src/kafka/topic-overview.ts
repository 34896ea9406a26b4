import type { Topic } from '@vienuviet/schemas';
import type { Admin } from 'kafkajs';
import type { FoundConsumer } from '../services.ts';

export interface TopicOverview {
  readonly topic: string;
  /** 0 when the topic does not exist. */
  readonly partitions: number;
  readonly messages: number;
  readonly consumers: readonly { readonly name: string; readonly lag: number }[];
}

interface Range {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

/** Topics that partners read, each its own; they come and go with subscriptions and stand in no file. */
export async function partnerTopics(admin: Admin, prefix: string): Promise<{ name: string }[]> {
  const begins = `${prefix}partner.`;
  const names = (await admin.listTopics()).filter((name) => name.startsWith(begins));
  return names.map((name) => ({ name: name.slice(prefix.length) })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export async function topicRanges(admin: Admin, name: string): Promise<Range[]> {
  const known = await admin.listTopics();
  if (!known.includes(name)) return [];
  const offsets = await admin.fetchTopicOffsets(name);
  return offsets.map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }));
}

/**
 * What lies in a topic and how far its readers are. Readers keep their offsets with their tables, so the lag is
 * counted from what they say of themselves, not from what Kafka remembers.
 */
export function overviewOf(
  topic: Pick<Topic, 'name'>,
  ranges: readonly Range[],
  consumers: readonly FoundConsumer[],
): TopicOverview {
  const messages = ranges.reduce((sum, { low, high }) => sum + (high - low), 0n);
  const reading = consumers.filter(({ asOf }) => asOf.some((each) => each.topic.endsWith(topic.name)));
  return {
    topic: topic.name,
    partitions: ranges.length,
    messages: Number(messages),
    consumers: reading.map((consumer) => ({
      name: `${consumer.service}/${consumer.name}`,
      lag: Number(ranges.reduce((sum, range) => sum + behind(consumer, topic.name, range), 0n)),
    })),
  };
}

function behind({ asOf }: FoundConsumer, topic: string, { partition, low, high }: Range): bigint {
  const read = asOf.find((each) => each.topic.endsWith(topic) && each.partition === partition);
  const next = read === undefined ? low : BigInt(read.offset) + 1n;
  return high > next ? high - (next > low ? next : low) : 0n;
}
