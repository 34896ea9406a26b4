import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { appendParcel, parcelsProjection } from '../testing/parcels.ts';
import { type TestBus, testBus, testCodec } from '../testing/test-bus.ts';
import { until } from '../testing/until.ts';
import type { Projection } from '../types.ts';
import { prepareProjections } from './prepare.ts';
import { projectionBytes } from './projection-bytes.ts';
import { type RebuildProgress, rebuildProjection } from './rebuild.ts';
import { type ProjectionOptions, type RunningProjection, startProjection } from './start-projection.ts';

let bus: TestBus;
const started: RunningProjection[] = [];
beforeAll(async () => {
  bus = await testBus();
  for (let i = 0; i < 150; i++) await appendParcel(bus.store, { depots: ['riga', `d${i % 7}`] });
  await bus.relayAll();
});
afterEach(async () => {
  for (const projection of started.splice(0)) await projection.stop();
});
afterAll(() => bus.close());

const source = () => ({ pool: bus.pool, subscriber: bus.subscriber, codec: testCodec(), store: bus.store });
const owner = () => ({ pool: bus.ownerPool, roles: bus.roles });

async function run(projection: Projection, options: Partial<ProjectionOptions> = {}): Promise<RunningProjection> {
  await prepareProjections(bus.ownerPool, [projection], bus.roles);
  const running = startProjection({ ...source(), projection, group: projection.name, owner: owner(), ...options });
  started.push(running);
  return running;
}

const schemas = async (prefix: string): Promise<string[]> => {
  const { rows } = await bus.pool.query('select nspname from pg_namespace where starts_with(nspname, $1) order by 1', [
    prefix,
  ]);
  return rows.map(({ nspname }) => nspname);
};

const recorded = async (name: string) =>
  (
    await bus.pool.query('select version, generation::int as generation from event_bus.projections where name = $1', [
      name,
    ])
  ).rows[0];

describe('a rebuild', () => {
  test.each([['topics', ['parcel', 'depot']] as const, ['store', 'store'] as const])(
    'from %s gives the same bytes, says how far it is, and leaves nothing behind',
    async (kind, from) => {
      const name = `same_${kind}`;
      const running = await run(parcelsProjection({ name, from }));
      const last = await appendParcel(bus.store);
      await bus.relayAll();
      expect(await running.seen(last, 3, 20_000)).toBe(true);
      if (from !== 'store') await bus.drained(name);
      const live = String(await projectionBytes(bus.pool, name));
      const progress: RebuildProgress[] = [];
      const result = await running.rebuild((step) => progress.push(step));
      expect(String(await projectionBytes(bus.pool, name))).toBe(live);
      expect(result).toMatchObject({ version: 1, events: expect.any(Number) });
      expect(progress.at(-1)).toMatchObject({ phase: 'done', secondsLeft: 0 });
      expect(progress.at(-1)!.events).toBeGreaterThan(600);
      await until(async () => (await schemas(name)).join() === name);
      expect(await recorded(name)).toEqual({ version: 1, generation: 2 });
      const { rowCount } = await bus.pool.query(`select 1 from event_bus.consumer_offsets where consumer = $1`, [
        `${name}#rebuild`,
      ]);
      expect(rowCount).toBe(0);
    },
    60_000,
  );

  test('goes on while events are written and read: no reader fails, no event is lost or doubled', async () => {
    const name = 'busy';
    const running = await run(parcelsProjection({ name, from: ['parcel'] }), { batchSize: 20 });
    await bus.drained(name, ['parcel']);
    const streams: string[] = [];
    let over = false;
    const relaying = (async () => {
      while (!over) {
        for (let i = 0; i < 5; i++) streams.push(await appendParcel(bus.store, { depots: ['x', 'y'] }));
        await bus.relayAll();
      }
    })();
    const counts: number[] = [];
    const reader = new pg.Client({ connectionString: bus.database.readerUrl });
    await reader.connect();
    const reading = (async () => {
      while (!over) {
        const { rows } = await reader.query({
          name: 'count_parcels',
          text: `select count(*)::int as n, (select count(*) from ${name}.stream_versions)::int as s from ${name}.parcel`,
        });
        counts.push(rows[0].n);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    for (let i = 0; i < 3; i++) await running.rebuild();
    over = true;
    await relaying;
    await reading;
    await reader.end();
    await bus.relayAll();
    await bus.drained(name, ['parcel']);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    const { rows } = await bus.pool.query(
      `select count(*)::int as n, sum(moves)::int as moves from ${name}.parcel where parcel_id = any ($1)`,
      [streams.map((id) => id.slice(7))],
    );
    expect(rows).toEqual([{ n: streams.length, moves: streams.length * 2 }]);
    expect(await recorded(name)).toMatchObject({ generation: 4 });
    const live = String(await projectionBytes(bus.pool, name));
    await running.rebuild();
    expect(String(await projectionBytes(bus.pool, name))).toBe(live);
  }, 120_000);

  test('that crashes in the middle leaves the live tables alone, and the next one clears up', async () => {
    const name = 'crashed';
    const projection = parcelsProjection({ name, from: ['parcel'] });
    const running = await run(projection);
    await bus.drained(name, ['parcel']);
    const live = String(await projectionBytes(bus.pool, name));
    const interrupted = rebuildProjection({
      ...source(),
      projection,
      group: `${name}-other`,
      owner: owner(),
      batchSize: 10,
      onProgress: () => void killRebuild(name),
    });
    await expect(interrupted).rejects.toThrow();
    expect(String(await projectionBytes(bus.pool, name))).toBe(live);
    // As if the process had died before it could clear up.
    await bus.ownerPool.query(`create schema if not exists ${name}_v1`);
    await bus.ownerPool.query(`create table if not exists ${name}_v1.leftover (id int)`);
    await bus.pool.query(
      `insert into event_bus.consumer_offsets (consumer, cluster_id, topic, partition, next_offset, end_offset)
       values ($1, 'c', 'parcel', 0, 5, 5)`,
      [`${name}#rebuild`],
    );
    await running.rebuild();
    expect(String(await projectionBytes(bus.pool, name))).toBe(live);
    expect(await schemas(name)).toEqual([name]);
  }, 60_000);

  test('whose tables differ is noticed by the live consumer, though its offsets are the same', async () => {
    const name = 'reshaped';
    const definition = parcelsProjection({ name, from: ['parcel'] });
    const withColumn = { ...definition, sql: definition.sql.replace('weight integer', 'unused text, weight integer') };
    const running = await run(withColumn);
    await bus.drained(name, ['parcel']);
    await rebuildProjection({ ...source(), projection: definition, group: name, owner: owner() });
    const streamId = await appendParcel(bus.store);
    await bus.relayAll();
    expect(await running.seen(streamId, 3, 20_000)).toBe(true);
  }, 60_000);

  test('from topics that hold less than was read ends, and the projection goes on from what they hold', async () => {
    const running = await run(parcelsProjection({ name: 'lost', from: ['parcel'] }));
    await bus.drained('lost', ['parcel']);
    await running.stop();
    await bus.pool.query(
      `update event_bus.consumer_offsets set next_offset = next_offset + 5000 where consumer = 'lost'`,
    );
    const again = await run(parcelsProjection({ name: 'lost', from: ['parcel'] }));
    await until(() => again.state().trouble?.code === 'offset_out_of_range');
    await again.rebuild();
    const streamId = await appendParcel(bus.store);
    await bus.relayAll();
    expect(await again.seen(streamId, 3, 30_000)).toBe(true);
    expect(again.state().status).toBe('running');
  }, 60_000);

  test('can be stopped, and the live tables go on', async () => {
    const name = 'stopped';
    const running = await run(parcelsProjection({ name, from: ['parcel'] }));
    await bus.drained(name, ['parcel']);
    const stop = new AbortController();
    await expect(running.rebuild(() => stop.abort(), stop.signal)).rejects.toThrow();
    expect(await schemas(name)).toEqual([name]);
    const streamId = await appendParcel(bus.store);
    await bus.relayAll();
    expect(await running.seen(streamId, 3, 20_000)).toBe(true);
  }, 60_000);

  test('is refused while another runs', async () => {
    const name = 'twin';
    const running = await run(parcelsProjection({ name, from: ['parcel'] }), { batchSize: 5 });
    await bus.drained(name, ['parcel']);
    const results = await Promise.allSettled([running.rebuild(), running.rebuild()]);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]!.reason).toMatchObject({ code: 'rebuild_running' });
  }, 60_000);

  test('waits for no reader that takes its time, and the reader keeps what it sees', async () => {
    const name = 'patient';
    const running = await run(parcelsProjection({ name, from: ['parcel'] }));
    await bus.drained(name, ['parcel']);
    const reader = new pg.Client({ connectionString: bus.database.readerUrl });
    await reader.connect();
    await reader.query('begin isolation level repeatable read');
    const before = (await reader.query(`select count(*)::int as n from ${name}.parcel`)).rows;
    let rebuilt = false;
    const rebuilding = running.rebuild().then(() => {
      rebuilt = true;
    });
    await until(async () => (await recorded(name)).generation === 2);
    await reader.query('commit');
    await rebuilding;
    expect(rebuilt).toBe(true);
    expect((await reader.query(`select count(*)::int as n from ${name}.parcel`)).rows).toEqual(before);
    await reader.end();
  }, 60_000);
});

describe('a newer version', () => {
  test('is built in the background at start, readers see the old one until then, and the older process steps back', async () => {
    const name = 'grown';
    const one = await run(parcelsProjection({ name, from: ['parcel'] }));
    await bus.drained(name, ['parcel']);
    const definition = parcelsProjection({ name, from: ['parcel'], version: 2 });
    const second: Projection = {
      ...definition,
      sql: definition.sql.replace('moves integer', 'town text, moves integer'),
    };
    const two = await run(second);
    await until(async () => (await recorded(name)).version === 2, 30_000);
    const streamId = await appendParcel(bus.store);
    await bus.relayAll();
    expect(await two.seen(streamId, 3, 20_000)).toBe(true);
    const { rows } = await bus.pool.query(`select town, moves from ${name}.parcel where parcel_id = $1`, [
      streamId.slice(7),
    ]);
    expect(rows).toEqual([{ town: null, moves: 1 }]);
    await until(() => one.state().trouble?.code === 'projection_superseded' || one.state().status === 'starting');
    const late = await run(parcelsProjection({ name, from: ['parcel'] }));
    await until(() => late.state().trouble?.code === 'projection_superseded');
    expect(late.state().status).toBe('standing');
  }, 90_000);

  test('is built by one of two processes that start together', async () => {
    const name = 'raced';
    const first = await run(parcelsProjection({ name, from: ['parcel'] }));
    await bus.drained(name, ['parcel']);
    await first.stop();
    const second = parcelsProjection({ name, from: ['parcel'], version: 2 });
    const both = [await run(second), await run(second)];
    const streamId = await appendParcel(bus.store);
    await bus.relayAll();
    expect(await both[0]!.seen(streamId, 3, 30_000)).toBe(true);
    expect(await recorded(name)).toEqual({ version: 2, generation: 2 });
    await until(() => both.some((running) => running.state().status === 'running'));
  }, 60_000);
});

/** Ends the session that rebuilds, as a crash of its process would. */
async function killRebuild(name: string): Promise<void> {
  const admin = new pg.Client({ connectionString: bus.database.adminUrl });
  await admin.connect();
  await admin.query(
    `select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and classid = 1163019604 and objid = (hashtext($1)::bigint & 4294967295)::oid`,
    [name],
  );
  await admin.end();
}
