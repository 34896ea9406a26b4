import { randomUUID } from 'node:crypto';
import type { RunningStoreService } from '@vienuviet/service';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { type BusWriter, eventually } from '@vienuviet/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { itemStatusChanged } from '../items/item-status-changed.ts';
import { statusFeed } from '../service.ts';
import { intakeOf } from '../tests/intake.ts';
import { type Portal, portalOf, registerCase } from '../tests/portal.ts';

let bed: TestService;
let intake: BusWriter;
let portal: Portal;
let instance: RunningStoreService;

beforeAll(async () => {
  bed = await startTestService(statusFeed);
  intake = intakeOf(bed);
  portal = await portalOf(bed);
  instance = bed.service;
});

afterAll(async () => {
  await bed?.close();
});

const subjectsInFeed = async (): Promise<string[]> =>
  (await portal.readAll(instance.address)).map((event) => event.data.subjectId);

/** As the metrics say. */
const heldPosition = async (): Promise<number> => {
  const metric = instance.context.metrics.registry.getSingleMetric('vienuviet_feed_held_position');
  return (await metric!.get()).values[0]!.value;
};

const inStore = (position: number) =>
  eventually('the change in the store', async () =>
    (await instance.context.store.lastPosition()) > position ? true : undefined,
  );

describe('nothing is announced that cannot be read', () => {
  test('while the items stand still the feed shows nothing new, and no cursor passes what it holds back', async () => {
    const subjectId = randomUUID();
    const caseId = randomUUID();
    const holder = new pg.Client({ connectionString: bed.database.adminUrl });
    await holder.connect();
    // The lock that a switch of the projection takes: its batches wait before they write anything.
    await holder.query(`select pg_advisory_lock(1163019603, hashtext('items'))`);
    try {
      const position = await instance.context.store.lastPosition();
      await registerCase(intake, { caseId, subjectId });
      await inStore(position);
      const { body, headers } = await portal.get(instance.address, '/v1/feed?wait=1&limit=1000');
      expect(body.map((event: { data: { subjectId: string } }) => event.data.subjectId)).not.toContain(subjectId);
      expect(Number(headers.get('feed-cursor')?.split('.')[1])).toBeLessThanOrEqual(position);
    } finally {
      await holder.end();
    }
    await eventually('the change in the feed', async () =>
      (await subjectsInFeed()).includes(subjectId) ? true : undefined,
    );
    const token = await portal.tokenFor(instance.address, subjectId);
    const item = await portal.get(instance.address, `/v1/items/${caseId}`, { authorization: `Bearer ${token}` });
    expect(item.status).toBe(200);
  });

  test('each event that the feed shows can be read at that moment', async () => {
    const cases = Array.from({ length: 60 }, () => ({ caseId: randomUUID(), subjectId: randomUUID() }));
    const start = (await portal.readAll(instance.address)).at(-1)?.cursor;
    const registering = Promise.all(cases.map((one) => registerCase(intake, one)));
    const unreadable: string[] = [];
    const reader = bed.database.pool('owner');
    let after = start;
    let seen = 0;
    while (seen < cases.length) {
      const { body, headers } = await portal.get(instance.address, `/v1/feed?after=${after}&wait=10&limit=7`);
      const ids = body.map((event: { data: { caseId: string } }) => event.data.caseId);
      const { rowCount } = await reader.query('select 1 from items.item where case_id = any ($1::uuid[])', [ids]);
      if (rowCount !== ids.length) unreadable.push(...ids);
      seen += ids.length;
      after = headers.get('feed-cursor') ?? after;
    }
    await registering;
    expect(unreadable).toEqual([]);
  });

  test('a parked item stops the feed instead of being skipped, until it is discarded', async () => {
    const { store } = instance.context;
    const lost = randomUUID();
    const before = (await portal.readAll(instance.address)).at(-1)!.cursor;
    // A first change that does not say whose item it is: nothing that the reaction would append.
    const data = {
      caseId: lost,
      subjectId: null,
      serviceId: null,
      holderId: null,
      status: 'closed',
      milestone: 'closed',
      sourceEventId: randomUUID(),
      sourceVersion: 1,
      sourceOccurredAt: Date.UTC(2026, 10, 2),
    };
    await store.append({
      streams: [
        {
          streamId: `item-${lost}`,
          streamType: 'item',
          expectedVersion: 'no_stream',
          events: [{ type: itemStatusChanged, data }],
        },
      ],
    });
    const subjectId = randomUUID();
    const caseId = randomUUID();
    await registerCase(intake, { caseId, subjectId });
    await eventually('the item behind it', async () => {
      const { rowCount } = await bed.database
        .pool('owner')
        .query('select 1 from items.item where case_id = $1', [caseId]);
      return rowCount === 1 ? true : undefined;
    });
    const stopped = await portal.get(instance.address, `/v1/feed?after=${before}`);
    expect(stopped.body).toEqual([]);
    expect(stopped.headers.get('feed-cursor')).toBe(before);
    expect(await heldPosition()).toBeGreaterThan(0);

    const engineer = await bed.issuer.as('engineer', [{ role: 'integration_engineer' }]);
    const discarded = await portal.post(
      instance.address,
      `/v1/operations/parked/items/item-${lost}/discard`,
      { reason: 'poison' },
      engineer,
    );
    expect(discarded.status).toBe(200);
    const { body } = await portal.get(instance.address, `/v1/feed?after=${before}`);
    expect(body.map((event: { data: { subjectId: string } }) => event.data.subjectId)).toEqual([subjectId]);
    expect(await heldPosition()).toBe(0);

    // What follows of an item whose beginning is gone is parked too, and holds nobody up.
    await store.append({
      streams: [
        {
          streamId: `item-${lost}`,
          streamType: 'item',
          expectedVersion: 1,
          events: [{ type: itemStatusChanged, data: { ...data, sourceEventId: randomUUID(), sourceVersion: 2 } }],
        },
      ],
    });
    const next = randomUUID();
    await registerCase(intake, { caseId: randomUUID(), subjectId: next });
    await eventually('the case behind it', async () => ((await subjectsInFeed()).includes(next) ? true : undefined));
  });
});
