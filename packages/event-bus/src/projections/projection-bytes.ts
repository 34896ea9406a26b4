import pg from 'pg';
import type { Queryable } from '../types.ts';

const TABLES = `
  select c.relname as name,
         (select string_agg(quote_ident(a.attname), ', ' order by array_position(i.indkey::int2[], a.attnum))
            from pg_index i
            join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey::int2[])
           where i.indrelid = c.oid and i.indisprimary) as key
    from pg_class c
   where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'p')
   order by c.relname`;

/**
 * Everything that a projection's schema holds, the same bytes for the same rows: each table under its name, its rows
 * as PostgreSQL prints them, ordered by primary key. `schema` is the live name, or one beside it.
 */
export async function projectionBytes(db: Queryable, schema: string): Promise<Buffer> {
  const quoted = pg.escapeIdentifier(schema);
  const tables = await db.query<{ name: string; key: string }>(TABLES, [quoted]);
  const parts: string[] = [];
  for (const { name, key } of tables.rows) {
    const table = `${quoted}.${pg.escapeIdentifier(name)}`;
    const { rows } = await db.query<[string]>({
      text: `select t::text from ${table} t order by ${key}`,
      rowMode: 'array',
    });
    parts.push(`${name} (${key})`, ...rows.map(([row]) => row));
  }
  return Buffer.from(`${parts.join('\n')}\n`, 'utf8');
}
