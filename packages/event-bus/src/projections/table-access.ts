import pg from 'pg';
import { BusError } from '../errors.ts';
import type { ProjectedTable, Queryable } from '../types.ts';
import { type Column, familyOf, rowTypes } from './column-values.ts';

/** One table of a projection in one database schema: its columns, and the statements that load and write rows. */
export interface TableAccess {
  readonly name: string;
  /** All but generated columns: those nobody writes, and a fold would see them late. */
  readonly columns: readonly Column[];
  /** The same by name. */
  readonly byName: ReadonlyMap<string, Column>;
  readonly key: readonly Column[];
  readonly sql: {
    /** Rows of keys given as arrays; column 0 is the place of the key in the arrays, from 1. */
    readonly load: string;
    readonly loadLocked: string;
    readonly insert: string;
    readonly update: string;
    readonly remove: string;
  };
}

interface CatalogueRow {
  table_name: string;
  column_name: string;
  type: string;
  generated: boolean;
  identity: boolean;
  default_expression: string | null;
  key_place: number | null;
}

const CATALOGUE = `
  select c.relname as table_name, a.attname as column_name, format_type(a.atttypid, a.atttypmod) as type,
         a.attgenerated <> '' as generated, a.attidentity <> '' as identity,
         case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end as default_expression,
         array_position(i.indkey::int2[], a.attnum) as key_place
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
   where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'p')
   order by c.relname, a.attnum`;

/** Types that give back another value than was written. */
const ROUNDED = /^real|^timestamp\([0-2]\)|^timestamp.*without|^time\b|^character\(/;

/** A default that gives the same value at every time and in every order: a literal, with or without a cast. */
const CONSTANT = /^(NULL|true|false|-?[\d.]+|'([^']|'')*'|ARRAY\[\])(::[a-z0-9_ ."[\]()]+)*$/i;

/**
 * Reads the tables of a projection from the catalogue of `schema` and checks them against the definition. Throws
 * `projection_refused` for what would make the bytes depend on the order of arrival or on the clock.
 */
export async function readTables(
  client: Queryable,
  schema: string,
  tables: Readonly<Record<string, ProjectedTable>>,
): Promise<Map<string, TableAccess>> {
  const { rows } = await client.query<CatalogueRow>(CATALOGUE, [pg.escapeIdentifier(schema)]);
  const byTable = Map.groupBy(rows, (row) => row.table_name);
  const access = new Map<string, TableAccess>();
  for (const [name, table] of Object.entries(tables)) {
    const columns = byTable.get(name);
    if (columns === undefined) throw refused(schema, name, 'the table is not made by the SQL of the projection');
    access.set(name, await tableAccess(client, schema, name, table, columns));
  }
  return access;
}

async function tableAccess(
  client: Queryable,
  schema: string,
  name: string,
  table: ProjectedTable,
  rows: readonly CatalogueRow[],
): Promise<TableAccess> {
  const columns: Column[] = [];
  for (const row of rows) {
    if (row.identity) {
      throw refused(
        schema,
        name,
        `column ${row.column_name} counts by itself: its value would depend on the order of arrival`,
      );
    }
    if (ROUNDED.test(row.type)) {
      throw refused(
        schema,
        name,
        `column ${row.column_name} (${row.type}) rounds what is written: a fold would see another value in the same batch`,
      );
    }
    if (row.generated) continue;
    columns.push({
      name: row.column_name,
      type: row.type,
      family: familyOf(row.type),
      fallback: await constantDefault(client, schema, name, row),
    });
  }
  const keyNames = rows
    .filter((row) => row.key_place !== null)
    .sort((a, b) => a.key_place! - b.key_place!)
    .map((row) => row.column_name);
  if (keyNames.join() !== table.key.join()) {
    throw refused(schema, name, `its primary key is (${keyNames}), the definition says (${table.key})`);
  }
  const key = keyNames.map((column) => columns.find((candidate) => candidate.name === column)!);
  return {
    name,
    columns,
    byName: new Map(columns.map((column) => [column.name, column])),
    key,
    sql: statements(`${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`, columns, key),
  };
}

async function constantDefault(client: Queryable, schema: string, table: string, row: CatalogueRow): Promise<unknown> {
  const expression = row.default_expression;
  if (expression === null) return null;
  if (!CONSTANT.test(expression)) {
    throw refused(
      schema,
      table,
      `column ${row.column_name} has the default ${expression}; only constants are the same in every rebuild`,
    );
  }
  const query = { text: `select (${expression})::${row.type} as value`, types: rowTypes };
  const { rows } = await client.query<{ value: unknown }>(query);
  return rows[0]?.value ?? null;
}

function statements(table: string, columns: readonly Column[], key: readonly Column[]) {
  const names = (list: readonly Column[], prefix = '') =>
    list.map(({ name }) => prefix + pg.escapeIdentifier(name)).join(', ');
  const source = (list: readonly Column[]) =>
    list.map(({ family, type }, i) => `$${i + 1}::${family === 'array' ? 'text' : type}[]`).join(', ');
  // An array of arrays would be unnested to its innermost values: those travel as texts and are cast back.
  const values = (list: readonly Column[]) =>
    list.map(({ family, type, name }) => `u.${pg.escapeIdentifier(name)}${family === 'array' ? `::${type}` : ''}`);
  const unnest = (list: readonly Column[], ordinality = '', place = '') =>
    `unnest(${source(list)})${ordinality} as u(${names(list)}${place})`;
  const sameKey = key
    .map(({ name }) => `t.${pg.escapeIdentifier(name)} = u.${pg.escapeIdentifier(name)}`)
    .join(' and ');
  const changed = columns.filter((column) => !key.includes(column));
  const all = names(columns);
  // Key by key, whatever the planner believes: a plan made while a table was empty reads all of it for each key, and
  // stays (at 10,000 rows 500 keys took 0.5 s). Neither a fenced subquery nor an upsert can be turned round.
  const found = (what: string, fence: string) =>
    `${unnest(key, ' with ordinality', ', place')} cross join lateral (select ${what} from ${table} t where ${sameKey} ${fence}) t`;
  const load = (fence: string) => `select u.place::int, ${names(columns, 't.')} from ${found(all, fence)}`;
  const insert = `insert into ${table} (${all}) select ${values(columns).join(', ')} from ${unnest(columns)} on conflict`;
  const written = changed.map(({ name }) => pg.escapeIdentifier(name)).map((name) => `${name} = excluded.${name}`);
  return {
    load: load('offset 0'),
    loadLocked: load('for no key update'),
    insert: `${insert} do nothing`,
    update: `${insert} (${names(key)}) do update set ${written.join(', ')}`,
    remove: `delete from ${table} where ctid = any (array(select t.ctid from ${found('t.ctid', 'offset 0')}))`,
  };
}

const refused = (schema: string, table: string, why: string) =>
  new BusError('projection_refused', `${schema}.${table}: ${why}`, { details: { schema, table } });
