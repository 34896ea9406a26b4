import { kafkaSettingsOf, topics } from '@vienuviet/schemas';
import type { TopicPlan } from './topics.ts';

/** The topics of `schemas/topics.json` as Kafka is told of them, with a prefix where a broker is shared. */
export function topicPlans(prefix: string): TopicPlan[] {
  return topics.map((topic) => ({
    name: `${prefix}${topic.name}`,
    partitions: topic.partitions,
    settings: kafkaSettingsOf(topic),
  }));
}
