/** A page of the work queue and of the search with a million cases: 95 of 100 within 100 ms. */
import { randomUUID } from 'node:crypto';
import { asCaller, setCaller, systemScope } from '@vienuviet/database';
import { migrateService, migrationSetsOf } from '@vienuviet/service';
import { type TestDatabase, testDatabase } from '@vienuviet/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { intake } from '../service.ts';
import { type SearchFilter, type SearchScope, searchCases } from './search.ts';
import { type QueueView, readQueue } from './work-queue.ts';

/**
 * A million cases of 587 centres, the first of which has a fifth of all (a centre is never that large, but the largest
 * decides the slowest page), of 7,656 services and 100 holders; one in eleven has not ended, one in 2,002 is claimed.
 */
const CASES = `
  insert into cases.service_case
    (case_id, version, stage, stage_since, subject_id, anonymous, service_id, holder_id, centre_id, municipality_id,
     channel, purpose, customer_kind, cross_border, clerk_minutes, registered_at, claimed_by, claimed_until, changed_at)
  select gen_random_uuid(), 5,
         case when n % 11 > 0 then 'closed'
              else (array['registered', 'consulted', 'requested', 'in_execution', 'decided', 'delivered'])[1 + n / 11 % 6] end,
         at, gen_random_uuid(), false, md5('service' || n % 7656)::uuid, 'holder-' || n % 100,
         md5('centre' || case when n % 5 = 0 then 0 else n % 587 end)::uuid, 'municipality',
         'in_person', 'application', 'citizen', false, 10, at,
         case when n % 2002 = 0 then 'clerk-' || n % 3 end, case when n % 2002 = 0 then now() + interval '10 minutes' end, at
    from (select n, timestamptz '2024-01-01' + n * interval '1 minute' as at from generate_series(1, 1000000) n) numbers`;

const centreOf = `select md5('centre' || $1::text)::uuid::text as id`;

let database: TestDatabase;
let pool: pg.Pool;
let largest: string;
let usual: string;
let service: string;

beforeAll(async () => {
  database = await testDatabase({ service: 'intake', sets: migrationSetsOf(intake) });
  await migrateService(intake, database);
  pool = database.pool('writer');
  const session = await pool.connect();
  try {
    await session.query(`begin`);
    await session.query(`set local statement_timeout = 0`);
    await setCaller(session, systemScope('test'));
    await session.query(CASES);
    await session.query(`commit`);
  } finally {
    session.release();
  }
  await database.pool('owner').query('analyze cases.service_case');
  const idOf = async (n: number) => (await pool.query<{ id: string }>(centreOf, [n])).rows[0]?.id ?? '';
  largest = await idOf(0);
  usual = await idOf(7);
  service = (await pool.query<{ id: string }>(`select md5('service' || 42)::uuid::text as id`)).rows[0]?.id ?? '';
});
afterAll(async () => database?.drop());

/** Milliseconds within which 95 of 100 reads end. */
async function p95(read: (tx: pg.PoolClient) => Promise<unknown[]>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 100; run++) {
    const start = performance.now();
    await asCaller(pool, systemScope('test'), read);
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[94] ?? Number.POSITIVE_INFINITY;
}

const now = new Date();
const take = 51;

describe('with a million cases', () => {
  const queue =
    (view: QueueView, centres: () => string[], more: object = {}) =>
    (tx: pg.PoolClient) =>
      readQueue(tx, {
        view,
        clerkId: 'clerk-0',
        centreIds: centres(),
        stages: undefined,
        behind: undefined,
        now,
        take,
        ...more,
      });
  const both = () => [largest, usual];

  test.each([
    ['the largest centre’s', queue('centre', () => [largest])],
    ['a usual centre’s', queue('centre', () => [usual])],
    ['two centres’', queue('centre', both)],
    ['the unclaimed', queue('unclaimed', both)],
    ['the delivered', queue('centre', both, { stages: ['delivered'] })],
    ['far behind', queue('centre', both, { behind: { at: '2025-10-01T00:00:00.000Z', caseId: randomUUID() } })],
    ['the own claims', queue('mine', both)],
  ])('the work queue: %s', async (_, read) => {
    const time = await p95(read);
    expect((await asCaller(pool, systemScope('test'), read)).length).toBeGreaterThan(0);
    expect(time).toBeLessThan(100);
  });

  const search = (scope: () => SearchScope, filter: () => SearchFilter) => (tx: pg.PoolClient) =>
    searchCases(tx, scope(), filter(), undefined, take);
  const atLargest = () => ({ centreIds: [largest], holderIds: [] });
  const atHolder = () => ({ centreIds: [], holderIds: ['holder-10'] });
  const march = { from: new Date('2024-03-01'), to: new Date('2024-04-01') };

  test.each([
    ['a centre’s newest', search(atLargest, () => ({}))],
    ['a centre’s of a service', search(atLargest, () => ({ serviceId: service }))],
    ['a centre’s of a month', search(atLargest, () => march)],
    ['a centre’s requested', search(atLargest, () => ({ stages: ['requested'] }))],
    ['a holder’s newest', search(atHolder, () => ({}))],
    ['a holder’s to do', search(atHolder, () => ({ stages: ['requested', 'in_execution'] }))],
    [
      'a centre’s and a holder’s',
      search(
        () => ({ centreIds: [usual], holderIds: ['holder-10'] }),
        () => ({}),
      ),
    ],
    [
      'everything',
      search(
        () => ({}),
        () => ({}),
      ),
    ],
    [
      'everything of a service',
      search(
        () => ({}),
        () => ({ serviceId: service }),
      ),
    ],
    [
      'everything of a month',
      search(
        () => ({}),
        () => march,
      ),
    ],
    [
      'everything decided',
      search(
        () => ({}),
        () => ({ stages: ['decided'] }),
      ),
    ],
  ])('the search: %s', async (_, read) => {
    const time = await p95(read);
    expect(time).toBeLessThan(100);
  });
});
