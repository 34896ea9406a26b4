import { asCaller, type CallerScope, systemScope } from '@vienuviet/database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendParcel, parcelsProjection } from '../testing/parcels.ts';
import { type ProjectionRunner, projectionRunner } from '../testing/projection-runner.ts';
import { type TestBus, testBus } from '../testing/test-bus.ts';
import type { Projection } from '../types.ts';
import { projectionBytes } from './projection-bytes.ts';

let bus: TestBus;
let runner: ProjectionRunner;
/** The depot stands for the centre and for the holder, the parcel for the person. */
const secured = (): Projection => {
  const plain = parcelsProjection({ name: 'secured', from: ['parcel'] });
  const belongsTo = { centre: 'depot', holder: 'depot', subject: 'parcel_id' };
  return { ...plain, tables: { ...plain.tables, parcel: { ...plain.tables['parcel']!, belongsTo } } };
};
const streams: string[] = [];

beforeAll(async () => {
  bus = await testBus();
  runner = projectionRunner(bus);
  const running = await runner.run(secured());
  for (const depot of ['riga', 'riga', 'liepaja']) streams.push(await appendParcel(bus.store, { depots: [depot] }));
  await bus.relayAll();
  for (const streamId of streams) expect(await running.seen(streamId, 3, 20_000)).toBe(true);
});
afterAll(async () => {
  await runner.stopAll();
  await bus.close();
});

const COUNT = 'select count(*)::int as n from secured.parcel';
const seenBy = async (scope: CallerScope): Promise<number> =>
  asCaller(bus.pool, scope, async (tx) => (await tx.query(COUNT)).rows[0].n);
const caller = (places: Partial<CallerScope>): CallerScope => ({ actorId: 'clerk', roles: ['clerk'], ...places });

describe('rows of a table that says whose they are', () => {
  test('are hidden from a query that forgets to say who asks', async () => {
    expect((await bus.pool.query(COUNT)).rows[0].n).toBe(0);
    expect((await bus.pool.query('select * from secured.delivered_parcel')).rowCount).toBe(0);
    expect((await bus.pool.query('update secured.parcel set moves = 0')).rowCount).toBe(0);
    expect((await bus.pool.query('delete from secured.parcel')).rowCount).toBe(0);
    await expect(
      bus.pool.query(`insert into secured.parcel (parcel_id) values (gen_random_uuid())`),
    ).rejects.toMatchObject({ code: '42501' });
  });

  test.each<[string, Partial<CallerScope>, number]>([
    ['a caller without bounds', {}, 3],
    ['the centre', { centreIds: ['riga'] }, 2],
    ['two centres', { centreIds: ['riga', 'liepaja'] }, 3],
    ['the holder', { holderIds: ['liepaja'] }, 1],
    ['a centre or a holder', { centreIds: ['liepaja'], holderIds: ['riga'] }, 3],
    ['a foreign centre', { centreIds: ['valka'] }, 0],
    ['a caller of no place', { centreIds: [], holderIds: [] }, 0],
    ['a foreign person', { centreIds: [], holderIds: [], subjectId: 'b3a4c0de-0000-4000-8000-000000000000' }, 0],
  ])('are seen by %s', async (_name, places, seen) => {
    expect(await seenBy(caller(places))).toBe(seen);
  });

  test('are seen by the person, and by the service itself', async () => {
    expect(await seenBy(caller({ centreIds: [], holderIds: [], subjectId: streams[0]!.slice(7) }))).toBe(1);
    expect(await seenBy(systemScope('parcels'))).toBe(3);
  });

  test('are seen again by nobody once the transaction of a caller has ended', async () => {
    const one = bus.database.pool('writer', 1);
    await asCaller(one, systemScope('parcels'), (tx) => tx.query(COUNT));
    expect((await one.query(COUNT)).rows[0].n).toBe(0);
  });

  test('come all to the reader role of BI tools, which changes none', async () => {
    const reader = bus.database.pool('reader');
    expect((await reader.query(COUNT)).rows[0].n).toBe(3);
    await expect(reader.query('delete from secured.parcel')).rejects.toMatchObject({ code: '42501' });
  });

  test('are the same bytes after a rebuild, and as well hidden', async () => {
    const before = await projectionBytes(bus.ownerPool, 'secured');
    const [running] = [await runner.run(secured())];
    await running!.rebuild();
    expect(String(await projectionBytes(bus.ownerPool, 'secured'))).toBe(String(before));
    expect((await bus.pool.query(COUNT)).rows[0].n).toBe(0);
    expect(await seenBy(caller({ centreIds: ['riga'] }))).toBe(2);
  });
});
