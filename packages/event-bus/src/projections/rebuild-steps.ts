import pg from 'pg';
import { BusError } from '../errors.ts';
import type { BusLog } from '../log.ts';
import type { Projection, Queryable } from '../types.ts';
import type { Feed } from './rebuild-feed.ts';

export interface RebuildNames {
  readonly live: string;
  /** Schema that is filled beside the live one. */
  readonly schema: string;
  /** Where the live one goes at the switch, to be dropped. */
  readonly old: string;
  /** Consumer of the rebuild in `event_bus`. */
  readonly consumer: string;
}

export const rebuildNames = ({ name, version }: Projection): RebuildNames => ({
  live: name,
  schema: `${name}_v${version}`,
  old: `${name}_old`,
  consumer: `${name}#rebuild`,
});

/** Locks of rebuilds; the switch lock of a projection lies in the space that `open_batch` uses. */
const REBUILD_SPACE = 1_163_019_604;
const SWITCH_SPACE = 1_163_019_603;

/** A session of the owner that holds the lock of this projection's rebuild to its end. */
export async function rebuildSession(ownerPool: pg.Pool, projection: string): Promise<pg.Client> {
  const session = new pg.Client({
    ...(ownerPool.options as pg.ClientConfig),
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: 60_000,
  });
  session.on('error', () => undefined);
  try {
    await session.connect();
    const { rows } = await session.query<{ locked: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as locked',
      [REBUILD_SPACE, projection],
    );
    if (rows[0]?.locked) return session;
    throw new BusError('rebuild_running', `${projection} is being rebuilt by another process`);
  } catch (error) {
    await session.end().catch(() => undefined);
    throw error;
  }
}

const LEFT_SCHEMAS = `
  select nspname as name from pg_namespace
   where nspname = $1 or (starts_with(nspname, $2) and substr(nspname, length($2) + 1) ~ '^[0-9]+$')`;

/** Removes what an interrupted rebuild left: schemas beside the live one, offsets, epochs and parked keys. */
export async function clearUp(session: Queryable, names: RebuildNames): Promise<void> {
  const { rows } = await session.query<{ name: string }>(LEFT_SCHEMAS, [names.old, `${names.live}_v`]);
  for (const { name } of rows) await session.query(`drop schema ${pg.escapeIdentifier(name)} cascade`);
  for (const table of ['consumer_offsets', 'consumer_epochs', 'parked_keys']) {
    await session.query(`delete from event_bus.${table} where consumer = $1`, [names.consumer]);
  }
}

const LIVE_OFFSETS = `
  select topic || '/' || partition as place, next_offset::text as next_offset
    from event_bus.consumer_offsets where consumer = $1 and cluster_id = $2`;

/**
 * Puts the rebuilt schema in the place of the live one, in one transaction. Returns false, with nothing changed, when
 * the rebuild did not come as far as the live tables in time.
 */
export async function switchSchemas(
  session: Queryable,
  projection: Projection,
  names: RebuildNames,
  cluster: string,
  reached: (live: ReadonlyMap<string, bigint>) => Promise<boolean>,
  feed: Pick<Feed, 'hold' | 'go' | 'end'>,
): Promise<boolean> {
  await session.query('begin');
  await session.query('select pg_advisory_xact_lock($1, hashtext($2))', [SWITCH_SPACE, names.live]);
  const { rows } = await session.query<{ place: string; next_offset: string }>(LIVE_OFFSETS, [names.live, cluster]);
  const live = new Map(rows.map((row) => [row.place, BigInt(row.next_offset)]));
  if (!(await reached(live))) {
    await session.query('rollback');
    return false;
  }
  await feed.hold();
  try {
    for (const table of ['consumer_offsets', 'consumer_epochs', 'parked_keys']) {
      await session.query(`delete from event_bus.${table} where consumer = $1`, [names.live]);
      await session.query(`update event_bus.${table} set consumer = $1 where consumer = $2`, [
        names.live,
        names.consumer,
      ]);
    }
    await session.query(
      'update event_bus.projections set version = $2, generation = generation + 1, built_at = now() where name = $1',
      [names.live, projection.version],
    );
    await session.query(`alter schema ${pg.escapeIdentifier(names.live)} rename to ${pg.escapeIdentifier(names.old)}`);
    await session.query(
      `alter schema ${pg.escapeIdentifier(names.schema)} rename to ${pg.escapeIdentifier(names.live)}`,
    );
    await session.query('commit');
    feed.end();
    return true;
  } catch (error) {
    feed.go();
    throw error;
  }
}

/** Drops the schema that nobody new reads; waits for those who still do, a few times. */
export async function dropSchema(session: Queryable, schema: string, log: BusLog): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await session.query('begin');
      await session.query(`set local lock_timeout = '2s'`);
      await session.query(`drop schema if exists ${pg.escapeIdentifier(schema)} cascade`);
      await session.query('commit');
      return;
    } catch (error) {
      await session.query('rollback').catch(() => undefined);
      if (attempt < 5) continue;
      log.warn({ err: error, schema }, 'somebody still reads the old tables; the next rebuild drops them');
      return;
    }
  }
}
