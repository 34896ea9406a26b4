import { testInfrastructure } from '@vienuviet/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createKafkaSubscriber } from '../kafka/kafka-subscriber.ts';
import { appendParcel, parcelsProjection } from '../testing/parcels.ts';
import { type ProjectionRunner, projectionRunner } from '../testing/projection-runner.ts';
import { recordingLog } from '../testing/recording-log.ts';
import { tcpProxy } from '../testing/tcp-proxy.ts';
import { type TestBus, testBus } from '../testing/test-bus.ts';
import { until } from '../testing/until.ts';

let bus: TestBus;
let run: ProjectionRunner['run'];
let stopAll: ProjectionRunner['stopAll'];
beforeAll(async () => {
  bus = await testBus();
  ({ run, stopAll } = projectionRunner(bus));
});
afterEach(() => stopAll());
afterAll(() => bus.close());

describe('what goes wrong for a moment loses nothing', () => {
  test('PostgreSQL ends all sessions in the middle of the work, again and again', async () => {
    const log = recordingLog();
    const running = await run(parcelsProjection({ name: 'shaken', from: ['parcel'] }), { batchSize: 5, log });
    const streams: string[] = [];
    for (let i = 0; i < 150; i++) streams.push(await appendParcel(bus.store, { depots: ['a', 'b'] }));
    const relaying = bus.relayAll();
    for (let i = 0; i < 8; i++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await terminateWriters();
    }
    await relaying.catch(() => undefined);
    // The test's own sessions were ended too, and each is noticed when it is used.
    const relayed = () => bus.relayAll().then(() => true);
    await until(() => relayed().catch(() => false), 20_000);
    await until(async () => (await Promise.all(streams.map((id) => running.seen(id, 4, 50)))).every(Boolean), 40_000);
    const { rows } = await bus.pool.query(
      'select count(*)::int as n, sum(moves)::int as moves from shaken.parcel where parcel_id = any ($1)',
      [streams.map((id) => id.slice(7))],
    );
    expect(rows).toEqual([{ n: 150, moves: 300 }]);
    expect((await running.parked.list()).length).toBe(0);
  }, 90_000);

  test('Kafka goes away and comes back', async () => {
    const [host, port] = testInfrastructure().kafkaBrokers[0]!.split(':');
    const proxy = await tcpProxy({ host: host!, port: Number(port) });
    const log = recordingLog();
    const subscriber = createKafkaSubscriber({
      brokers: testInfrastructure().kafkaBrokers,
      clientId: 'cut',
      topicPrefix: bus.prefix,
      socketFactory: proxy.socketFactory,
      requestTimeoutMs: 2_000,
    });
    const running = await run(parcelsProjection({ name: 'cut', from: ['parcel'] }), { subscriber, log });
    const first = await appendParcel(bus.store);
    await bus.relayAll();
    expect(await running.seen(first, 3, 15_000)).toBe(true);
    proxy.cut();
    await until(() => running.state().status === 'backing_off', 20_000);
    const second = await appendParcel(bus.store);
    await bus.relayAll();
    expect(await running.seen(second, 3, 1_500)).toBe(false);
    proxy.heal();
    expect(await running.seen(second, 3, 40_000)).toBe(true);
    expect(running.state().status).toBe('running');
    expect(running.state().trouble).toBeUndefined();
    const { rows } = await bus.pool.query('select moves, delivered from cut.parcel where parcel_id = $1', [
      second.slice(7),
    ]);
    expect(rows).toEqual([{ moves: 1, delivered: true }]);
    await running.stop();
    await subscriber.close();
    await proxy.close();
  }, 90_000);

  test('a process starts while Kafka is away', async () => {
    const [host, port] = testInfrastructure().kafkaBrokers[0]!.split(':');
    const proxy = await tcpProxy({ host: host!, port: Number(port) });
    proxy.cut();
    const subscriber = createKafkaSubscriber({
      brokers: testInfrastructure().kafkaBrokers,
      clientId: 'late',
      topicPrefix: bus.prefix,
      socketFactory: proxy.socketFactory,
    });
    const running = await run(parcelsProjection({ name: 'late', from: ['parcel'] }), { subscriber });
    await until(() => running.state().status === 'backing_off');
    const streamId = await appendParcel(bus.store);
    await bus.relayAll();
    proxy.heal();
    expect(await running.seen(streamId, 3, 40_000)).toBe(true);
    await running.stop();
    await subscriber.close();
    await proxy.close();
  }, 60_000);
});

/** Ends every session of the writer, as a crash of the server would. */
async function terminateWriters(): Promise<void> {
  const admin = bus.database.adminUrl;
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = $1`,
    [bus.roles.writer],
  );
  await client.end();
}
