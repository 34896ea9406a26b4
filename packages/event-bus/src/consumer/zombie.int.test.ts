import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../log.ts';
import { busMetrics } from '../metrics.ts';
import { prepareProjections } from '../projections/prepare.ts';
import { projectionEffects } from '../projections/projection-effects.ts';
import { headersOf } from '../relay/message-headers.ts';
import { appendParcel, parcelsProjection } from '../testing/parcels.ts';
import { type TestBus, testBus, testCodec } from '../testing/test-bus.ts';
import type { InboundBatch } from '../types.ts';
import { type Consumer, createConsumer } from './consumer.ts';

let bus: TestBus;
beforeAll(async () => {
  bus = await testBus();
});
afterAll(() => bus.close());

const heartbeat = async (): Promise<void> => undefined;

/** A member of the group as far as the database sees one. */
async function member(name: string): Promise<Consumer> {
  const projection = parcelsProjection({ name, from: ['parcel'] });
  await prepareProjections(bus.ownerPool, [projection], bus.roles);
  return createConsumer({
    consumer: name,
    pool: bus.pool,
    codec: testCodec(),
    effects: projectionEffects({ projection, schema: name, live: true }),
    log: silentLog,
    metrics: busMetrics(),
    maxParkedKeys: 100,
    clusterId: async () => 'cluster',
  });
}

/** A parcel's events as a batch of partition 0 from an offset on. */
async function batch(offset: bigint): Promise<InboundBatch & { streamId: string }> {
  const streamId = await appendParcel(bus.store, { depots: ['riga'] });
  const events = (await bus.store.readFeed(0, 100_000)).filter((event) => event.streamId === streamId);
  const origin = { source: '/services/parcels', epoch: 'e1', schemaVersion: () => 1 };
  const messages = events.map((event, i) => ({
    topic: 'parcel',
    partition: 0,
    offset: offset + BigInt(i),
    key: streamId,
    value: event.payload,
    headers: headersOf(event, origin),
    timestamp: event.recordedAt,
  }));
  return { streamId, topic: 'parcel', partition: 0, messages, highWatermark: offset + 3n };
}

const moves = async (name: string) =>
  (await bus.pool.query(`select count(*)::int as parcels, coalesce(sum(moves), 0)::int as moves from ${name}.parcel`))
    .rows[0];

describe('a member that lost its partition without noticing', () => {
  test('fails the swap, changes nothing, and goes on from where the other came', async () => {
    const [zombie, owner] = [await member('zombie'), await member('zombie')];
    const first = await batch(0n);
    const second = await batch(3n);
    await zombie.startAt('parcel', 0);
    await owner.startAt('parcel', 0);
    await owner.onBatch(first, heartbeat);
    await expect(zombie.onBatch(first, heartbeat)).rejects.toMatchObject({ code: 'offset_moved' });
    expect(await moves('zombie')).toEqual({ parcels: 1, moves: 1 });
    expect(zombie.state().trouble).toBeUndefined();
    expect(await zombie.startAt('parcel', 0)).toBe(3n);
    await zombie.onBatch(second, heartbeat);
    await expect(owner.onBatch(second, heartbeat)).rejects.toMatchObject({ code: 'offset_moved' });
    expect(await moves('zombie')).toEqual({ parcels: 2, moves: 2 });
  });

  test('and one of two that commit at the very same time wins', async () => {
    const members = await Promise.all(['duel', 'duel', 'duel', 'duel'].map(member));
    for (let round = 0n; round < 5n; round++) {
      const contested = await batch(round * 3n);
      for (const one of members) await one.startAt('parcel', 0);
      const results = await Promise.allSettled(members.map((one) => one.onBatch(contested, heartbeat)));
      const lost = results.filter((result) => result.status === 'rejected');
      expect(lost.map(({ reason }) => reason.code)).toEqual(['offset_moved', 'offset_moved', 'offset_moved']);
    }
    expect(await moves('duel')).toEqual({ parcels: 5, moves: 5 });
  });

  test('steps over messages that lie before its offset', async () => {
    const one = await member('overlap');
    const first = await batch(0n);
    const second = await batch(3n);
    await one.startAt('parcel', 0);
    await one.onBatch(first, heartbeat);
    await one.onBatch({ ...second, messages: [...first.messages, ...second.messages] }, heartbeat);
    expect(await moves('overlap')).toEqual({ parcels: 2, moves: 2 });
  });
});

test('the offsets of another Kafka cluster are not taken for those of this one', async () => {
  const one = await member('clusters');
  await one.startAt('parcel', 0);
  await one.onBatch(await batch(0n), heartbeat);
  await bus.pool.query(`update event_bus.consumer_offsets set cluster_id = 'another' where consumer = 'clusters'`);
  expect(await one.startAt('parcel', 0)).toBe(0n);
});

test('a batch is ended at the next heartbeat when the partition is gone, and what was committed stays', async () => {
  const name = 'ended';
  const projection = parcelsProjection({ name, from: ['parcel'] });
  await prepareProjections(bus.ownerPool, [projection], bus.roles);
  const one = createConsumer({
    consumer: name,
    pool: bus.pool,
    codec: testCodec(),
    effects: projectionEffects({ projection, schema: name, live: true, batchSize: 1 }),
    log: silentLog,
    metrics: busMetrics(),
    maxParkedKeys: 100,
    clusterId: async () => 'cluster',
  });
  await one.startAt('parcel', 0);
  let beats = 0;
  await expect(
    one.onBatch(await batch(0n), async () => {
      if (++beats > 2) throw new Error('the group is rebalancing');
    }),
  ).rejects.toThrow('rebalancing');
  expect(one.state().trouble).toBeUndefined();
  expect(await one.startAt('parcel', 0)).toBe(2n);
});
