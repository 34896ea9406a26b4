import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareProjections } from '../projections/prepare.ts';
import { projectionBytes } from '../projections/projection-bytes.ts';
import { type RunningProjection, startProjection } from '../projections/start-projection.ts';
import { type Made, message, moved, newStream } from '../testing/parcel-messages.ts';
import { appendParcel, parcelsProjection } from '../testing/parcels.ts';
import { recordingLog } from '../testing/recording-log.ts';
import { type TestBus, testBus, testCodec } from '../testing/test-bus.ts';
import { until } from '../testing/until.ts';

let bus: TestBus;
let running: RunningProjection;
const log = recordingLog();
const refused = new Set(['nowhere']);
beforeAll(async () => {
  bus = await testBus();
  const projection = parcelsProjection({ refused });
  await prepareProjections(bus.ownerPool, [projection], bus.roles);
  running = startProjection({
    projection,
    pool: bus.pool,
    subscriber: bus.subscriber,
    group: 'parcels',
    codec: testCodec(),
    owner: { pool: bus.ownerPool, roles: bus.roles },
    log,
  });
  bus.onClose(() => running.stop());
});
afterAll(() => bus.close());

const rowOf = async (streamId: string) => {
  const { rows } = await bus.pool.query(
    'select weight, depot, moves, delivered from parcels.parcel where parcel_id = $1',
    [streamId.slice('parcel-'.length)],
  );
  return rows[0];
};

const parkedKey = async (key: string) => (await running.parked.list()).find((parked) => parked.key === key);

describe('a message that cannot be applied parks its key', () => {
  const unknownSchema = Buffer.from([0, 0, 0, 3, 231, 1, 2, 3]);
  test.each<[string, string, (streamId: string) => Made]>([
    ['bytes that are no framed message', 'undecodable', () => ({ value: Buffer.from('{"json": true}') })],
    ['a truncated body', 'undecodable', (s) => ({ value: message(s).value!.subarray(0, 9) })],
    ['a schema id that nobody knows', 'unknown_schema', () => ({ value: unknownSchema })],
    [
      'a payload of another type than its header says',
      'type_mismatch',
      () => ({ headers: { ce_type: 'lv.vienuviet.parcels.Delivered.v1' } }),
    ],
    ['no value', 'empty_message', () => ({ value: null })],
    ['no event id', 'malformed_headers', () => ({ headers: { ce_id: undefined } })],
    ['a sequence that is no number', 'malformed_headers', () => ({ headers: { ce_sequence: 'one' } })],
    ['a time that is none', 'malformed_headers', () => ({ headers: { ce_time: 'yesterday' } })],
    ['no epoch', 'malformed_headers', () => ({ headers: { ce_storeepoch: undefined } })],
    ['a hole before it', 'sequence_hole', () => ({ version: 3 })],
    [
      'data that the projection refuses',
      'fold_failed',
      (s) => ({ type: 'parcels.Moved', data: { parcelId: s.slice(7), depot: 'nowhere', occurredAt: 1 } }),
    ],
    [
      'data that the database refuses',
      'write_refused',
      (s) => ({ data: { parcelId: s.slice(7), weight: 5_000, occurredAt: 1 } }),
    ],
  ])('%s: %s', async (_, code, made) => {
    const [poisoned, healthy] = [newStream(), newStream()];
    await bus.produce('parcel', [
      message(poisoned, made(poisoned)),
      moved(poisoned, 2),
      message(healthy),
      moved(healthy, 2),
    ]);
    await until(() => parkedKey(poisoned));
    await bus.drained('parcels');
    expect(await parkedKey(poisoned)).toMatchObject({ consumer: 'parcels', key: poisoned, code, waiting: 2 });
    expect(await rowOf(poisoned)).toBeUndefined();
    expect(await rowOf(healthy)).toMatchObject({ moves: 1 });
    await running.parked.discard(poisoned, { all: true, reason: 'test', by: 'tester' });
  });

  test.each<[string, Made]>([
    ['no key', { key: null }],
    ['no CloudEvents headers', { headers: { ce_type: undefined, ce_subject: undefined } }],
    ['a key that is not its subject', { headers: { ce_subject: 'parcel-somebody-else' } }],
    ['a type of another platform', { headers: { ce_type: 'com.example.Thing' } }],
    ['a key with a zero byte', { key: 'a\0b', headers: { ce_subject: 'a\0b', ce_note: 'x\0y' } }],
    ['a key of a thousand bytes', { key: 'k'.repeat(1_000), headers: { ce_subject: 'k'.repeat(1_000) } }],
  ])('a foreign message with %s waits under its own place and blocks no stream', async (_, made) => {
    const streamId = newStream();
    const before = new Set((await running.parked.list()).map(({ key }) => key));
    await bus.produce('parcel', [message(streamId, made), message(streamId), moved(streamId, 2)]);
    await until(async () => (await rowOf(streamId))?.moves === 1);
    await bus.drained('parcels');
    const added = (await running.parked.list()).filter(({ key }) => !before.has(key));
    expect(added).toEqual([expect.objectContaining({ code: 'foreign_message', waiting: 1 })]);
    expect(added[0]!.key).toMatch(/^parcel-\d-\d+$/);
    await running.parked.discard(added[0]!.key, { reason: 'not ours', by: 'tester' });
  });

  test('what was logged names the key and the code, and nothing of the payload', () => {
    const lines = log.lines.filter(({ message: text }) => text === 'a key was parked');
    expect(lines.length).toBeGreaterThan(10);
    for (const { fields } of lines) {
      expect(Object.keys(fields).sort()).toEqual(['code', 'consumer', 'key', 'partition', 'topic']);
    }
  });
});

describe('types', () => {
  test('that the projection does not list are counted and not looked into', async () => {
    const streamId = newStream();
    const unknown = message(streamId, {
      version: 2,
      headers: { ce_type: 'lv.vienuviet.parcels.WeighedAgain.v7' },
      value: Buffer.from('nobody reads this'),
    });
    await bus.produce('parcel', [message(streamId), unknown, moved(streamId, 3)]);
    await until(async () => (await rowOf(streamId))?.moves === 1);
    expect(await parkedKey(streamId)).toBeUndefined();
    const { rows } = await bus.pool.query('select version from parcels.stream_versions where stream_id = $1', [
      streamId,
    ]);
    expect(Number(rows[0].version)).toBe(3);
  });
});

describe('a parked key', () => {
  /** Parks a stream by a depot that the projection's code refuses, with later events behind. */
  async function park(depot = 'nowhere') {
    refused.add(depot);
    const streamId = newStream();
    await bus.produce('parcel', [message(streamId), moved(streamId, 2, depot), moved(streamId, 3, 'liepaja')]);
    await until(() => parkedKey(streamId));
    await bus.produce('parcel', [moved(streamId, 4, 'ventspils')]);
    await bus.drained('parcels');
    return streamId;
  }

  test('keeps what came before, holds what comes after in order, and shows both to operators', async () => {
    const streamId = await park();
    expect(await rowOf(streamId)).toMatchObject({ moves: 0 });
    const waiting = await running.parked.show(streamId);
    expect(waiting.map(({ headers }) => headers['ce_sequence'])).toEqual(['2', '3', '4']);
    expect(waiting[0]!.value!.equals(moved(streamId, 2, 'nowhere').value!)).toBe(true);
    expect(running.state().parkedKeys).toBe((await running.parked.list()).length);
    expect(await running.parked.redrive(streamId)).toMatchObject({ applied: 0, waiting: 3, code: 'fold_failed' });
    expect((await running.parked.show(streamId)).map(({ headers }) => headers['ce_sequence'])).toEqual(['2', '3', '4']);
    await running.parked.discard(streamId, { all: true, reason: 'test', by: 'tester' });
  });

  test('goes on in order once its fault is gone, by a redrive that may be repeated', async () => {
    const streamId = await park();
    refused.delete('nowhere');
    expect(await running.parked.redrive(streamId)).toEqual({ applied: 3, waiting: 0 });
    expect(await rowOf(streamId)).toMatchObject({ moves: 3, depot: 'ventspils' });
    await expect(running.parked.redrive(streamId)).rejects.toMatchObject({ code: 'not_parked' });
    await bus.produce('parcel', [moved(streamId, 5, 'cesis')]);
    await until(async () => (await rowOf(streamId))?.moves === 4);
    refused.add('nowhere');
  });

  test('loses its first message by a discard, says who did it, and the rest can be redriven', async () => {
    const streamId = await park();
    const [first] = await running.parked.show(streamId);
    await expect(
      running.parked.discard(streamId, { firstId: first!.id + 1, reason: 'no', by: 'tester' }),
    ).rejects.toMatchObject({ code: 'parked_elsewhere' });
    expect(await running.parked.discard(streamId, { firstId: first!.id, reason: 'moved nowhere', by: 'ilze' })).toEqual(
      {
        discarded: 1,
        waiting: 2,
      },
    );
    expect(await running.parked.redrive(streamId)).toEqual({ applied: 2, waiting: 0 });
    expect(await rowOf(streamId)).toMatchObject({ moves: 2, depot: 'ventspils' });
    const { rows } = await bus.pool.query(
      'select reason, discarded_by, code from event_bus.discarded_messages where key = $1',
      [streamId],
    );
    expect(rows).toEqual([{ reason: 'moved nowhere', discarded_by: 'ilze', code: 'fold_failed' }]);
  });

  test('is redriven while the stream goes on, and nothing is lost, doubled or out of order', async () => {
    const streamId = await park('elsewhere');
    refused.delete('elsewhere');
    const producing = (async () => {
      for (let version = 5; version < 45; version++)
        await bus.produce('parcel', [moved(streamId, version, `d${version}`)]);
    })();
    const redriving = (async () => {
      for (let i = 0; i < 20; i++) {
        await running.parked.redrive(streamId).catch((error) => expect(error.code).toBe('not_parked'));
      }
    })();
    await Promise.all([producing, redriving]);
    await bus.drained('parcels');
    expect(await parkedKey(streamId)).toBeUndefined();
    expect(await rowOf(streamId)).toMatchObject({ moves: 43, depot: 'd44' });
  });
});

test('a rebuild steps over what was discarded and parks what still waits: the same tables', async () => {
  const kept = newStream();
  refused.add('limbo');
  await bus.produce('parcel', [message(kept), moved(kept, 2, 'limbo'), moved(kept, 3)]);
  await until(() => parkedKey(kept));
  await bus.drained('parcels');
  // What was redriven after a new version of the code goes through at once in a rebuild by that code.
  refused.delete('nowhere');
  const live = await projectionBytes(bus.pool, 'parcels');
  const parkedBefore = (await running.parked.list()).map(({ key, code, waiting }) => ({ key, code, waiting }));
  await running.rebuild();
  expect(String(await projectionBytes(bus.pool, 'parcels'))).toBe(String(live));
  expect((await running.parked.list()).map(({ key, code, waiting }) => ({ key, code, waiting }))).toEqual(parkedBefore);
  expect(parkedBefore).toEqual([{ key: kept, code: 'fold_failed', waiting: 2 }]);
});

test('too many parked keys stop the consumer until somebody acts; nothing is skipped', async () => {
  const capped = parcelsProjection({ name: 'capped', from: ['parcel'] });
  await prepareProjections(bus.ownerPool, [capped], bus.roles);
  const streams = Array.from({ length: 6 }, newStream);
  await bus.produce(
    'parcel',
    streams.map((streamId) => message(streamId, { value: Buffer.from('poison') })),
  );
  const consumer = startProjection({
    projection: capped,
    pool: bus.pool,
    subscriber: bus.subscriber,
    group: 'capped',
    codec: testCodec(),
    maxParkedKeys: 3,
    batchSize: 1,
    log,
  });
  bus.onClose(() => consumer.stop());
  await until(() => consumer.state().trouble?.code === 'too_many_parked_keys');
  expect(consumer.state().status).toBe('standing');
  // Two partitions are handled at a time, and each counts what the other has committed.
  expect((await consumer.parked.list()).length).toBeLessThanOrEqual(4);
  // Said when it stands, not at each try, whatever goes through in other partitions.
  const said = log.lines.filter(({ fields, message: text }) => fields['consumer'] === 'capped' && /stands/.test(text));
  expect(said).toHaveLength(1);
  const discardAll = async () => {
    for (const { key } of await consumer.parked.list()) {
      await consumer.parked.discard(key, { all: true, reason: 'test', by: 'tester' });
    }
  };
  let drained = false;
  const draining = bus.drained('capped', ['parcel']).finally(() => {
    drained = true;
  });
  while (!drained) {
    await discardAll();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await draining;
  // What the last batches parked.
  await discardAll();
  const { rows } = await bus.pool.query(
    `select count(*)::int as discarded from event_bus.discarded_messages where consumer = 'capped' and key = any ($1)`,
    [streams],
  );
  expect(rows[0].discarded).toBe(6);
  await until(() => consumer.state().status === 'running');
}, 90_000);

test('a source that was restored to an earlier state is noticed, and followed again once somebody accepts it', async () => {
  const streamId = await appendParcel(bus.store);
  await bus.relayAll();
  await until(() => running.state().trouble?.code === 'store_epoch_changed');
  expect(running.state().status).toBe('standing');
  expect(await running.seen(streamId, 1, 200)).toBe(false);
  expect(running.state().trouble?.message).toContain(
    `vienuviet projection accept-epoch parcels /services/parcels ${bus.store.epoch}`,
  );
  await running.acceptEpoch('/services/parcels', bus.store.epoch);
  expect(await running.seen(streamId, 3, 30_000)).toBe(true);
  expect(running.state().status).toBe('running');
  // Messages from before the restore may still come, and a rebuild meets both.
  const before = newStream();
  await bus.produce('parcel', [message(before)]);
  expect(await running.seen(before, 1, 20_000)).toBe(true);
  await running.rebuild();
  expect(await rowOf(before)).toBeDefined();
  expect(running.state().status).toBe('running');
}, 90_000);
