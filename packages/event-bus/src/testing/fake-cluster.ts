import { createRequire } from 'node:module';
import type { Producer } from 'kafkajs';

const load = createRequire(import.meta.url);

interface PartitionData {
  readonly partition: number;
  readonly firstSequence: number;
  readonly messages: readonly { readonly value: Buffer }[];
}

interface ProduceRequest {
  /** -1 for a producer that is not idempotent. */
  readonly producerId: number;
  readonly topicData: readonly { readonly topic: string; readonly partitions: readonly PartitionData[] }[];
}

type Produce = (store: () => unknown) => Promise<unknown>;

/** A cluster of two brokers in memory, as far as kafkajs' own producer looks at one. */
export interface FakeCluster {
  /** Broker that leads each partition; tests move it. */
  readonly leaders: Map<number, number>;
  /** What each partition holds. */
  readonly logs: Map<number, string[]>;
  /** Produce requests, by broker. */
  readonly calls: number[];
  /** How a broker answers its next produce requests; default: stores and acknowledges. */
  readonly answers: Map<number, Produce[]>;
  /** kafkajs' producer over this cluster. */
  producer(options?: { retries?: number; idempotent?: boolean }): Producer;
  readonly disconnected: () => number;
}

/** An error as kafkajs makes it of a broker's code. */
export function brokerError(code: number): Error {
  const { createErrorFromCode } = load('kafkajs/src/protocol/error') as { createErrorFromCode(code: number): Error };
  return createErrorFromCode(code);
}

export function fakeCluster(): FakeCluster {
  const leaders = new Map([
    [0, 1],
    [1, 2],
  ]);
  const logs = new Map<number, string[]>([
    [0, []],
    [1, []],
  ]);
  const calls: number[] = [];
  const answers = new Map<number, Produce[]>();
  let disconnected = 0;
  let producers = 0;

  /** Base offset of each batch that an idempotent producer stored: what comes again is acknowledged, not stored. */
  const known = new Map<string, string>();
  const storePartition = (producerId: number, { partition, firstSequence, messages }: PartitionData) => {
    const log = logs.get(partition)!;
    const number = `${producerId}/${partition}/${firstSequence}`;
    const before = producerId < 0 ? undefined : known.get(number);
    if (before !== undefined) return { partition, errorCode: 0, baseOffset: before };
    const baseOffset = String(log.length);
    known.set(number, baseOffset);
    log.push(...messages.map(({ value }) => value.toString()));
    return { partition, errorCode: 0, baseOffset };
  };

  const broker = (nodeId: number) => ({
    nodeId,
    initProducerId: async () => ({ producerId: ++producers, producerEpoch: 0 }),
    async produce({ producerId, topicData }: ProduceRequest) {
      calls.push(nodeId);
      const store = () => ({
        topics: topicData.map(({ topic, partitions }) => ({
          topicName: topic,
          partitions: partitions.map((data) => storePartition(producerId, data)),
        })),
      });
      const answer = answers.get(nodeId)?.shift();
      return answer === undefined ? store() : answer(store);
    },
  });
  const brokers = new Map([1, 2].map((nodeId) => [nodeId, broker(nodeId)]));
  const cluster = {
    retry: {},
    connect: async () => undefined,
    disconnect: async () => void disconnected++,
    isConnected: () => true,
    removeBroker: () => undefined,
    refreshMetadata: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    targetTopics: new Set<string>(),
    findTopicPartitionMetadata: () => [...leaders].map(([partitionId, leader]) => ({ partitionId, leader })),
    findLeaderForPartitions: (_topic: string, partitions: string[]) => {
      const perLeader: Record<number, number[]> = {};
      for (const partition of partitions.map(Number)) {
        const leader = leaders.get(partition)!;
        perLeader[leader] = [...(perLeader[leader] ?? []), partition];
      }
      return perLeader;
    },
    findControllerBroker: async () => brokers.get(1),
    findBroker: async ({ nodeId }: { nodeId: string }) => brokers.get(Number(nodeId)),
  };
  const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} };
  const createProducer = load('kafkajs/src/producer') as (options: object) => Producer;
  return {
    leaders,
    logs,
    calls,
    answers,
    producer: ({ idempotent = false, ...retry } = {}) =>
      createProducer({
        cluster,
        logger,
        idempotent,
        retry: { initialRetryTime: 1, ...retry },
        createPartitioner:
          () =>
          ({ message }: { message: { partition: number } }) =>
            message.partition,
      }),
    disconnected: () => disconnected,
  };
}
