import { randomUUID } from 'node:crypto';
import { testInfrastructure, topicPrefix } from '@vienuviet/testing';
import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import { snappyJava } from '../testing/snappy-java.ts';
import { until } from '../testing/until.ts';
import { registerCodecs } from './codecs.ts';
import { createKafkaSubscriber } from './kafka-subscriber.ts';

const { CompressionTypes } = kafkajs;

test('batches that somebody compressed by gzip, snappy, lz4 or zstd are read', async () => {
  registerCodecs();
  const prefix = topicPrefix();
  const { kafkaBrokers } = testInfrastructure();
  const kafka = new kafkajs.Kafka({ brokers: [...kafkaBrokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: `${prefix}codecs`, numPartitions: 1 }], waitForLeaders: true });
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const codecs = ['None', 'GZIP', 'Snappy', 'LZ4', 'ZSTD'] as const;
  for (const codec of codecs) {
    const messages = Array.from({ length: 100 }, (_, i) => ({ key: 'k', value: `${codec} ${i} ${'x'.repeat(300)}` }));
    await producer.send({ topic: `${prefix}codecs`, messages, compression: CompressionTypes[codec] });
  }
  const subscriber = createKafkaSubscriber({ brokers: kafkaBrokers, clientId: 'codecs', topicPrefix: prefix });
  const read: string[] = [];
  const running = await subscriber.subscribe({
    group: randomUUID(),
    topics: ['codecs'],
    startAt: async () => BigInt(read.length),
    async onBatch(batch) {
      read.push(...batch.messages.map(({ value }) => value!.toString().split(' ')[0]!));
    },
  });
  await until(() => read.length === 500);
  await running.stop();
  await subscriber.close();
  for (const codec of codecs) expect(read.filter((name) => name === codec)).toHaveLength(100);
  await producer.disconnect();
  await admin.deleteTopics({ topics: [`${prefix}codecs`] });
  await admin.disconnect();
});

test('the frame that Java clients put around snappy is read', async () => {
  registerCodecs();
  const codec = kafkajs.CompressionCodecs[CompressionTypes.Snappy]();
  const text = Buffer.from('pakalpojums '.repeat(10_000));
  expect((await codec.decompress(snappyJava(text))).equals(text)).toBe(true);
});
