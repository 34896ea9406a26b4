import { randomUUID } from 'node:crypto';
import { testInfrastructure } from '@vienuviet/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createKafkaSubscriber } from '../kafka/kafka-subscriber.ts';
import { appendParcel, parcelsProjection } from '../testing/parcels.ts';
import { type ProjectionRunner, projectionRunner } from '../testing/projection-runner.ts';
import { type TestBus, testBus } from '../testing/test-bus.ts';
import { until } from '../testing/until.ts';
import { projectionBytes } from './projection-bytes.ts';

let bus: TestBus;
let run: ProjectionRunner['run'];
let stopAll: ProjectionRunner['stopAll'];
beforeAll(async () => {
  bus = await testBus();
  ({ run, stopAll } = projectionRunner(bus));
});
afterEach(() => stopAll());
afterAll(() => bus.close());

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
