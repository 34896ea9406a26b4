import { testInfrastructure, topicPrefix } from '@vienuviet/testing';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkBroker, checkTopics, createMissingTopics, type TopicSettings, versionFaults } from './check-kafka.ts';
import { implementedVersions } from './kafka-internals.ts';

const prefix = topicPrefix();
const connection = { brokers: testInfrastructure().kafkaBrokers, clientId: 'check', topicPrefix: prefix };
const kafka = new kafkajs.Kafka({ brokers: [...connection.brokers], logLevel: kafkajs.logLevel.NOTHING });
const admin = kafka.admin();
beforeAll(() => admin.connect());
afterAll(async () => {
  const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
});

const topic = (change: Partial<TopicSettings> = {}): TopicSettings => ({
  name: 'case',
  partitions: 3,
  retentionMs: -1,
  cleanupPolicy: 'delete',
  ...change,
});

describe('the broker', () => {
  test('that runs here is accepted', async () => {
    await checkBroker(connection);
  });

  test('that cannot be reached is an error, not a refusal', async () => {
    await expect(checkBroker({ ...connection, brokers: ['127.0.0.1:1'] })).rejects.not.toMatchObject({
      code: 'broker_too_new_or_old',
    });
  });

  const offered = (change: Record<string, { min: number; max: number } | undefined>) => (request: string) =>
    request in change ? change[request] : { min: implementedVersions(request).max, max: 99 };

  test('that still speaks the newest version of each request that kafkajs speaks is accepted', () => {
    expect(versionFaults(offered({}))).toEqual([]);
  });

  test('that has cut the last version that kafkajs speaks is refused by name', () => {
    const { min, max } = implementedVersions('Produce');
    expect({ min, max }).toEqual({ min: 0, max: 7 });
    expect(versionFaults(offered({ Produce: { min: 8, max: 13 } }))).toEqual(['Produce (client 0–7, broker 8–13)']);
  });

  test('that lacks a request is refused', () => {
    expect(versionFaults(offered({ JoinGroup: undefined }))).toEqual(['JoinGroup (not offered)']);
  });
});

describe('topics', () => {
  test('are made where they are missing, with their settings, and then accepted', async () => {
    const wanted = [
      topic({ name: 'made' }),
      topic({ name: 'compacted', cleanupPolicy: 'compact', partitions: 1, retentionMs: 86_400_000 }),
    ];
    await expect(checkTopics(connection, wanted)).rejects.toMatchObject({
      code: 'topics_differ',
      details: { faults: [`${prefix}made is missing`, `${prefix}compacted is missing`] },
    });
    expect(await createMissingTopics(connection, wanted)).toEqual(['made', 'compacted']);
    expect(await createMissingTopics(connection, wanted)).toEqual([]);
    await checkTopics(connection, wanted);
  });

  test('with other settings are refused with everything that differs', async () => {
    await createMissingTopics(connection, [topic({ name: 'other' })]);
    const wanted = [topic({ name: 'other', partitions: 12, retentionMs: 1_000, cleanupPolicy: 'compact' })];
    await expect(checkTopics(connection, wanted)).rejects.toMatchObject({
      details: {
        faults: [
          `${prefix}other has 3 partitions, not 12`,
          `${prefix}other has cleanup.policy delete, not compact`,
          `${prefix}other has retention.ms -1, not 1000`,
        ],
      },
    });
  });

  test('that may lose events by size are refused', async () => {
    await admin.createTopics({
      topics: [
        { topic: `${prefix}lossy`, numPartitions: 3, configEntries: [{ name: 'retention.bytes', value: '1000' }] },
      ],
    });
    await expect(checkTopics(connection, [topic({ name: 'lossy' })])).rejects.toThrow(/retention.bytes 1000, not -1/);
  });
});
