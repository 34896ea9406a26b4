import { randomUUID } from 'node:crypto';
import { testInfrastructure } from '@vienuviet/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createKafkaSubscriber } from '../kafka/kafka-subscriber.ts';
import { appendParcel, parcelsProjection } from '../testing/parcels.ts';
import { recordingLog } from '../testing/recording-log.ts';
import { tcpProxy } from '../testing/tcp-proxy.ts';
import { type TestBus, testBus, testCodec } from '../testing/test-bus.ts';
import { until } from '../testing/until.ts';
import type { Projection } from '../types.ts';
import { prepareProjections } from './prepare.ts';
import { projectionBytes } from './projection-bytes.ts';
import { type ProjectionOptions, type RunningProjection, startProjection } from './start-projection.ts';

let bus: TestBus;
const started: RunningProjection[] = [];
beforeAll(async () => {
  bus = await testBus();
});
afterEach(async () => {
  for (const projection of started.splice(0)) await projection.stop();
});
afterAll(() => bus.close());

/** A projection of its own for a test, on the topics that all tests of the file share. */
async function run(projection: Projection, options: Partial<ProjectionOptions> = {}): Promise<RunningProjection> {
  await prepareProjections(bus.ownerPool, [projection], bus.roles);
  const running = startProjection({
    projection,
    pool: bus.pool,
    subscriber: bus.subscriber,
    group: projection.name,
    codec: testCodec(),
    owner: { pool: bus.ownerPool, roles: bus.roles },
    ...options,
  });
  started.push(running);
  return running;
}

const parcelRow = async (schema: string, streamId: string) => {
  const { rows } = await bus.pool.query(`select * from ${schema}.parcel where parcel_id = $1`, [streamId.slice(7)]);
  return rows[0];
};

describe('a projection of topics', () => {
  test('shows what the events say, in tables that a reader may read and nobody else may change', async () => {
    const running = await run(parcelsProjection({ name: 'shown' }));
    const streamId = await appendParcel(bus.store, { depots: ['riga', 'liepaja'], weight: 7 });
    await bus.store.append({
      streams: [
        {
          streamId: `depot-${randomUUID()}`,
          streamType: 'depot',
          expectedVersion: 'any',
          events: [{ type: 'parcels.DepotOpened', data: { depot: 'liepaja', town: 'Liepāja' } }],
        },
      ],
    });
    await bus.relayAll();
    expect(await running.seen(streamId, 4, 15_000)).toBe(true);
    await bus.drained('shown');
    const reader = bus.database.pool('reader', 1);
    expect((await reader.query('select weight, depot, moves, delivered, posted_at from shown.parcel')).rows).toEqual([
      { weight: 7, depot: 'liepaja', moves: 2, delivered: true, posted_at: new Date('2024-01-01T00:00:00.000Z') },
    ]);
    expect((await reader.query('select depot, words, facts from shown.move order by version')).rows[1]).toEqual({
      depot: 'liepaja',
      words: ['to', 'liepaja', 'with "quotes", {braces} and \\'],
      facts: { depot: 'liepaja', at: Date.UTC(2024, 0, 1) + 1 },
    });
    expect((await reader.query('select * from shown.depot order by depot')).rows).toEqual([
      { depot: 'liepaja', town: 'Liepāja', parcels: 1 },
      { depot: 'riga', town: null, parcels: 1 },
    ]);
    expect((await reader.query('select count(*)::int as n from shown.delivered_parcel')).rows).toEqual([{ n: 1 }]);
    await expect(reader.query('delete from shown.parcel')).rejects.toMatchObject({ code: '42501' });
    await expect(bus.pool.query('drop table shown.parcel')).rejects.toMatchObject({ code: '42501' });
  });

  test('says up to which event it is true', async () => {
    const running = await run(parcelsProjection({ name: 'dated' }));
    const streamId = await appendParcel(bus.store);
    await bus.relayAll();
    await running.seen(streamId, 3, 15_000);
    await bus.drained('dated');
    const ranges = await bus.subscriber.ranges('parcel');
    const [last] = (await bus.store.readFeed(0, 10_000)).filter((event) => event.streamId === streamId).slice(-1);
    const asOf = await running.asOf();
    for (const { partition, high } of ranges.filter(({ high: end }) => end > 0n)) {
      expect(asOf).toContainEqual(
        expect.objectContaining({ topic: 'parcel', partition, offset: String(high - 1n), lag: 0 }),
      );
    }
    expect(asOf).toContainEqual(expect.objectContaining({ lastEventId: last!.eventId, lastEventAt: last!.recordedAt }));
  });

  test('drops what the relay wrote twice', async () => {
    const running = await run(parcelsProjection({ name: 'twice', from: ['parcel'] }));
    const streamId = await appendParcel(bus.store, { depots: ['riga', 'cesis'] });
    await bus.relayAll();
    await running.seen(streamId, 4, 15_000);
    await bus.drained('twice', ['parcel']);
    const before = await projectionBytes(bus.pool, 'twice');
    await bus.pool.query('update event_bus.relay set position = 0');
    await bus.relayAll();
    await bus.drained('twice', ['parcel']);
    expect(String(await projectionBytes(bus.pool, 'twice'))).toBe(String(before));
  });

  test('writes only rows that changed', async () => {
    const running = await run(parcelsProjection({ name: 'quiet', from: ['parcel'] }));
    const streamId = await appendParcel(bus.store, { depots: [], delivered: true });
    await bus.relayAll();
    await running.seen(streamId, 2, 15_000);
    const xmin = async () =>
      (await bus.pool.query('select xmin::text from quiet.parcel where parcel_id = $1', [streamId.slice(7)])).rows[0]
        .xmin;
    const before = await xmin();
    const again = [{ type: 'parcels.Delivered', data: { parcelId: streamId.slice(7) } }];
    await bus.store.append({ streams: [{ streamId, streamType: 'parcel', expectedVersion: 2, events: again }] });
    await bus.relayAll();
    expect(await running.seen(streamId, 3, 15_000)).toBe(true);
    expect(await xmin()).toBe(before);
  });

  test('deletes rows, and makes them again', async () => {
    const definition = parcelsProjection({ name: 'deleting', from: ['parcel'] });
    const parcel = definition.tables['parcel']!;
    const running = await run({
      ...definition,
      tables: {
        parcel: {
          key: parcel.key,
          on: { ...parcel.on, 'parcels.Delivered': { key: parcel.on['parcels.Moved']!.key, apply: () => null } },
        },
      },
    });
    const streamId = await appendParcel(bus.store, { depots: ['riga'] });
    await bus.relayAll();
    await running.seen(streamId, 3, 15_000);
    expect(await parcelRow('deleting', streamId)).toBeUndefined();
    const events = [{ type: 'parcels.Moved', data: { parcelId: streamId.slice(7), depot: 'back', occurredAt: 1 } }];
    await bus.store.append({ streams: [{ streamId, streamType: 'parcel', expectedVersion: 3, events }] });
    await bus.relayAll();
    await running.seen(streamId, 4, 15_000);
    expect(await parcelRow('deleting', streamId)).toMatchObject({
      depot: 'back',
      moves: 1,
      delivered: false,
      weight: null,
    });
  });
});

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
    await relaying.catch(() => bus.relayAll());
    await bus.relayAll();
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
    expect(await parcelRow('cut', second)).toMatchObject({ moves: 1, delivered: true });
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

describe('several instances', () => {
  test('share the partitions, hand over on joining and leaving, and apply every event once', async () => {
    const name = 'shared';
    const one = await run(parcelsProjection({ name, from: ['parcel'] }), { batchSize: 7 });
    const streams: string[] = [];
    const write = async (parcels: number) => {
      for (let i = 0; i < parcels; i++) streams.push(await appendParcel(bus.store, { depots: ['a', 'b', 'c'] }));
      await bus.relayAll();
    };
    await write(30);
    const others = [1, 2].map(() =>
      createKafkaSubscriber({ brokers: testInfrastructure().kafkaBrokers, clientId: 'more', topicPrefix: bus.prefix }),
    );
    const more = await Promise.all(
      others.map((subscriber) => run(parcelsProjection({ name, from: ['parcel'] }), { subscriber, batchSize: 7 })),
    );
    await write(30);
    await more[0]!.stop();
    await write(30);
    expect(await one.seen(streams.at(-1)!, 5, 20_000)).toBe(true);
    await bus.drained(name, ['parcel']);
    const { rows } = await bus.pool.query(
      `select count(*)::int as n, sum(moves)::int as moves from ${name}.parcel where parcel_id = any ($1)`,
      [streams.map((id) => id.slice(7))],
    );
    expect(rows).toEqual([{ n: 90, moves: 270 }]);
    for (const running of [one, ...more]) await running.stop();
    for (const subscriber of others) await subscriber.close();
  }, 90_000);

  test('meet on the same rows without losing a change', async () => {
    // Three partitions count on the same depot rows; two processes and two batches at a time in each.
    const name = 'meeting';
    const definition = parcelsProjection({ name });
    const others = [1, 2].map(() =>
      createKafkaSubscriber({
        brokers: testInfrastructure().kafkaBrokers,
        clientId: 'meet',
        topicPrefix: bus.prefix,
        partitionsAtOnce: 3,
      }),
    );
    const depots = Array.from({ length: 10 }, (_, i) => `meet-${i}`);
    for (let i = 0; i < 80; i++) await appendParcel(bus.store, { depots: [...depots].sort(() => Math.random() - 0.5) });
    await bus.relayAll();
    const running = [];
    for (const subscriber of others) running.push(await run(definition, { subscriber, batchSize: 11 }));
    await bus.drained(name);
    const { rows } = await bus.pool.query(
      `select depot, parcels from ${name}.depot where depot = any ($1) order by depot`,
      [depots],
    );
    expect(rows).toEqual(depots.map((depot) => ({ depot, parcels: 80 })));
    for (const projection of running) await projection.stop();
    for (const subscriber of others) await subscriber.close();
  }, 90_000);
});

describe('a projection of one’s own store', () => {
  test('follows without the bus, in one process at a time, and the next takes over', async () => {
    const definition = parcelsProjection({ name: 'own', from: 'store' });
    const options = { store: bus.store, sessionTimeoutMs: 2_000 };
    const one = await run(definition, options);
    const two = await run(definition, options);
    const streamId = await appendParcel(bus.store, { depots: ['riga'] });
    expect(await one.seen(streamId, 3, 10_000)).toBe(true);
    expect(await two.seen(streamId, 3, 1_000)).toBe(true);
    await one.stop();
    const next = await appendParcel(bus.store, { depots: ['riga'] });
    expect(await two.seen(next, 3, 15_000)).toBe(true);
    const position = await bus.store.lastPosition();
    await until(async () => (await two.asOf())[0]?.offset === String(position));
  });

  test('shows a command within milliseconds when the same process appends', async () => {
    const running = await run(parcelsProjection({ name: 'quick', from: 'store' }), {
      store: bus.store,
      polling: { busy: 5_000, idle: 5_000 },
    });
    await running.seen(await appendParcel(bus.store), 3, 10_000);
    const took: number[] = [];
    for (let i = 0; i < 20; i++) {
      const since = performance.now();
      expect(await running.seen(await appendParcel(bus.store), 3, 10_000)).toBe(true);
      took.push(performance.now() - since);
    }
    expect(took.sort((a, b) => a - b)[10]!).toBeLessThan(100);
  });
});

describe('a definition is refused', () => {
  const refused = async (change: Partial<Projection>, reason: RegExp) => {
    const projection = { ...parcelsProjection({ name: `refused_${randomUUID().slice(0, 8)}` }), ...change };
    await expect(prepareProjections(bus.ownerPool, [projection], bus.roles)).rejects.toMatchObject({
      code: 'projection_refused',
      message: expect.stringMatching(reason),
    });
    const { rowCount } = await bus.pool.query('select 1 from pg_namespace where nspname = $1', [projection.name]);
    expect(rowCount).toBe(0);
  };
  const sql = (columns: string, rest = '') => ({
    sql: `create table t (${columns}); ${rest}`,
    tables: { t: { key: ['id'], on: {} } },
  });

  test.each<[string, Partial<Projection>, RegExp]>([
    [
      'whose view would walk around row security',
      sql('id int primary key', 'create view v as select * from t'),
      /views v lack/,
    ],
    [
      'whose column counts by itself',
      sql('id int primary key, n bigint generated always as identity'),
      /counts by itself/,
    ],
    ['whose column counts by a sequence', sql('id int primary key, n serial'), /only constants/],
    ['whose default reads the clock', sql('id int primary key, at timestamptz default now()'), /only constants/],
    ['whose default is random', sql('id uuid primary key default gen_random_uuid()'), /only constants/],
    ['whose key is not the table’s', sql('id int, other int primary key'), /primary key is \(other\)/],
    [
      'whose table is not made',
      { ...sql('id int primary key'), tables: { missing: { key: ['id'], on: {} } } },
      /not made/,
    ],
    ['whose SQL is wrong', { sql: 'create tabel t ()' }, /SQL of projection .* failed/],
    ['whose name is taken', { name: 'event_store' }, /must be a schema name/],
    ['whose name looks like a version', { name: 'parcels_v2' }, /may not end in/],
    ['whose version is no version', { version: 0 }, /version must be 1/],
    ['that reads nothing', { from: [] }, /no topic/],
  ])('%s', async (_, change, reason) => {
    if (change.name === undefined) return refused(change, reason);
    await expect(
      prepareProjections(bus.ownerPool, [{ ...parcelsProjection(), ...change }], bus.roles),
    ).rejects.toMatchObject({ code: 'projection_refused', message: expect.stringMatching(reason) });
  });
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
