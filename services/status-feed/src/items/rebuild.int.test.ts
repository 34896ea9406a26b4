import { randomUUID } from 'node:crypto';
import { partitionOf, projectionBytes, projectShuffled } from '@vienuviet/event-bus';
import { codec, topicOf } from '@vienuviet/schemas';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { type BusWriter, caseHistories, createBusWriter, eventually, inboundPartitions } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { directory } from '../directory/projection.ts';
import { statusFeed } from '../service.ts';
import { intakeOf } from '../tests/intake.ts';
import { changesIn, type Portal, portalOf, registerCase } from '../tests/portal.ts';

let bed: TestService;
let intake: BusWriter;
let portal: Portal;
let engineer: { authorization: string };
const histories = caseHistories({ seed: 31, cases: 60 });
const dayMs = 24 * 60 * 60_000;
/** A sample; all in `./scripts/test full`. */
const interleavings = process.env['VIENUVIET_TEST_FULL'] === 'yes' ? 100 : 25;

beforeAll(async () => {
  bed = await startTestService(statusFeed);
  intake = intakeOf(bed);
  portal = await portalOf(bed);
  const exp = Math.floor((Date.now() + 3 * dayMs) / 1000);
  const token = await bed.issuer.token('engineer', [{ role: 'integration_engineer' }], { exp });
  engineer = { authorization: `Bearer ${token}` };
  await intake.play(histories);
  await eventually('all changes in the feed', async () =>
    (await portal.readAll(bed.service.address)).length === changesIn(histories) ? true : undefined,
  );
  await eventually(
    'the directory at the end',
    async () => (await lagOf(bed.service.address, 'directory')) === 0 || undefined,
  );
});

afterAll(async () => {
  await bed?.close();
});

async function lagOf(address: string, consumer: string): Promise<number> {
  const { body } = await portal.get(address, `/v1/operations/projections/${consumer}`, engineer);
  return body.asOf.reduce((sum: number, partition: { lag: number }) => sum + partition.lag, 0);
}

async function rebuild(address: string, projection: string): Promise<void> {
  const path = `/v1/operations/projections/${projection}`;
  const started = await portal.post(address, `${path}/rebuild`, undefined, engineer);
  expect(started.status).toBe(202);
  await eventually('the rebuild', async () => {
    const { body } = await portal.get(address, path, engineer);
    if (body.rebuild?.phase === 'failed') throw new Error(body.rebuild.error);
    return body.rebuild?.phase === 'done' ? true : undefined;
  });
}

describe('a rebuild', () => {
  test.each(['items', 'directory'])('of %s gives the same bytes, also a day later', async (projection) => {
    const pool = bed.database.pool('owner');
    const before = await projectionBytes(pool, projection);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + dayMs });
    try {
      await rebuild(bed.service.address, projection);
    } finally {
      vi.useRealTimers();
    }
    expect((await projectionBytes(pool, projection)).equals(before)).toBe(true);
  });

  test('moves no cursor: a reader in the middle of the feed goes on from where it was', async () => {
    const { address } = bed.service;
    const all = await portal.readAll(address);
    const middle = all[Math.floor(all.length / 2)]!;
    await rebuild(address, 'items');
    const { body } = await portal.get(address, `/v1/feed?limit=1000&after=${middle.cursor}`);
    expect([...all.slice(0, all.indexOf(middle) + 1), ...body]).toEqual(all);
    const subjectId = randomUUID();
    await registerCase(intake, { caseId: randomUUID(), subjectId });
    const next = await portal.get(address, `/v1/feed?wait=20&after=${all.at(-1)!.cursor}`);
    expect(next.body.map((event: { data: { subjectId: string } }) => event.data.subjectId)).toEqual([subjectId]);
  });
});

test(`the directory is the same for ${interleavings} interleavings of its topics`, async () => {
  const partitions = await inboundPartitions(
    caseHistories({ seed: 32, cases: 8, services: 6, centres: 3 }),
    (publisher) => createBusWriter('intake', { encode: codec.encode, topicOf, partitionOf, publisher }),
  );
  const shuffled = (seed: number) =>
    projectShuffled({
      projection: directory,
      partitions,
      seed,
      codec,
      pool: bed.database.pool('writer', 2),
      ownerPool: bed.database.pool('owner', 2),
      roles: { writer: 'status_feed_writer', reader: 'status_feed_reader' },
    });
  const first = await shuffled(0);
  expect(first.toString()).toMatch(/Centrs.*Pakalpojums/s);
  for (let seed = 1; seed < interleavings; seed++)
    expect((await shuffled(seed)).equals(first), `seed ${seed}`).toBe(true);
}, 120_000);

test('intake read again from the beginning adds nothing to the feed', async () => {
  const { store } = bed.service.context;
  const before = { position: await store.lastPosition(), events: await portal.readAll(bed.service.address) };
  // As after a refilled Kafka: the reaction forgets how far it was.
  const admin = bed.database.pool('owner');
  await admin.query(`update event_bus.consumer_offsets set next_offset = 0 where consumer = 'feed'`);
  // An event on every partition that has any makes it look at its offset again; none of them is shown.
  const released = { occurredAt: Date.UTC(2026, 10, 2, 9), actorId: 'clerk-1' };
  for (const { streamId, topic } of histories) {
    if (topic !== 'intake.case') continue;
    await intake.append(streamId, { type: 'intake.CaseReleased', data: { caseId: streamId.slice(5), ...released } });
  }
  await eventually('the reaction at the end again', async () => {
    const { rows } = await admin.query(
      `select 1 from event_bus.consumer_offsets where consumer = 'feed' and next_offset < end_offset`,
    );
    return rows.length === 0 ? true : undefined;
  });
  expect(await store.lastPosition()).toBe(before.position);
  expect(await portal.readAll(bed.service.address)).toEqual(before.events);
}, 60_000);
