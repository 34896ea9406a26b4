import { testInfrastructure } from '@vienuviet/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKafkaPublisher } from '../kafka/kafka-publisher.ts';
import { readTopics } from '../projections/shuffle.ts';
import { appendParcel } from '../testing/parcels.ts';
import { recordingLog } from '../testing/recording-log.ts';
import { tcpProxy } from '../testing/tcp-proxy.ts';
import { parcelPartition, type TestBus, testBus, testCodec, topicOf } from '../testing/test-bus.ts';
import { until } from '../testing/until.ts';
import { watched } from '../testing/watched-publisher.ts';
import type { InboundMessage } from '../types.ts';
import { type RelayOptions, type RunningRelay, startRelay } from './relay.ts';

let bus: TestBus;
const relays: RunningRelay[] = [];
beforeAll(async () => {
  bus = await testBus();
});
beforeEach(async () => {
  await bus.pool.query(`update event_bus.relay set position = $1`, [await bus.store.lastPosition()]);
});
afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.stop();
});
afterAll(() => bus.close());

function relay(options: Partial<RelayOptions> = {}): RunningRelay {
  const running = startRelay({
    pool: bus.pool,
    store: bus.store,
    publisher: bus.publisher,
    source: '/services/parcels',
    topicOf,
    sessionTimeoutMs: 2_000,
    ...options,
  });
  relays.push(running);
  return running;
}

const relayed = async (running: RunningRelay) => {
  const end = await bus.store.lastPosition();
  await until(() => running.state().position >= end);
};

const onTopics = async (): Promise<InboundMessage[]> =>
  (await readTopics(bus.subscriber, ['parcel', 'depot'], `reader-${crypto.randomUUID()}`)).flat();

const ofStream = (messages: readonly InboundMessage[], streamId: string) =>
  messages.filter(({ key }) => key === streamId);

describe('an event in the store', () => {
  test('goes on its topic byte for byte, under its stream, with its headers', async () => {
    const streamId = await appendParcel(bus.store, { depots: ['riga'] });
    await relayed(relay());
    const stored = (await bus.store.readFeed(0, 10_000)).filter((event) => event.streamId === streamId);
    const messages = ofStream(await onTopics(), streamId);
    expect(messages.map(({ value }) => value!.toString('hex'))).toEqual(
      stored.map(({ payload }) => payload.toString('hex')),
    );
    expect(messages.map(({ partition }) => partition)).toEqual(stored.map(() => parcelPartition(streamId)));
    expect(messages[1]!.headers).toEqual({
      ce_specversion: '1.0',
      ce_id: stored[1]!.eventId,
      ce_source: '/services/parcels',
      ce_type: 'lv.vienuviet.parcels.Moved.v1',
      ce_time: stored[1]!.recordedAt.toISOString(),
      ce_subject: streamId,
      ce_sequence: '2',
      ce_storeepoch: bus.store.epoch,
      ce_storeposition: String(stored[1]!.position),
    });
    expect(testCodec().decode(messages[1]!.value!)).toMatchObject({ type: 'parcels.Moved' });
  });

  test('carries the trace of the request that made it', async () => {
    const streamId = `parcel-${crypto.randomUUID()}`;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const events = [{ type: 'parcels.Delivered', data: { parcelId: streamId.slice(7) } }];
    await bus.store.append({
      streams: [{ streamId, streamType: 'parcel', expectedVersion: 'no_stream', events }],
      meta: { traceparent },
    });
    await relayed(relay());
    expect(ofStream(await onTopics(), streamId)[0]!.headers['traceparent']).toBe(traceparent);
  });

  test('stays local when its type has no topic, and the relay goes past it', async () => {
    const streamId = `note-${crypto.randomUUID()}`;
    const events = [{ type: 'parcels.Noted', data: { about: 'nothing' } }];
    await bus.store.append({ streams: [{ streamId, streamType: 'note', expectedVersion: 'any', events }] });
    await relayed(relay());
    expect(ofStream(await onTopics(), streamId)).toEqual([]);
  });

  test('goes on the topic of its stream where a stream has one of its own', async () => {
    const [own, local] = [`note-${crypto.randomUUID()}`, `note-${crypto.randomUUID()}`];
    for (const streamId of [own, local]) {
      const events = [{ type: 'parcels.Noted', data: { about: 'nothing' } }];
      await bus.store.append({ streams: [{ streamId, streamType: 'note', expectedVersion: 'any', events }] });
    }
    await relayed(relay({ topicOf: (type, streamId) => (streamId === own ? 'depot' : topicOf(type)) }));
    const messages = await onTopics();
    expect(ofStream(messages, own).map(({ topic }) => topic)).toEqual(['depot']);
    expect(ofStream(messages, local)).toEqual([]);
  });

  test('is on the bus right after its commit, without waiting for a poll', async () => {
    const running = relay();
    await until(() => running.state().status === 'running');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const since = performance.now();
    await appendParcel(bus.store);
    await relayed(running);
    expect(performance.now() - since).toBeLessThan(1_000);
  });
});

describe('batches', () => {
  test('are sent one at a time and in order, the next one read meanwhile', async () => {
    for (let i = 0; i < 40; i++) await appendParcel(bus.store, { depots: ['a', 'b', 'c'] });
    const { publisher, sent } = watched(bus.publisher);
    await relayed(relay({ publisher, batchSize: 25 }));
    const positions = sent.flat().map(({ headers }) => Number(headers['ce_storeposition']));
    expect(sent.length).toBe(8);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(new Set(positions).size).toBe(200);
  });

  test('that together are more than a broker takes in one batch are sent in portions', async () => {
    const depots = Array.from({ length: 6 }, () => 'd'.repeat(400_000));
    const streamId = await appendParcel(bus.store, { depots });
    await relayed(relay());
    const versions = ofStream(await onTopics(), streamId).map(({ headers }) => Number(headers['ce_sequence']));
    expect(versions).toEqual(versions.map((_, index) => index + 1));
    expect(versions.length).toBeGreaterThan(6);
  });

  test('are sent again when the relay died between send and checkpoint: twice on the topic, never lost', async () => {
    const streamId = await appendParcel(bus.store, { depots: ['riga', 'cesis'] });
    const { publisher, afterSend, sent } = watched(bus.publisher);
    afterSend(async () => {
      afterSend(undefined);
      await silenceLeader(bus);
    });
    const running = relay({ publisher });
    await relayed(running);
    const versions = ofStream(await onTopics(), streamId).map(({ headers }) => headers['ce_sequence']);
    expect([...new Set(versions)]).toEqual(['1', '2', '3', '4']);
    expect(versions).toHaveLength(8);
    expect(sent).toHaveLength(2);
  });
});

describe('when Kafka does not answer', () => {
  test('the relay keeps trying, says so once, and sends everything when it comes back', async () => {
    const [host, port] = testInfrastructure().kafkaBrokers[0]!.split(':');
    const proxy = await tcpProxy({ host: host!, port: Number(port) });
    const log = recordingLog();
    const publisher = createKafkaPublisher({
      brokers: testInfrastructure().kafkaBrokers,
      clientId: 'cut',
      topicPrefix: bus.prefix,
      socketFactory: proxy.socketFactory,
      requestTimeoutMs: 1_000,
    });
    const running = relay({ publisher, log });
    await appendParcel(bus.store);
    await relayed(running);
    proxy.cut();
    const streams = [];
    for (let i = 0; i < 5; i++) streams.push(await appendParcel(bus.store));
    await until(() => running.state().status === 'backing_off');
    expect(running.state().trouble).toMatchObject({ code: 'publish_failed' });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    for (let i = 0; i < 5; i++) streams.push(await appendParcel(bus.store));
    proxy.heal();
    await relayed(running);
    expect(running.state().status).toBe('running');
    const messages = await onTopics();
    for (const streamId of streams) {
      expect(ofStream(messages, streamId).map(({ headers }) => headers['ce_sequence'])).toEqual(['1', '2', '3']);
    }
    expect(log.lines.filter(({ message }) => message.startsWith('the relay backs off'))).toHaveLength(1);
    expect(log.lines.filter(({ message }) => message === 'the relay goes on')).toHaveLength(1);
    await running.stop();
    await publisher.close();
    await proxy.close();
  }, 60_000);

  test('a connection that went dead without a word is given up after the time-out, and nothing is lost', async () => {
    const [host, port] = testInfrastructure().kafkaBrokers[0]!.split(':');
    const proxy = await tcpProxy({ host: host!, port: Number(port) });
    const publisher = createKafkaPublisher({
      brokers: testInfrastructure().kafkaBrokers,
      clientId: 'frozen',
      topicPrefix: bus.prefix,
      socketFactory: proxy.socketFactory,
      requestTimeoutMs: 1_000,
    });
    const running = relay({ publisher });
    await appendParcel(bus.store);
    await relayed(running);
    proxy.freeze();
    const streamId = await appendParcel(bus.store);
    await until(() => running.state().status === 'backing_off', 20_000);
    proxy.heal();
    await relayed(running);
    const versions = ofStream(await onTopics(), streamId).map(({ headers }) => headers['ce_sequence']);
    expect([...new Set(versions)]).toEqual(['1', '2', '3']);
    await running.stop();
    await publisher.close();
    await proxy.close();
  }, 60_000);
});

describe('of two relays', () => {
  test('one leads, and the other takes over when it stops', async () => {
    const first = watched(bus.publisher);
    const other = createKafkaPublisher({
      brokers: testInfrastructure().kafkaBrokers,
      clientId: 'other',
      topicPrefix: bus.prefix,
    });
    const second = watched(other);
    const one = relay({ publisher: first.publisher });
    await until(() => one.state().status === 'running');
    const two = relay({ publisher: second.publisher });
    for (let i = 0; i < 20; i++) await appendParcel(bus.store);
    await relayed(one);
    expect(second.sent).toEqual([]);
    expect(two.state().status).toBe('standby');
    await one.stop();
    const streamId = await appendParcel(bus.store);
    await relayed(two);
    expect(ofStream(await onTopics(), streamId)).toHaveLength(3);
    await two.stop();
    await other.close();
  });

  test('a leader that fell silent is replaced, and what it sends when it wakes moves no checkpoint', async () => {
    const frozen = watched(bus.publisher);
    const asleep = Promise.withResolvers<void>();
    const wake = Promise.withResolvers<void>();
    const other = createKafkaPublisher({
      brokers: testInfrastructure().kafkaBrokers,
      clientId: 'other',
      topicPrefix: bus.prefix,
    });
    const one = relay({ publisher: frozen.publisher });
    await until(() => one.state().status === 'running');
    frozen.beforeSend(async () => {
      frozen.beforeSend(undefined);
      // A process that is stopped: its session falls silent in the middle of a send, and the server ends it.
      await silenceLeader(bus);
      asleep.resolve();
      await wake.promise;
    });
    const streamId = await appendParcel(bus.store, { depots: ['riga'] });
    await asleep.promise;
    const two = relay({ publisher: other });
    await relayed(two);
    const position = two.state().position;
    wake.resolve();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { rows } = await bus.pool.query('select position from event_bus.relay');
    expect(Number(rows[0].position)).toBe(position);
    const versions = ofStream(await onTopics(), streamId).map(({ headers }) => headers['ce_sequence']);
    expect([...new Set(versions)]).toEqual(['1', '2', '3']);
    await two.stop();
    await other.close();
  }, 60_000);

  test('one whose checkpoint was moved by somebody else stops sending', async () => {
    const { publisher, beforeSend } = watched(bus.publisher);
    const log = recordingLog();
    const one = relay({ publisher, log });
    await until(() => one.state().status === 'running');
    beforeSend(async () => {
      beforeSend(undefined);
      await bus.pool.query('update event_bus.relay set position = position + 1');
    });
    await appendParcel(bus.store);
    await until(() =>
      log.lines.some(({ fields }) => (fields['err'] as { code?: string })?.code === 'checkpoint_moved'),
    );
  });
});

/** Ends the session that holds the relay's lock, as the server does after `idle_session_timeout`. */
async function silenceLeader(bus: TestBus): Promise<void> {
  const { rows } = await bus.pool.query<{ pid: number }>(
    `select pid from pg_locks where locktype = 'advisory' and classid = 1163019602 and granted
        and database = (select oid from pg_database where datname = current_database())`,
  );
  for (const { pid } of rows) await bus.pool.query('select pg_terminate_backend($1)', [pid]);
}
