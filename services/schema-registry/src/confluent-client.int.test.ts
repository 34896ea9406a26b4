import { randomUUID } from 'node:crypto';
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { createKafkaPublisher, eventBusMigrations, startRelay } from '@vienuviet/event-bus';
import { createEventStore, eventStoreMigrations } from '@vienuviet/event-store';
import { codec, contracts, newestOf, topicOf } from '@vienuviet/schemas';
import { dataOf } from '@vienuviet/schemas/testing';
import { type RunningService, startStateless } from '@vienuviet/service';
import { eventually, testDatabase, testInfrastructure, topicPrefix } from '@vienuviet/testing';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schemaRegistry } from './service.ts';

/** An event that has no topic of its own travels here, so that its contract is read by the foreign client too. */
const localTopic = 'statusfeed.item';
const topicFor = (type: string): string => topicOf(type) ?? localTopic;

const written = [...contracts.byType.values()].map((contract, index) => {
  const { type, subject, schema } = newestOf(contract);
  return {
    type,
    subject,
    streamId: `sample-${randomUUID()}`,
    data: fc.sample(dataOf(schema), { seed: index, numRuns: 1 })[0]!,
  };
});

let service: RunningService;
let client: SchemaRegistry;
/** Messages as Kafka holds them, by key. */
const messages = new Map<string, Buffer>();

beforeAll(async () => {
  const { redisUrl } = testInfrastructure();
  const issuer = 'http://127.0.0.1:9';
  const config = {
    host: '127.0.0.1',
    port: 0,
    issuer,
    jwksUrl: `${issuer}/jwks.json`,
    redisUrl,
    logLevel: 'silent',
    own: {},
  };
  service = await startStateless(schemaRegistry, config);
  client = new SchemaRegistry({ host: service.address });
  await sendThroughKafka();
});
afterAll(() => service?.close());

/** Appends the events to a store, relays them to Kafka and reads back what arrived there. */
async function sendThroughKafka(): Promise<void> {
  const { kafkaBrokers } = testInfrastructure();
  const prefix = topicPrefix();
  const kafka = new kafkajs.Kafka({ brokers: [...kafkaBrokers], logLevel: kafkajs.logLevel.NOTHING });
  const topics = [...new Set(written.map(({ type }) => `${prefix}${topicFor(type)}`))];
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: `${prefix}client` });
  const publisher = createKafkaPublisher({ brokers: kafkaBrokers, clientId: 'registry-test', topicPrefix: prefix });
  const database = await testDatabase({ service: 'registry_test', sets: [eventStoreMigrations, eventBusMigrations] });
  const pool = database.pool('writer');
  const store = await createEventStore({ pool, codec });
  await admin.connect();
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 3 })) });
  const relay = startRelay({ pool, store, publisher, source: '/services/test', topicOf: topicFor });
  try {
    for (const { type, streamId, data } of written) {
      const stream = {
        streamId,
        streamType: 'sample',
        expectedVersion: 'no_stream',
        events: [{ type, data }],
      } as const;
      expect(await store.append({ streams: [stream] })).toMatchObject({ outcome: 'appended' });
    }
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void messages.set(String(message.key), message.value!) });
    await eventually('every message is there', () => messages.size === written.length || undefined);
  } finally {
    await relay.stop();
    await consumer.disconnect();
    await admin.deleteTopics({ topics });
    await admin.disconnect();
    await publisher.close();
    await store.close();
    await database.drop();
  }
}

describe('a client of Confluent’s registry, which knows nothing of ours', () => {
  test.each(written)('reads $type from Kafka', async ({ streamId, data }) => {
    expect({ ...(await client.decode(messages.get(streamId)!)) }).toEqual(data);
  });

  test.each(written)('writes $type as we do, and we read it', async ({ type, subject, data }) => {
    const id = await client.getLatestSchemaId(subject);
    const bytes = await client.encode(id, data);
    expect(codec.decode(bytes)).toEqual({ type, schemaId: id, data });
    expect(bytes).toEqual(codec.encode(type, data).payload);
  });

  test('finds the id of a schema that it has, by its text', async () => {
    const { subject, json } = newestOf(contracts.byType.get('intake.CaseRegistered')!);
    const schema = { type: SchemaType.AVRO, schema: JSON.stringify(json) } as const;
    const id = await client.getLatestSchemaId(subject);
    expect(await client.getRegistryIdBySchema(subject, schema)).toBe(id);
    expect(await client.getRegistryId(subject, 1)).toBe(id);
    expect(await client.register(schema, { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE })).toEqual({ id });
  });

  test('cannot register another one', async () => {
    const { subject, json } = newestOf(contracts.byType.get('intake.CaseReleased')!);
    const { fields } = json as { fields: object[] };
    const grown = { ...json, fields: [...fields, { name: 'note', type: ['null', 'string'], default: null }] };
    const schema = { type: SchemaType.AVRO, schema: JSON.stringify(grown) } as const;
    const options = { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE };
    await expect(client.register(schema, options)).rejects.toThrow('read-only mode');
  });

  test('is told when there is no such id', async () => {
    const unknown = Buffer.from(messages.get(written[0]!.streamId)!);
    unknown.writeInt32BE(1_000_000, 1);
    await expect(client.decode(unknown)).rejects.toThrow('Schema 1000000 not found');
  });
});
