import { randomUUID } from 'node:crypto';
import { partitionOf } from '@vienuviet/event-bus';
import { codec } from '@vienuviet/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineProjection } from '../building-blocks.ts';
import { defineService } from '../definition.ts';
import { startTestService, type TestService } from '../testing.ts';

const closings = defineProjection({
  name: 'closings',
  version: 1,
  from: ['intake.centre'],
  sql: 'create table closing (centre_id uuid primary key, actor_id text not null)',
  tables: {
    closing: {
      key: ['centre_id'],
      on: {
        'intake.CentreClosed': {
          key: ({ data }) => [data.centreId],
          apply: (_row, { data }) => ({ centre_id: data.centreId, actor_id: data.actorId }),
        },
      },
    },
  },
});

const definition = defineService({
  name: 'sample',
  title: 'A sample',
  projections: [closings],
  reactions: [],
  routes: () => () => undefined,
});

let host: TestService;
let engineer: { authorization: string };

beforeAll(async () => {
  host = await startTestService(definition);
  engineer = await host.issuer.as('engineer', [{ role: 'integration_engineer' }]);
});

afterAll(() => host?.close());

const get = async (url: string) => (await host.service.app.inject({ url, headers: engineer })).json();
const post = (url: string, payload?: object) =>
  host.service.app.inject({ method: 'POST', url, headers: engineer, ...(payload === undefined ? {} : { payload }) });

const firstEpoch = '7c9f4a52-6f0e-4f6c-9a57-2f1a6f3f6f0e';

/** Publishes an event of a centre with a version of our choice, or bytes that are none. */
async function publish(centreId: string, sequence: number, bytes?: Buffer, epoch = firstEpoch) {
  const key = `centre-${centreId}`;
  const data = { centreId, occurredAt: 0, actorId: `by-${sequence}` };
  await host.publisher.publish([
    {
      topic: 'intake.centre',
      partition: partitionOf(key, await host.publisher.partitions('intake.centre')),
      key,
      value: bytes ?? codec.encode('intake.CentreClosed', data).payload,
      headers: {
        ce_specversion: '1.0',
        ce_id: randomUUID(),
        ce_source: '/services/intake',
        ce_type: 'lv.vienuviet.intake.CentreClosed.v1',
        ce_time: '2026-03-02T08:00:00.000Z',
        ce_subject: key,
        ce_sequence: String(sequence),
        ce_storeepoch: epoch,
        ce_storeposition: String(sequence),
      },
    },
  ]);
  return key;
}

const rows = async () => (await host.service.context.writer.query('select * from closings.closing order by 2')).rows;

describe('the routes of operators', () => {
  test('are for integration engineers', async () => {
    const clerk = await host.issuer.as('clerk.one', [{ role: 'clerk', centreId: randomUUID() }]);
    for (const url of ['/v1/operations/projections', '/v1/operations/parked']) {
      expect((await host.service.app.inject({ url })).statusCode).toBe(401);
      expect((await host.service.app.inject({ url, headers: clerk })).statusCode).toBe(403);
    }
  });

  test('show how far a projection is, and rebuild it while its readers go on', async () => {
    const centreId = randomUUID();
    await publish(centreId, 1);
    await expect.poll(rows, { timeout: 20_000 }).toEqual([{ centre_id: centreId, actor_id: 'by-1' }]);
    const [shown] = await get('/v1/operations/projections');
    expect(shown).toMatchObject({
      name: 'closings',
      kind: 'projection',
      status: 'running',
      parkedKeys: 0,
      rebuild: null,
    });
    expect(shown.asOf.map(({ offset }: { offset: string }) => offset)).toContain('0');

    // What somebody wrote by hand is gone after a rebuild: the events are the truth.
    await host.service.context.writer.query(`update closings.closing set actor_id = 'somebody'`);
    expect((await post('/v1/operations/projections/closings/rebuild')).statusCode).toBe(202);
    const phase = async () => (await get('/v1/operations/projections/closings')).rebuild.phase;
    await expect.poll(phase, { timeout: 20_000 }).toBe('done');
    expect(await rows()).toEqual([{ centre_id: centreId, actor_id: 'by-1' }]);
    expect((await get('/v1/operations/projections/closings')).rebuild).toMatchObject({
      startedBy: 'engineer',
      events: 1,
    });
  });

  test('know no projection that is not there', async () => {
    expect((await post('/v1/operations/projections/nothing/rebuild')).statusCode).toBe(404);
    expect((await get('/v1/operations/projections/nothing')).code).toBe('not_found');
  });

  test('list what is parked, show it, do it again and throw it away', async () => {
    const centreId = randomUUID();
    const key = await publish(centreId, 1, Buffer.from('no event'));
    await publish(centreId, 2);
    const parked = async () => get('/v1/operations/parked');
    await expect.poll(async () => (await parked())[0]?.waiting, { timeout: 20_000 }).toBe(2);
    expect(await parked()).toMatchObject([{ consumer: 'closings', key, code: 'undecodable' }]);

    const [first, second] = await get(`/v1/operations/parked/closings/${key}`);
    expect(first).toMatchObject({ type: null, bytes: Buffer.from('no event').toString('hex') });
    expect(second).toMatchObject({ type: 'intake.CentreClosed', data: { centreId, actorId: 'by-2' }, bytes: null });

    const redriven = await post(`/v1/operations/parked/closings/${key}/redrive`);
    expect(redriven.json()).toMatchObject({ applied: 0, waiting: 2, code: 'undecodable' });
    // What could not be applied was parked anew: who looked before looks again.
    const [poison, behind] = await get(`/v1/operations/parked/closings/${key}`);
    const wrong = await post(`/v1/operations/parked/closings/${key}/discard`, { reason: 'poison', firstId: behind.id });
    expect(wrong.statusCode).toBe(409);
    const discarded = await post(`/v1/operations/parked/closings/${key}/discard`, {
      reason: 'poison',
      firstId: poison.id,
    });
    expect(discarded.json()).toEqual({ discarded: 1, waiting: 1 });
    expect((await post(`/v1/operations/parked/closings/${key}/redrive`)).json()).toEqual({ applied: 1, waiting: 0 });
    expect(await rows()).toContainEqual({ centre_id: centreId, actor_id: 'by-2' });
    expect((await post(`/v1/operations/parked/closings/${key}/redrive`)).statusCode).toBe(404);
  });

  test('let a consumer go on after the store of a source was restored', async () => {
    const centreId = randomUUID();
    const epoch = randomUUID();
    await publish(centreId, 1, undefined, epoch);
    const shown = async () => get('/v1/operations/projections/closings');
    await expect.poll(async () => (await shown()).code, { timeout: 20_000 }).toBe('store_epoch_changed');
    expect((await shown()).trouble).toContain(`accept-epoch closings /services/intake ${epoch}`);
    const url = '/v1/operations/projections/closings/accept-epoch';
    expect((await post(url, { source: 'no source', epoch })).statusCode).toBe(400);
    const accepted = await post(url, { source: '/services/intake', epoch });
    expect(accepted.statusCode).toBe(200);
    await expect.poll(rows, { timeout: 20_000 }).toContainEqual({ centre_id: centreId, actor_id: 'by-1' });
    expect(await shown()).toMatchObject({ status: 'running', code: null, trouble: null });
  });

  test('list the keys of a consumer that were parked first, and say how many there are', async () => {
    await host.service.context.writer.query(
      `insert into event_bus.parked_keys (consumer, key, code, reason, parked_at)
       select 'closings', 'centre-' || n, 'poison', 'because', '2020-01-01'::timestamptz + n * interval '1 second'
         from generate_series(101, 250) n`,
    );
    const listed = await host.service.app.inject({ url: '/v1/operations/parked', headers: engineer });
    expect(listed.headers['parked-keys']).toBe('150');
    expect(listed.json().map(({ key }: { key: string }) => key)).toEqual(
      Array.from({ length: 100 }, (_, index) => `centre-${101 + index}`),
    );
    await host.service.context.writer.query(`delete from event_bus.parked_keys where reason = 'because'`);
  });

  test('take no free text as a reason', async () => {
    const said = await post('/v1/operations/parked/closings/centre-x/discard', { reason: 'because I say so' });
    expect(said.json()).toMatchObject({ code: 'invalid_request' });
  });
});
