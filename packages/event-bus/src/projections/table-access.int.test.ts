import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parcelsProjection } from '../testing/parcels.ts';
import { type TestBus, testBus } from '../testing/test-bus.ts';
import { prepareProjections } from './prepare.ts';
import { readTables, type TableAccess } from './table-access.ts';

let bus: TestBus;
beforeAll(async () => {
  bus = await testBus();
});
afterAll(() => bus.close());

describe('statements that were planned while a table was empty', () => {
  test.each(['load', 'loadLocked', 'update', 'remove'] as const)(
    '%s by key, not by reading all of it',
    async (name) => {
      const projection = parcelsProjection({ name: `planned_${name.toLowerCase()}` });
      await prepareProjections(bus.ownerPool, [projection], bus.roles);
      await bus.ownerPool.query(`vacuum analyze ${projection.name}.parcel`);
      const client = await bus.ownerPool.connect();
      const { sql, columns, key } = (await readTables(client, projection.name, projection.tables)).get(
        'parcel',
      ) as TableAccess;
      const parameters = name === 'update' ? columns : key;
      const nulls = parameters.map(() => `'{}'`).join(', ');
      await client.query(`set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_hashjoin = off;
      set enable_mergejoin = off; prepare planned as ${sql[name]}`);
      await client.query(`execute planned(${nulls})`);
      await client.query(
        `insert into ${projection.name}.parcel (parcel_id) select gen_random_uuid() from generate_series(1, 2000)`,
      );
      const { rows } = await client.query(`explain (costs off) execute planned(${nulls})`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      client.release(true);
      expect(plan).not.toMatch(/Join Filter|Seq Scan on parcel/);
      expect(plan).toMatch(/Index Cond|Conflict Arbiter/);
    },
  );
});
