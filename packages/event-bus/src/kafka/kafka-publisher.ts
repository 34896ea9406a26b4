import type { Message, Producer, ProducerConfig, TopicMessages } from 'kafkajs';
import { BusError, messageOf } from '../errors.ts';
import { type BusLog, silentLog } from '../log.ts';
import type { EventPublisher, OutboundMessage } from '../types.ts';
import { answerFault, noteStored, type SentPartition, type StoredOffsets } from './answer-check.ts';
import { createKafkaClient, type KafkaConnection } from './kafka-client.ts';

export interface KafkaPublisherOptions extends KafkaConnection {
  readonly log?: BusLog;
  /** Makes a producer; the seam through which tests put a fake cluster under kafkajs' own producer. */
  readonly createProducer?: () => Producer;
}

/**
 * How kafkajs' producer is set up, and each line closes a hole:
 *
 * - no retries of its own: over them it keeps the answers of brokers that did answer, and skips those brokers even
 *   when a leadership moved to one of them meanwhile: messages acknowledged and never sent. Whoever publishes
 *   repeats the whole batch, with a new producer;
 * - not idempotent: after a lost answer it gives the same sequence numbers to other messages, and the broker
 *   takes those for duplicates and drops them. Consumers drop duplicates by stream version;
 * - the partition comes with each message.
 */
export const producerSettings = {
  retry: { retries: 0 },
  idempotent: false,
  maxInFlightRequests: 1,
  allowAutoTopicCreation: false,
  createPartitioner:
    () =>
    ({ message }: { message: Message }) =>
      message.partition!,
} satisfies ProducerConfig;

/** Errors that a broker gives before it stores anything of the partition; all others leave it unknown. */
const cleanRefusals = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_REQUIRED_ACKS',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_TIMESTAMP',
  'INVALID_RECORD',
  'POLICY_VIOLATION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
]);

/** Milliseconds that the broker may wait for its replicas before it answers. */
const ACK_TIMEOUT = 9_000;

/** Milliseconds that `close` waits for producers that were thrown away. */
const CLOSE_TIMEOUT = 5_000;

/**
 * Puts messages on Kafka by kafkajs: one send at a time, `acks` all, the answer compared with what was sent.
 * Throws `publish_refused` when the broker refused cleanly, otherwise `publish_failed`: then nobody knows what was
 * stored, the producer is gone, and the same messages have to be published again before any later ones.
 */
export function createKafkaPublisher(options: KafkaPublisherOptions): EventPublisher {
  const log = options.log ?? silentLog;
  const prefix = options.topicPrefix ?? '';
  const kafka = createKafkaClient(options, log);
  const createProducer = options.createProducer ?? (() => kafka.producer(producerSettings));
  const leaving = new Set<Promise<void>>();
  const partitionCounts = new Map<string, number>();
  let current: { readonly producer: Producer; readonly stored: StoredOffsets } | undefined;
  let sending = false;
  let closed = false;

  const throwAway = (): void => {
    if (current === undefined) return;
    const gone = current.producer
      .disconnect()
      .catch((error: unknown) => log.debug({ err: error }, 'a thrown away producer did not disconnect'))
      .finally(() => leaving.delete(gone));
    leaving.add(gone);
    current = undefined;
    partitionCounts.clear();
  };

  const connected = async () => {
    if (current !== undefined) return current;
    const producer = createProducer();
    current = { producer, stored: new Map() };
    await producer.connect();
    return current;
  };

  const send = async (messages: readonly OutboundMessage[]): Promise<void> => {
    const { topicMessages, sent } = batchOf(messages, prefix);
    const { producer, stored } = await connected();
    const answer = await producer.sendBatch({ acks: -1, timeout: ACK_TIMEOUT, topicMessages });
    const fault = answerFault(sent, answer, stored);
    if (fault !== undefined) throw new BusError('publish_failed', fault);
    noteStored(sent, answer, stored);
  };

  return {
    async publish(messages) {
      if (closed) throw new BusError('closed', 'the publisher is closed');
      if (sending) throw new BusError('publish_in_flight', 'await the publish under way before the next one');
      if (messages.length === 0) return;
      sending = true;
      try {
        await send(messages);
      } catch (error) {
        if (isCleanRefusal(error)) {
          throw new BusError('publish_refused', `Kafka refused the messages: ${messageOf(error)}`, { cause: error });
        }
        throwAway();
        if (error instanceof BusError) throw error;
        throw new BusError('publish_failed', `sending to Kafka failed: ${messageOf(error)}`, { cause: error });
      } finally {
        sending = false;
      }
    },

    async partitions(topic) {
      const known = partitionCounts.get(topic);
      if (known !== undefined) return known;
      const admin = kafka.admin({ retry: { retries: 1 } });
      try {
        await admin.connect();
        const { topics } = await admin.fetchTopicMetadata({ topics: [prefix + topic] });
        const count = topics[0]?.partitions.length ?? 0;
        if (count === 0) throw new BusError('unknown_topic', `Kafka has no topic ${prefix + topic}`);
        partitionCounts.set(topic, count);
        return count;
      } catch (error) {
        if (error instanceof BusError) throw error;
        if ((error as { type?: string }).type === 'UNKNOWN_TOPIC_OR_PARTITION') {
          throw new BusError('unknown_topic', `Kafka has no topic ${prefix + topic}`, { cause: error });
        }
        throw new BusError('publish_failed', `Kafka cannot be asked for its topics: ${messageOf(error)}`, {
          cause: error,
        });
      } finally {
        await admin.disconnect().catch(() => undefined);
      }
    },

    async close() {
      closed = true;
      throwAway();
      const timeout = new AbortController();
      await Promise.race([
        Promise.all(leaving),
        new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, CLOSE_TIMEOUT);
          timeout.signal.addEventListener('abort', () => clearTimeout(timer));
        }),
      ]);
      timeout.abort();
    },
  };
}

function batchOf(messages: readonly OutboundMessage[], prefix: string) {
  const topics = new Map<string, Message[]>();
  const sent = new Map<string, { topic: string; partition: number; count: number }>();
  for (const { topic, partition, key, value, headers } of messages) {
    const name = prefix + topic;
    let list = topics.get(name);
    if (list === undefined) {
      list = [];
      topics.set(name, list);
    }
    list.push({ partition, key, value, headers: headers as Record<string, string> });
    const place = `${name}/${partition}`;
    const counted = sent.get(place);
    if (counted === undefined) sent.set(place, { topic: name, partition, count: 1 });
    else counted.count++;
  }
  const topicMessages: TopicMessages[] = [...topics].map(([topic, list]) => ({ topic, messages: list }));
  return { topicMessages, sent: [...sent.values()] satisfies SentPartition[] };
}

/**
 * Only a single answer of a broker with a known code is a refusal. Code -99 is one that kafkajs does not know
 * (its list ends at 88): the client is rebuilt, and the batch comes again.
 */
function isCleanRefusal(error: unknown): boolean {
  const { name, type } = error as { name?: string; type?: string };
  return name === 'KafkaJSProtocolError' && type !== undefined && cleanRefusals.has(type);
}
