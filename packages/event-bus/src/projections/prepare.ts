import pg from 'pg';
import { BusError, messageOf } from '../errors.ts';
import type { Projection, Queryable } from '../types.ts';
import { secureRows } from './row-security.ts';
import { readTables } from './table-access.ts';

/** Roles that a projection's schema is granted to. */
export interface ProjectionRoles {
  /** The service: reads and writes rows. */
  readonly writer: string;
  /** People with a BI tool: reads. */
  readonly reader: string;
}

const STREAM_VERSIONS = `
  create table stream_versions (
    stream_id text collate "C" primary key,
    version bigint not null
  ) with (fillfactor = 70)`;

const OWNER_VIEWS = `
  select c.relname as name
    from pg_class c
   where c.relnamespace = to_regnamespace($1) and c.relkind = 'v'
     and not coalesce('security_invoker=true' = any (c.reloptions) or 'security_invoker=on' = any (c.reloptions), false)`;

/**
 * Makes what is missing, as the owner: the live schema of each projection with its tables, the versions of its
 * streams, the grants and its row in `event_bus.projections`. A projection that is there in an older version is left
 * as it is: `startProjection` builds the new one beside it. Safe to repeat and to run at once.
 */
export async function prepareProjections(
  ownerPool: pg.Pool,
  projections: readonly Projection[],
  roles: ProjectionRoles,
): Promise<void> {
  const client = await ownerPool.connect();
  try {
    for (const projection of projections) {
      await client.query('begin');
      await client.query('lock table event_bus.projections in share row exclusive mode');
      const known = await client.query('select 1 from event_bus.projections where name = $1', [projection.name]);
      if (known.rowCount === 0) {
        await createProjectionSchema(client, projection, projection.name, roles);
        await client.query('insert into event_bus.projections (name, version) values ($1, $2)', [
          projection.name,
          projection.version,
        ]);
      }
      await client.query('commit');
    }
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/** Makes the tables of a projection in a schema of the given name and checks them. Runs in the caller's transaction. */
export async function createProjectionSchema(
  client: Queryable,
  projection: Projection,
  schema: string,
  roles: ProjectionRoles,
): Promise<void> {
  checkDefinition(projection);
  const quoted = pg.escapeIdentifier(schema);
  const writer = pg.escapeIdentifier(roles.writer);
  const reader = pg.escapeIdentifier(roles.reader);
  await client.query(`create schema ${quoted}`);
  await client.query(`set local search_path to ${quoted}`);
  try {
    await client.query(STREAM_VERSIONS);
    await client.query(projection.sql);
    await secureRows(client, projection, roles);
  } catch (error) {
    throw new BusError('projection_refused', `the SQL of projection ${projection.name} failed: ${messageOf(error)}`, {
      cause: error,
    });
  }
  await client.query('set local search_path to default');
  await client.query(`grant usage on schema ${quoted} to ${writer}`);
  await client.query(`grant select, insert, update, delete on all tables in schema ${quoted} to ${writer}`);
  if (projection.figures !== false) {
    await client.query(`grant usage on schema ${quoted} to ${reader}`);
    await client.query(`grant select on all tables in schema ${quoted} to ${reader}`);
  }
  const { rows } = await client.query<{ name: string }>(OWNER_VIEWS, [quoted]);
  if (rows.length > 0) {
    throw new BusError(
      'projection_refused',
      `${projection.name}: the views ${rows.map(({ name }) => name).join(', ')} lack "with (security_invoker = true)" and would walk around row security`,
    );
  }
  await readTables(client, schema, projection.tables);
}

const NAME = /^[a-z][a-z0-9_]{0,50}$/;

/** Schemas that a projection may not be named after. */
const taken = new Set(['event_bus', 'event_store', 'migrations', 'public', 'information_schema']);

function checkDefinition(projection: Projection): void {
  const refuse = (why: string): never => {
    throw new BusError('projection_refused', `projection ${projection.name}: ${why}`);
  };
  if (!NAME.test(projection.name) || projection.name.startsWith('pg_') || taken.has(projection.name)) {
    refuse('the name must be a schema name in snake_case of at most 51 characters, and no schema of the platform');
  }
  if (/_v\d+$|_old$/.test(projection.name)) refuse('the name may not end in _v<number> or _old, which rebuilding uses');
  if (!Number.isInteger(projection.version) || projection.version < 1) refuse('the version must be 1 or more');
  if (projection.from !== 'store' && projection.from.length === 0) refuse('it names no topic to read');
  if ('stream_versions' in projection.tables) refuse("stream_versions is the library's own table");
}
