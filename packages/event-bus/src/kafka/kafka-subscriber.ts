import { BusError, messageOf } from '../errors.ts';
import { type BusLog, silentLog } from '../log.ts';
import type { EventSubscriber, PartitionRange, RunningSubscription } from '../types.ts';
import { registerCodecs } from './codecs.ts';
import { createKafkaClient, type KafkaConnection } from './kafka-client.ts';
import { runKafkaConsumer } from './kafka-consumer.ts';

export interface KafkaSubscriberOptions extends KafkaConnection {
  readonly log?: BusLog;
  /** Milliseconds without a heartbeat after which the broker gives the partitions to others; default 10 000. */
  readonly sessionTimeoutMs?: number;
  /** Partitions whose batches may be handled at once; default 16: they share transactions. */
  readonly partitionsAtOnce?: number;
}

/** Reads topics by kafkajs consumer groups; the group only shares out partitions, offsets live with the consumer. */
export function createKafkaSubscriber(options: KafkaSubscriberOptions): EventSubscriber {
  registerCodecs();
  const log = options.log ?? silentLog;
  const prefix = options.topicPrefix ?? '';
  const kafka = createKafkaClient(options, log);
  const running = new Set<RunningSubscription>();
  let knownClusterId: Promise<string> | undefined;
  let closed = false;

  const asAdmin = async <T>(work: (admin: ReturnType<typeof kafka.admin>) => Promise<T>): Promise<T> => {
    if (closed) throw new BusError('closed', 'the subscriber is closed');
    const admin = kafka.admin({ retry: { retries: 1 } });
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  };

  const ranges = (topic: string): Promise<PartitionRange[]> =>
    asAdmin(async (admin) => {
      try {
        const offsets = await admin.fetchTopicOffsets(prefix + topic);
        return offsets
          .map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }))
          .sort((a, b) => a.partition - b.partition);
      } catch (error) {
        const { type, cause } = error as { type?: string; cause?: { type?: string } };
        if ((type ?? cause?.type) === 'UNKNOWN_TOPIC_OR_PARTITION') {
          throw new BusError('unknown_topic', `Kafka has no topic ${prefix + topic}`, { cause: error });
        }
        throw error;
      }
    });

  return {
    async clusterId() {
      knownClusterId ??= asAdmin(async (admin) => (await admin.describeCluster()).clusterId);
      knownClusterId.catch(() => {
        knownClusterId = undefined;
      });
      return knownClusterId;
    },
    ranges,
    async subscribe(subscription) {
      if (closed) throw new BusError('closed', 'the subscriber is closed');
      const consumer = runKafkaConsumer({ kafka, prefix, options, log, ranges, subscription });
      running.add(consumer);
      return {
        async stop() {
          running.delete(consumer);
          await consumer.stop();
        },
      };
    },
    async close() {
      closed = true;
      const all = [...running];
      running.clear();
      for (const result of await Promise.allSettled(all.map((consumer) => consumer.stop()))) {
        if (result.status === 'rejected')
          log.warn({ err: result.reason }, `a consumer did not stop: ${messageOf(result.reason)}`);
      }
    },
  };
}
