import type { EventSubscriber } from '../types.ts';
import type { Consumer } from './consumer.ts';
import type { RunningSource } from './store-source.ts';
import { followTopicEnds } from './topic-ends.ts';

export interface TopicSourceOptions {
  readonly subscriber: EventSubscriber;
  readonly topics: readonly string[];
  readonly group: string;
  /** Without `onEnds` nobody is told where the topics end between batches. */
  readonly consumer: Omit<Consumer, 'onEnds'> & Partial<Pick<Consumer, 'onEnds'>>;
  readonly fetchBytes?: number;
  /** Milliseconds between two questions where the topics end. */
  readonly topicEndsMs?: number;
}

/** Feeds a consumer with the topics of the bus; its group shares out the partitions among instances. */
export async function runTopicSource(options: TopicSourceOptions): Promise<RunningSource> {
  const { consumer, topicEndsMs } = options;
  const subscription = await options.subscriber.subscribe({
    group: options.group,
    topics: options.topics,
    startAt: consumer.startAt,
    onBatch: consumer.onBatch,
    onAssigned: consumer.onAssigned,
    onError: consumer.onTrouble,
    ...(options.fetchBytes === undefined ? {} : { fetchBytes: options.fetchBytes }),
  });
  const { onEnds } = consumer;
  const ends =
    onEnds &&
    followTopicEnds({ ...options, onEnds, ...(topicEndsMs === undefined ? {} : { intervalMs: topicEndsMs }) });
  return {
    async stop() {
      ends?.stop();
      await subscription.stop();
      consumer.onStopped();
    },
  };
}
