import { randomUUID } from 'node:crypto';
import { partitionOf, projectionBytes, projectShuffled } from '@vienuviet/event-bus';
import { codec, topicOf } from '@vienuviet/schemas';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { caseHistories, createBusWriter, eventually, inboundPartitions } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { reports, viewOf } from '../reports/definitions.ts';
import { reporting } from '../service.ts';
import { intakeOf, playAll, readerOf } from '../tests/reader.ts';
import { facts, readableViews, tablesSql } from './projection.ts';

const dayMs = 24 * 60 * 60_000;
const histories = caseHistories({ seed: 41, cases: 60 });
/** A sample; all in `./scripts/test full`. */
const interleavings = process.env['VIENUVIET_TEST_FULL'] === 'yes' ? 100 : 25;
let bed: TestService;

beforeAll(async () => {
  bed = await startTestService(reporting);
  await playAll(bed, intakeOf(bed), histories);
});

afterAll(async () => {
  await bed?.close();
});

describe('the facts', () => {
  test('rebuilt a day later have the same bytes', async () => {
    const pool = bed.database.pool('owner');
    const before = await projectionBytes(pool, 'facts');
    const exp = Math.floor((Date.now() + 3 * dayMs) / 1000);
    const token = await bed.issuer.token('engineer', [{ role: 'integration_engineer' }], { exp });
    const headers = { authorization: `Bearer ${token}` };
    const url = '/v1/operations/projections/facts';
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + dayMs });
    try {
      expect((await bed.service.app.inject({ method: 'POST', url: `${url}/rebuild`, headers })).statusCode).toBe(202);
      await eventually('the rebuild', async () => {
        const { rebuild } = (await bed.service.app.inject({ url, headers })).json();
        if (rebuild?.phase === 'failed') throw new Error(rebuild.error);
        return rebuild?.phase === 'done' ? true : undefined;
      });
    } finally {
      vi.useRealTimers();
    }
    expect((await projectionBytes(pool, 'facts')).equals(before)).toBe(true);
    const read = await readerOf(bed, { role: 'auditor' });
    expect((await read('/v1/reports/times')).status).toBe(200);
  });

  test(`are the same for ${interleavings} interleavings of the topics`, async () => {
    const partitions = await inboundPartitions(
      caseHistories({ seed: 42, cases: 8, services: 6, centres: 3 }),
      (publisher) => createBusWriter('intake', { encode: codec.encode, topicOf, partitionOf, publisher }),
    );
    const shuffled = (seed: number) =>
      projectShuffled({
        // The views are the same for every order, and take longer to make than the tables.
        projection: { ...facts, sql: tablesSql },
        partitions,
        seed,
        codec,
        pool: bed.database.pool('writer', 2),
        ownerPool: bed.database.pool('owner', 2),
        roles: { writer: 'reporting_writer', reader: 'reporting_reader' },
      });
    const first = await shuffled(0);
    expect(first.toString()).toMatch(/case_fact.*in_person.*counted_service.*in_person.*service .*Pakalpojums/s);
    for (let seed = 1; seed < interleavings; seed++)
      expect((await shuffled(seed)).equals(first), `seed ${seed}`).toBe(true);
  }, 180_000);

  test('have no column for a subject or an actor', async () => {
    const { rows } = await bed.database
      .pool('owner')
      .query(
        `select column_name from information_schema.columns where table_schema = 'facts' and column_name ~ 'subject|actor|client'`,
      );
    expect(rows).toEqual([]);
  });

  test('an event of a case that was never registered parks that case alone', async () => {
    const lost = randomUUID();
    const { rows } = await bed.database.pool('owner').query(`select count(*)::int as cases from facts.case_fact`);
    // The stand-in of the first histories has another epoch; this one is told apart by its own service name.
    await createBusWriter('elsewhere', { encode: codec.encode, topicOf, partitionOf, publisher: bed.publisher }).append(
      `case-${lost}`,
      { type: 'intake.CaseReleased', data: { caseId: lost, occurredAt: Date.UTC(2026, 2, 2), actorId: 'clerk-1' } },
    );
    await eventually('the case is parked', async () => {
      const parked = await bed.database
        .pool('owner')
        .query(`select code from event_bus.parked_keys where consumer = 'facts' and key = $1`, [`case-${lost}`]);
      return parked.rows[0]?.code === 'fold_failed' ? true : undefined;
    });
    const after = await bed.database.pool('owner').query(`select count(*)::int as cases from facts.case_fact`);
    expect(after.rows).toEqual(rows);
  });
});

describe('the views', () => {
  test('have the columns that the definitions name, in their order, each with its comment', async () => {
    for (const report of reports) {
      const { rows } = await bed.database.pool('owner').query<{ name: string; means: string }>(
        `select attname as name, col_description(attrelid, attnum) as means from pg_attribute
          where attrelid = $1::regclass and attnum > 0 order by attnum`,
        [`facts.${viewOf(report)}`],
      );
      expect(rows).toEqual(report.columns.map(({ name, means }) => ({ name, means })));
    }
  });

  test('are all commented and run with the rights of who asks', async () => {
    const { rows } = await bed.database.pool('owner').query<{ name: string; means: string; options: string[] }>(
      `select relname as name, obj_description(oid) as means, reloptions as options from pg_class
        where relnamespace = 'facts'::regnamespace and relkind = 'v' order by relname`,
    );
    expect(rows.map((row) => row.name)).toEqual(readableViews.toSorted());
    for (const row of rows) {
      expect(row.means, row.name).toMatch(/\w{3}/);
      expect(row.options).toContain('security_invoker=true');
    }
  });
});

describe('the role of people with a BI tool', () => {
  test('is granted the views, the tables under them and the offsets, to read: nothing else, and nothing to write', async () => {
    const { rows } = await bed.database.pool('owner').query<{ relation: string; privileges: string }>(
      `select format('%s.%s', n.nspname, c.relname) as relation,
              string_agg(privilege, ' ' order by privilege) as privileges
         from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
        cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as privilege
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
          and has_table_privilege('reporting_reader', c.oid, privilege)
        group by 1 order by 1`,
    );
    const tables = [...Object.keys(facts.tables), 'stream_versions'];
    const inFacts = [...readableViews, ...tables].map((name) => `facts.${name}`);
    const offsets = ['consumer_offsets', 'projections', 'relay'].map((name) => `event_bus.${name}`);
    expect(rows).toEqual([...inFacts, ...offsets].toSorted().map((relation) => ({ relation, privileges: 'SELECT' })));
  });

  test('owns nothing, is no superuser and cannot walk around row security', async () => {
    const { rows } = await bed.database.pool('owner').query(
      `select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,
              (select count(*)::int from pg_class where relowner = pg_roles.oid) as owned
         from pg_roles where rolname = 'reporting_reader'`,
    );
    expect(rows).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false, owned: 0 },
    ]);
  });

  test('reads every view, and is refused everything else', async () => {
    const reader = bed.database.pool('reader', 1);
    for (const view of readableViews) {
      const { rowCount } = await reader.query(`select * from facts.${view}`);
      expect(rowCount, view).toBeGreaterThan(0);
    }
    for (const sql of [
      'select * from event_store.events',
      'select * from event_bus.parked_messages',
      'delete from facts.case_fact',
      `update facts.counted_service set clerk_minutes = 0`,
      'insert into facts.centre (centre_id) values (gen_random_uuid())',
      'truncate facts.service',
      'create table facts.mine (a integer)',
      'create schema mine',
      'create view facts.mine as select 1 as a',
    ]) {
      await expect(reader.query(sql), sql).rejects.toMatchObject({ code: '42501' });
    }
    await reader.end();
  });
});
