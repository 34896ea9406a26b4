/**
 * The relay beside kafkajs alone, which sends the same bytes in the same batches, one in flight: `./scripts/bench relay`.
 */
import { createEventStore, eventStoreMigrations } from '@vienuviet/event-store';
import { codec, topicOf, topics } from '@vienuviet/schemas';
import { testDatabase, testInfrastructure, topicPrefix } from '@vienuviet/testing';
import kafkajs from 'kafkajs';
import { kafkaSsl } from '../src/kafka/certificate.ts';
import { createMissingTopics } from '../src/kafka/check-kafka.ts';
import { createKafkaPublisher, producerSettings } from '../src/kafka/kafka-publisher.ts';
import { partitionOf } from '../src/kafka/partition-of.ts';
import { eventBusMigrations } from '../src/migrations.ts';
import { headersOf } from '../src/relay/message-headers.ts';
import { startRelay } from '../src/relay/relay.ts';
import { caseLife, chunks, fillStore } from './case-life.ts';
import { cpuOf, grouped, median, perSecond, type Run, timed } from './measure.ts';

const EVENTS = Number(process.argv[2] ?? 60_000);
const ROUNDS = 5;
const BATCH = 500;
const source = '/services/intake';
const { kafkaBrokers, kafkaTls } = testInfrastructure();

const prefix = topicPrefix();
const connection = { brokers: kafkaBrokers, clientId: 'bench', topicPrefix: prefix };
const wanted = topics.filter(({ name }) => name === 'intake.case');
await createMissingTopics(connection, wanted);
const database = await testDatabase({ service: 'bench', sets: [eventStoreMigrations, eventBusMigrations] });
const pool = database.pool('writer', 10);
const store = await createEventStore({ pool, codec });
const kafka = new kafkajs.Kafka({ brokers: [...connection.brokers], logLevel: kafkajs.logLevel.NOTHING });
const admin = kafka.admin();
const producer = kafka.producer(producerSettings);
const publisher = createKafkaPublisher(connection);
const overTls =
  kafkaTls && createKafkaPublisher({ ...connection, brokers: kafkaTls.brokers, ssl: kafkaSsl(kafkaTls.certificate) });
await Promise.all([admin.connect(), producer.connect()]);
await fillStore(store, EVENTS);
const end = await store.lastPosition();

/** The same messages, made before the clock runs. */
const partitions = wanted[0]!.partitions;
const origin = { source, epoch: store.epoch, schemaVersion: () => 1 };
const messages = (await store.readFeed(0, 1_000_000)).map((event) => ({
  partition: partitionOf(event.streamId, partitions),
  key: event.streamId,
  value: event.payload,
  headers: headersOf(event, origin),
}));
const batches = chunks(messages, BATCH);

async function alone(): Promise<void> {
  for (const batch of batches) {
    await producer.sendBatch({ acks: -1, topicMessages: [{ topic: `${prefix}intake.case`, messages: batch }] });
  }
}

async function relayed(by = publisher): Promise<void> {
  await pool.query('update event_bus.relay set position = 0');
  const relay = startRelay({ pool, store, publisher: by, source, topicOf, batchSize: BATCH });
  while (relay.state().position < end) await new Promise((resolve) => setTimeout(resolve, 5));
  await relay.stop();
}

await alone();
await relayed();
if (overTls) await relayed(overTls);
const runs: { alone: Run[]; relayed: Run[]; overTls: Run[] } = { alone: [], relayed: [], overTls: [] };
for (let round = 0; round < ROUNDS; round++) {
  runs.alone.push(await timed(messages.length, alone));
  runs.relayed.push(await timed(messages.length, () => relayed()));
  if (overTls) runs.overTls.push(await timed(messages.length, () => relayed(overTls)));
}
const ratios = runs.alone.map(({ seconds }, i) => seconds / runs.relayed[i]!.seconds);
const tlsRatios = runs.overTls.map(({ seconds }, i) => runs.relayed[i]!.seconds / seconds);
const tlsRows = overTls
  ? `| relay by mutual TLS | ${grouped(perSecond(messages.length, runs.overTls))} | ${cpuOf(runs.overTls)} |
| ratio TLS / plain text | **${median(tlsRatios).toFixed(2)}** (${Math.min(...tlsRatios).toFixed(2)}–${Math.max(...tlsRatios).toFixed(2)}) | |
`
  : '';
const bytes = caseLife(crypto.randomUUID(), 1).map(({ type, data }) => codec.encode(type, data).payload.length);

process.stdout.write(`## Relay

${grouped(messages.length)} case events (${Math.min(...bytes)}–${Math.max(...bytes)} bytes and nine headers each) from the store to Kafka, batches of ${BATCH}, one send in
flight, \`acks=-1\`; medians of ${ROUNDS} rounds in turns. kafkajs alone sends the same messages, made beforehand.
\`./scripts/bench relay\`

| | events a second | CPU µs an event |
| --- | --- | --- |
| kafkajs \`sendBatch\` alone | ${grouped(perSecond(messages.length, runs.alone))} | ${cpuOf(runs.alone)} |
| relay: read, send, checkpoint | ${grouped(perSecond(messages.length, runs.relayed))} | ${cpuOf(runs.relayed)} |
| ratio (goal ≥ 0.7) | **${median(ratios).toFixed(2)}** (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}) | |
${tlsRows}`);

await Promise.all([producer.disconnect(), publisher.close(), overTls?.close(), store.close()]);
await admin.deleteTopics({ topics: [`${prefix}intake.case`] });
await admin.disconnect();
await database.drop();
