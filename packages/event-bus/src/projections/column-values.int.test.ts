import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestBus, testBus } from '../testing/test-bus.ts';
import type { ConsumedEvent, Projection, Row } from '../types.ts';
import { asLoaded, columnText, rowTypes } from './column-values.ts';
import { foldBatch } from './fold-batch.ts';
import { prepareProjections } from './prepare.ts';
import { readTables } from './table-access.ts';

let bus: TestBus;
beforeAll(async () => {
  bus = await testBus();
});
afterAll(() => bus.close());

const given = new Map<string, Row>();

/** Every type that a projection's column may have. */
const kinds: Projection = {
  name: 'kinds',
  version: 1,
  from: ['parcel'],
  sql: `
    create type colour as enum ('red', 'green "and" {blue}', 'NULL');
    create table kind (
      id uuid primary key, t text, v varchar(20), i2 smallint, i4 integer, i8 bigint, d double precision,
      n numeric(20, 3), b boolean, at timestamptz, day date, u uuid, j jsonb, raw bytea, c colour,
      ts text[], ints integer[], bigs bigint[], ats timestamptz[], days date[], us uuid[], js jsonb[], bools boolean[],
      twice integer generated always as (i4 * 2) stored
    );`,
  tables: {
    kind: {
      key: ['id'],
      on: {
        set: {
          key: (event: ConsumedEvent) => [event.streamId],
          apply: (_row: Row | undefined, event: ConsumedEvent) => given.get(event.streamId),
        },
      },
    },
  },
};

const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));
const instant = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
const day = instant.map((date) => date.toISOString().slice(0, 10));
const json = fc
  .jsonValue({ noUnicodeString: false })
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '')));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const list = <T>(arbitrary: fc.Arbitrary<T>) => maybe(fc.array(maybe(arbitrary), { maxLength: 4 }));
const int4 = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });

const rows = fc.record({
  id: fc.uuid(),
  t: maybe(text),
  v: maybe(fc.constantFrom('', ' ', 'a"b', '{}', 'NULL', 'a,b', '\\', "it's", 'ā\n\tž')),
  i2: maybe(fc.integer({ min: -32_768, max: 32_767 })),
  i4: maybe(int4),
  i8: maybe(fc.maxSafeInteger()),
  d: maybe(fc.double({ noNaN: true })),
  n: maybe(fc.integer().map((value) => (value / 1_000).toFixed(3))),
  b: maybe(fc.boolean()),
  at: maybe(
    fc.oneof(
      instant,
      instant.map((date) => date.getTime()),
    ),
  ),
  day: maybe(day),
  u: maybe(fc.uuid().map((id) => id.toUpperCase())),
  j: maybe(json),
  raw: maybe(fc.uint8Array({ maxLength: 20 })),
  c: maybe(fc.constantFrom('red', 'green "and" {blue}', 'NULL')),
  ts: list(text),
  ints: list(int4),
  bigs: list(fc.maxSafeInteger()),
  ats: list(instant),
  days: list(day),
  us: list(fc.uuid()),
  js: list(json),
  bools: list(fc.boolean()),
});

const eventOf = (id: string) => ({
  kind: 'apply' as const,
  key: id,
  message: undefined as never,
  envelope: undefined as never,
  event: { type: 'set', streamId: id } as ConsumedEvent<string, never>,
});

test('whatever a fold puts into a row is what it sees when the row is loaded again, and needs no second write', async () => {
  await prepareProjections(bus.ownerPool, [kinds], bus.roles);
  const client = await bus.pool.connect();
  bus.onClose(async () => client.release());
  const tables = await readTables(client, 'kinds', kinds.tables);
  const table = tables.get('kind')!;
  const fail = (_step: unknown, fault: { reason: string }): never => {
    throw new Error(fault.reason);
  };
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(rows, { selector: ({ id }) => id, minLength: 1, maxLength: 12 }), async (made) => {
      given.clear();
      for (const row of made) given.set(row.id, row);
      const steps = made.map(({ id }) => eventOf(id));
      await foldBatch(client, kinds, tables, steps, true, () => false, fail);
      for (const row of made) {
        const { rows: loaded } = await client.query({
          text: 'select *, xmin::text as version from kinds.kind where id = $1',
          values: [row.id],
          types: rowTypes,
        });
        const expected = table.columns.map((column) => asLoaded(column, (row as Row)[column.name]));
        const found = table.columns.map((column) => loaded[0][column.name]);
        expect(found).toEqual(expected);
        expect(table.columns.map((column, i) => columnText(column, found[i]))).toEqual(
          table.columns.map((column, i) => columnText(column, expected[i])),
        );
      }
      const versions = async () => (await client.query('select id, xmin::text as v from kinds.kind order by id')).rows;
      const before = await versions();
      await foldBatch(client, kinds, tables, steps, true, () => false, fail);
      expect(await versions()).toEqual(before);
      await client.query('delete from kinds.kind');
    }),
    { numRuns: 60 },
  );
}, 90_000);
