import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendParcel, parcelsProjection } from '../testing/parcels.ts';
import { type TestBus, testBus, testCodec } from '../testing/test-bus.ts';
import { until } from '../testing/until.ts';
import { prepareProjections } from './prepare.ts';
import { startProjection } from './start-projection.ts';

let bus: TestBus;
beforeAll(async () => {
  bus = await testBus();
});
afterAll(() => bus.close());

test('events of the bus become rows', async () => {
  const projection = parcelsProjection();
  await prepareProjections(bus.ownerPool, [projection], bus.roles);
  const streamId = await appendParcel(bus.store, { depots: ['riga', 'liepaja'] });
  const running = startProjection({
    projection,
    pool: bus.pool,
    subscriber: bus.subscriber,
    group: 'parcels',
    codec: testCodec(),
  });
  bus.onClose(() => running.stop());
  await bus.relayAll();
  expect(await running.seen(streamId, 4, 10_000)).toBe(true);
  const { rows } = await bus.pool.query('select depot, moves, delivered, weight from parcels.parcel');
  expect(rows).toEqual([{ depot: 'liepaja', moves: 2, delivered: true, weight: 5 }]);
  await until(() => running.state().lag === 0);
});
