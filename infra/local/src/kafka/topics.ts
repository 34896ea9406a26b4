import { checkTopics, createMissingTopics, isBusError, type TopicSettings } from '@vienuviet/event-bus';
import { LocalError } from '../errors.ts';

/**
 * Makes the topics that are missing and refuses those that are there with other partitions or settings. Returns the
 * names made; `prefix` goes before each where a broker is shared.
 */
export async function ensureTopics(
  brokers: readonly string[],
  prefix: string,
  topics: readonly TopicSettings[],
): Promise<string[]> {
  const connection = { brokers, clientId: 'local-topics', topicPrefix: prefix };
  const made = await createMissingTopics(connection, topics);
  await checkTopics(connection, topics).catch((error: unknown) => {
    if (isBusError(error, 'topics_differ')) throw new LocalError('topic_mismatch', error.message, { cause: error });
    throw error;
  });
  return made;
}
