/** What row security costs a read: `./scripts/bench row-security`. */
import { asCaller, type CallerScope } from '@vienuviet/database';
import { eventStoreMigrations } from '@vienuviet/event-store';
import { testDatabase } from '@vienuviet/testing';
import type pg from 'pg';
import { eventBusMigrations } from '../src/migrations.ts';
import { secureRows } from '../src/projections/row-security.ts';
import { median } from './measure.ts';

const ROWS = 200_000;
const CENTRES = 600;
const READS = 300;
const ROUNDS = 7;

const database = await testDatabase({ service: 'bench', sets: [eventStoreMigrations, eventBusMigrations] });
const owner = database.pool('owner', 2);
const pool = database.pool('writer', 2);
const session = await owner.connect();
await session.query('create schema rows');
await session.query('grant usage on schema rows to bench_writer, bench_reader');
for (const table of ['plain', 'secured']) {
  await session.query(`
    create table rows.${table} (id int primary key, centre_id uuid not null, holder_id text not null, at timestamptz not null, filler text not null);
    insert into rows.${table}
      select n, md5('c' || n % ${CENTRES})::uuid, 'holder-' || n % 100, timestamptz '2026-01-01' + n * interval '1 minute', repeat('x', 200)
        from generate_series(1, ${ROWS}) n;
    create index on rows.${table} (centre_id, at desc);
    grant select on rows.${table} to bench_writer, bench_reader;
    analyze rows.${table}`);
}
await session.query('set search_path to rows');
const belongsTo = { centre: 'centre_id', holder: 'holder_id' };
await secureRows(
  session,
  { name: 'rows', version: 1, from: 'store', sql: '', tables: { secured: { key: ['id'], belongsTo, on: {} } } },
  { writer: 'bench_writer', reader: 'bench_reader' },
);
session.release();

const { rows: centres } = await pool.query<{ id: string }>(
  `select md5('c' || n)::uuid::text as id from generate_series(1, ${CENTRES - 1}) n`,
);

const page = (table: string) => ({
  name: `page_${table}`,
  text: `select id, centre_id, at, filler from rows.${table} where centre_id = any ($1::uuid[]) order by at desc limit 50`,
});
const report = (table: string) => ({
  name: `report_${table}`,
  text: `select date_trunc('day', at) as day, count(*) from rows.${table} where centre_id = any ($1::uuid[]) group by 1`,
});
type Statement = ReturnType<typeof page>;

/** Microseconds a read, as a route reads. */
async function costOf(statement: Statement, reads: number): Promise<number> {
  const started = performance.now();
  for (let n = 0; n < reads; n++) {
    const centreIds = [centres[n % centres.length]!.id];
    const scope: CallerScope = { actorId: 'bench', roles: ['supervisor'], centreIds };
    const { rows } = await asCaller(pool, scope, (tx: pg.PoolClient) =>
      tx.query({ ...statement, values: [centreIds] }),
    );
    if (rows.length === 0) throw new Error(`${statement.name} found nothing`);
  }
  return ((performance.now() - started) * 1_000) / reads;
}

async function compared(make: (table: string) => Statement): Promise<[plain: number, secured: number, ratio: number]> {
  await costOf(make('plain'), 30);
  await costOf(make('secured'), 30);
  const costs: { plain: number; secured: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    costs.push({ plain: await costOf(make('plain'), READS), secured: await costOf(make('secured'), READS) });
  }
  return [
    median(costs.map(({ plain }) => plain)),
    median(costs.map(({ secured }) => secured)),
    median(costs.map(({ plain, secured }) => secured / plain)),
  ];
}

const line = (what: string, [plain, secured, ratio]: [number, number, number]): string =>
  `| ${what} | ${plain.toFixed(0)} | ${secured.toFixed(0)} | **${ratio.toFixed(2)}** |\n`;

process.stdout.write(`## Row security

Reads of ${ROWS.toLocaleString('en-GB')} rows of ${CENTRES} centres by a caller of one centre, through \`asCaller\`, by statements that narrow
themselves; medians of ${ROUNDS} rounds of ${READS} reads in turns, one session. \`./scripts/bench row-security\`

| | without, µs | with, µs | ratio |
| --- | --- | --- | --- |
${line('a page of 50 rows by an index', await compared(page))}${line('a count over all rows of the centre', await compared(report))}`);
await database.drop();
