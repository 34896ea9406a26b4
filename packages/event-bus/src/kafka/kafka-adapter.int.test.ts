import { testInfrastructure, topicPrefix } from '@vienuviet/testing';
import kafkajs, { type Producer } from 'kafkajs';
import { describePublisherContract, type StoredMessage } from '../contract/publisher-contract.ts';
import { describeSubscriberContract } from '../contract/subscriber-contract.ts';
import type { EventSubscriber } from '../types.ts';
import { createKafkaPublisher } from './kafka-publisher.ts';
import { createKafkaSubscriber } from './kafka-subscriber.ts';

async function testKafka() {
  const { kafkaBrokers } = testInfrastructure();
  const prefix = topicPrefix();
  const connection = { brokers: kafkaBrokers, clientId: 'contract', topicPrefix: prefix };
  const kafka = new kafkajs.Kafka({ brokers: [...kafkaBrokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics: string[] = [];
  return {
    connection,
    kafka,
    admin,
    prefix,
    async createTopic(partitions: number) {
      const name = `topic${topics.length}`;
      topics.push(prefix + name);
      await admin.createTopics({ topics: [{ topic: prefix + name, numPartitions: partitions }], waitForLeaders: true });
      return name;
    },
    async close() {
      await admin.deleteTopics({ topics });
      await admin.disconnect();
    },
  };
}

describePublisherContract('kafkajs', async () => {
  const test = await testKafka();
  const publisher = createKafkaPublisher(test.connection);
  return {
    publisher,
    another: () => createKafkaPublisher(test.connection),
    createTopic: test.createTopic,
    read: (topic) => readAll(test, topic),
    async close() {
      await publisher.close();
      await test.close();
    },
  };
});

describeSubscriberContract('kafkajs', async () => {
  const test = await testKafka();
  const subscriber = createKafkaSubscriber(test.connection);
  const others: EventSubscriber[] = [];
  const producer = await plainProducer(test.kafka);
  return {
    subscriber,
    another() {
      const other = createKafkaSubscriber(test.connection);
      others.push(other);
      return other;
    },
    createTopic: test.createTopic,
    async write(topic, partition, texts) {
      const messages = texts.map((text) => ({
        partition,
        key: `case-${partition}`,
        value: text,
        headers: { ce_id: text },
      }));
      await producer.send({ topic: test.prefix + topic, messages });
    },
    async close() {
      await subscriber.close();
      for (const other of others) await other.close();
      await producer.disconnect();
      await test.close();
    },
  };
});

async function plainProducer(kafka: kafkajs.Kafka): Promise<Producer> {
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  return producer;
}

/** A topic from its beginning to its end, by a plain kafkajs consumer. */
async function readAll({ kafka, admin, prefix }: Awaited<ReturnType<typeof testKafka>>, topic: string) {
  const name = prefix + topic;
  const offsets = await admin.fetchTopicOffsets(name);
  const wanted = offsets.reduce((sum, { high }) => sum + Number(high), 0);
  const found: (StoredMessage & { offset: number })[] = [];
  const consumer = kafka.consumer({ groupId: `${name}-reader-${Date.now()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [name], fromBeginning: true });
  const done = Promise.withResolvers<void>();
  if (wanted === 0) done.resolve();
  await consumer.run({
    autoCommit: false,
    async eachMessage({ partition, message }) {
      const headers = Object.fromEntries(
        Object.entries(message.headers ?? {}).map(([key, value]) => [key, String(value)]),
      );
      found.push({
        partition,
        key: String(message.key),
        value: message.value!,
        headers,
        offset: Number(message.offset),
      });
      if (found.length === wanted) done.resolve();
    },
  });
  await done.promise;
  await consumer.disconnect();
  return found
    .sort((a, b) => a.partition - b.partition || a.offset - b.offset)
    .map(({ offset: _, ...message }): StoredMessage => message);
}
