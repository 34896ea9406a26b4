import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventStore, type EventCodec, type EventStore, eventStoreMigrations } from '@vienuviet/event-store';
import { createCodec } from '@vienuviet/schemas';
import { type TestDatabase, testDatabase, testInfrastructure, topicPrefix } from '@vienuviet/testing';
import kafkajs, { type Kafka, type Message } from 'kafkajs';
import type pg from 'pg';
import { asOf } from '../consumer/as-of.ts';
import { createKafkaPublisher } from '../kafka/kafka-publisher.ts';
import { createKafkaSubscriber } from '../kafka/kafka-subscriber.ts';
import { partitionOf } from '../kafka/partition-of.ts';
import { eventBusMigrations } from '../migrations.ts';
import { startRelay } from '../relay/relay.ts';
import type { EventPublisher, EventSubscriber } from '../types.ts';
import { until } from './until.ts';

/** Contracts of the tests: a parcel that is posted, moved and delivered; a depot; and notes about them. */
const contracts: Record<string, { name: string; type: unknown }[]> = {
  Posted: [
    { name: 'parcelId', type: { type: 'string', logicalType: 'uuid' } },
    { name: 'weight', type: 'int' },
    { name: 'occurredAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
  Moved: [
    { name: 'parcelId', type: { type: 'string', logicalType: 'uuid' } },
    { name: 'depot', type: 'string' },
    { name: 'occurredAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
  Delivered: [{ name: 'parcelId', type: { type: 'string', logicalType: 'uuid' } }],
  DepotOpened: [
    { name: 'depot', type: 'string' },
    { name: 'town', type: 'string' },
  ],
  Noted: [{ name: 'about', type: 'string' }],
};

export const parcelTypes = ['parcels.Posted', 'parcels.Moved', 'parcels.Delivered'] as const;

/** Topics of the tests by event type; notes stay local. */
export const topicOf = (type: string): string | undefined =>
  type === 'parcels.DepotOpened' ? 'depot' : (parcelTypes as readonly string[]).includes(type) ? 'parcel' : undefined;

let codec: EventCodec | undefined;

/** A codec over a temporary folder of contracts. */
export function testCodec(): EventCodec {
  if (codec !== undefined) return codec;
  const folder = mkdtempSync(join(tmpdir(), 'bus-contracts-'));
  for (const [name, fields] of Object.entries(contracts)) {
    mkdirSync(join(folder, 'parcels', name), { recursive: true });
    const schema = { type: 'record', name, namespace: 'lv.vienuviet.parcels', fields };
    writeFileSync(join(folder, 'parcels', name, 'v1.avsc'), JSON.stringify(schema));
  }
  codec = createCodec(folder);
  rmSync(folder, { recursive: true });
  return codec;
}

export interface TestBus {
  readonly prefix: string;
  readonly kafka: Kafka;
  readonly database: TestDatabase;
  readonly pool: pg.Pool;
  readonly ownerPool: pg.Pool;
  readonly roles: { readonly writer: string; readonly reader: string };
  readonly store: EventStore;
  readonly publisher: EventPublisher;
  readonly subscriber: EventSubscriber;
  /** Puts raw messages on a topic. */
  produce(topic: string, messages: readonly Message[]): Promise<void>;
  /** Relays everything that the store holds. */
  relayAll(): Promise<void>;
  /** Waits until a consumer has read everything that its topics hold. */
  drained(consumer: string, topics?: readonly string[]): Promise<void>;
  /** Lets something end before the bus is closed. */
  onClose(end: () => Promise<unknown>): void;
  close(): Promise<void>;
}

/** A store, a database and topics of one test file: `parcel` with 3 partitions, `depot` with 1. */
export async function testBus(): Promise<TestBus> {
  const { kafkaBrokers } = testInfrastructure();
  const prefix = topicPrefix();
  const connection = { brokers: kafkaBrokers, clientId: 'bus-test', topicPrefix: prefix };
  const kafka = new kafkajs.Kafka({
    brokers: [...kafkaBrokers],
    clientId: 'bus-test',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [
      { topic: `${prefix}parcel`, numPartitions: 3 },
      { topic: `${prefix}depot`, numPartitions: 1 },
    ],
  });
  const database = await testDatabase({ service: 'bus_test', sets: [eventStoreMigrations, eventBusMigrations] });
  const pool = database.pool('writer', 20);
  const ownerPool = database.pool('owner', 4);
  const store = await createEventStore({ pool, codec: testCodec() });
  const publisher = createKafkaPublisher(connection);
  const subscriber = createKafkaSubscriber(connection);
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const ends: (() => Promise<unknown>)[] = [];
  return {
    prefix,
    kafka,
    database,
    pool,
    ownerPool,
    roles: { writer: 'bus_test_writer', reader: 'bus_test_reader' },
    store,
    publisher,
    subscriber,
    async produce(topic, messages) {
      await producer.send({ topic: prefix + topic, messages: messages as Message[] });
    },
    async relayAll() {
      const end = await store.lastPosition();
      const relay = startRelay({ pool, store, publisher, source: '/services/parcels', topicOf });
      await until(() => relay.state().position >= end);
      await relay.stop();
    },
    async drained(consumer, topics = ['parcel', 'depot']) {
      await until(async () => {
        const offsets = await asOf(pool, consumer);
        const ranges = await Promise.all(topics.map((topic) => subscriber.ranges(topic)));
        return topics.every((topic, i) =>
          ranges[i]!.every(({ partition, high }) => {
            const found = offsets.find((offset) => offset.topic === topic && offset.partition === partition);
            return BigInt(found?.offset ?? -1) + 1n >= high;
          }),
        );
      }, 30_000);
    },
    onClose: (end) => void ends.push(end),
    async close() {
      for (const end of ends.reverse()) await end();
      await subscriber.close();
      await publisher.close();
      await producer.disconnect();
      await admin.deleteTopics({ topics: [`${prefix}parcel`, `${prefix}depot`] });
      await admin.disconnect();
      await store.close();
      await database.drop();
    },
  };
}

/** Partition of a parcel's stream. */
export const parcelPartition = (streamId: string): number => partitionOf(streamId, 3);
