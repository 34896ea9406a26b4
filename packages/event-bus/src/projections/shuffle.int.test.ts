import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendParcel, parcelsProjection } from '../testing/parcels.ts';
import { type TestBus, testBus, testCodec } from '../testing/test-bus.ts';
import type { InboundMessage, Projection } from '../types.ts';
import { prepareProjections } from './prepare.ts';
import { projectShuffled, readTopics } from './shuffle.ts';

let bus: TestBus;
let partitions: InboundMessage[][];
beforeAll(async () => {
  bus = await testBus();
  for (let i = 0; i < 40; i++) await appendParcel(bus.store, { depots: ['riga', `d${i % 5}`, 'cesis'] });
  for (const depot of ['riga', 'cesis', 'd1']) {
    const events = [{ type: 'parcels.DepotOpened', data: { depot, town: `town of ${depot}` } }];
    const streamId = `depot-${crypto.randomUUID()}`;
    await bus.store.append({ streams: [{ streamId, streamType: 'depot', expectedVersion: 'any', events }] });
  }
  await bus.relayAll();
  partitions = await readTopics(bus.subscriber, ['parcel', 'depot'], 'shuffles');
});
afterAll(() => bus.close());

const shuffled = (projection: Projection, seed: number) =>
  projectShuffled({ projection, partitions, seed, codec: testCodec(), ownerPool: bus.ownerPool, roles: bus.roles });

describe('shuffles', () => {
  test('every order that respects the partitions gives the same tables', async () => {
    const projection = parcelsProjection({ name: 'shuffled' });
    await prepareProjections(bus.ownerPool, [projection], bus.roles);
    const first = String(await shuffled(projection, 1));
    expect(first).toContain('town of riga');
    expect(first.split('\n').length).toBeGreaterThan(150);
    for (let seed = 2; seed <= 20; seed++) expect(String(await shuffled(projection, seed))).toBe(first);
  }, 90_000);

  test('find a projection whose tables depend on the order of the topics', async () => {
    const definition = parcelsProjection({ name: 'arriving' });
    const depot = definition.tables['depot']!;
    const forgetful: Projection = {
      ...definition,
      tables: {
        ...definition.tables,
        depot: {
          ...depot,
          // Counts a parcel only when the depot is known already.
          on: {
            ...depot.on,
            'parcels.Moved': {
              key: depot.on['parcels.Moved']!.key,
              apply: (row) => (row === undefined ? undefined : { ...row, parcels: (row['parcels'] as number) + 1 }),
            },
          },
        },
      },
    };
    await prepareProjections(bus.ownerPool, [forgetful], bus.roles);
    const results = new Set<string>();
    for (let seed = 1; seed <= 10; seed++) results.add(String(await shuffled(forgetful, seed)));
    expect(results.size).toBeGreaterThan(1);
  }, 60_000);
});
