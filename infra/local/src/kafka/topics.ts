import {
  checkTopics,
  createMissingTopics,
  isBusError,
  type KafkaConnection,
  type TopicSettings,
} from '@vienuviet/event-bus';
import { LocalError } from '../errors.ts';

/** Makes the topics that are missing and refuses those that are there with other partitions or settings. Returns the names made. */
export async function ensureTopics(connection: KafkaConnection, topics: readonly TopicSettings[]): Promise<string[]> {
  const made = await createMissingTopics(connection, topics);
  await checkTopics(connection, topics).catch((error: unknown) => {
    if (isBusError(error, 'topics_differ')) throw new LocalError('topic_mismatch', error.message, { cause: error });
    throw error;
  });
  return made;
}
