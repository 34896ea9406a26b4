import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parcelsProjection } from '../testing/parcels.ts';
import { type TestBus, testBus } from '../testing/test-bus.ts';
import type { Projection } from '../types.ts';
import { prepareProjections } from './prepare.ts';

let bus: TestBus;
beforeAll(async () => {
  bus = await testBus();
});
afterAll(() => bus.close());

describe('a definition is refused', () => {
  const refused = async (change: Partial<Projection>, reason: RegExp) => {
    const projection = { ...parcelsProjection({ name: `refused_${randomUUID().slice(0, 8)}` }), ...change };
    await expect(prepareProjections(bus.ownerPool, [projection], bus.roles)).rejects.toMatchObject({
      code: 'projection_refused',
      message: expect.stringMatching(reason),
    });
    const { rowCount } = await bus.pool.query('select 1 from pg_namespace where nspname = $1', [projection.name]);
    expect(rowCount).toBe(0);
  };
  const sql = (columns: string, rest = '') => ({
    sql: `create table t (${columns}); ${rest}`,
    tables: { t: { key: ['id'], on: {} } },
  });

  test.each<[string, Partial<Projection>, RegExp]>([
    [
      'whose view would walk around row security',
      sql('id int primary key', 'create view v as select * from t'),
      /views v lack/,
    ],
    [
      'whose column counts by itself',
      sql('id int primary key, n bigint generated always as identity'),
      /counts by itself/,
    ],
    ['whose column counts by a sequence', sql('id int primary key, n serial'), /only constants/],
    ['whose default reads the clock', sql('id int primary key, at timestamptz default now()'), /only constants/],
    ['whose default is random', sql('id uuid primary key default gen_random_uuid()'), /only constants/],
    ['whose key is not the table’s', sql('id int, other int primary key'), /primary key is \(other\)/],
    [
      'whose table is not made',
      { ...sql('id int primary key'), tables: { missing: { key: ['id'], on: {} } } },
      /not made/,
    ],
    ['whose SQL is wrong', { sql: 'create tabel t ()' }, /SQL of projection .* failed/],
    ['whose name is taken', { name: 'event_store' }, /must be a schema name/],
    ['whose name looks like a version', { name: 'parcels_v2' }, /may not end in/],
    ['whose version is no version', { version: 0 }, /version must be 1/],
    ['that reads nothing', { from: [] }, /no topic/],
  ])('%s', async (_, change, reason) => {
    if (change.name === undefined) return refused(change, reason);
    await expect(
      prepareProjections(bus.ownerPool, [{ ...parcelsProjection(), ...change }], bus.roles),
    ).rejects.toMatchObject({ code: 'projection_refused', message: expect.stringMatching(reason) });
  });
});
