import pg from 'pg';
import type { Effects } from '../consumer/effects.ts';
import type { Fault } from '../consumer/envelope.ts';
import { messageOf } from '../errors.ts';
import type { Projection } from '../types.ts';
import { arrayLiteral } from './column-values.ts';
import { foldBatch } from './fold-batch.ts';
import { readTables, type TableAccess } from './table-access.ts';

export interface ProjectionEffectsOptions {
  readonly projection: Projection;
  /** Database schema that is written: the live one, or the one that a rebuild fills. */
  readonly schema: string;
  /** Whether it is the live one: batches then pass the switch. */
  readonly live: boolean;
  readonly batchSize?: number;
  committed?(versions: ReadonlyMap<string, number>): void;
}

/** Most events in one transaction: 3 000 took 11 s a million, 500 took 17 s, 25 000 5.5 s but blocks for longer. */
const BATCH_SIZE = 3_000;

/** Folds events into the tables of one schema, guarded by the versions of the streams. */
export function projectionEffects(options: ProjectionEffectsOptions): Effects {
  const { projection, schema } = options;
  const types = new Set(Object.values(projection.tables).flatMap(({ on }) => Object.keys(on)));
  const shared = projection.from !== 'store';
  const versionsTable = `${pg.escapeIdentifier(schema)}.stream_versions`;
  const id = Buffer.from(schema).toString('base64url');
  let tables: ReadonlyMap<string, TableAccess> = new Map();

  return {
    types,
    batchSize: options.batchSize ?? BATCH_SIZE,
    ...(options.live ? { live: { name: projection.name, version: projection.version } } : {}),

    async prepare(tx) {
      tables = await readTables(tx, schema, projection.tables);
    },

    async streamVersions(tx, streams) {
      const { rows } = await tx.query<[string, number | string]>({
        name: `bus_versions_${id}`,
        text: `select stream_id, version from ${versionsTable} where stream_id = any ($1::text[])`,
        values: [arrayLiteral(streams)],
        rowMode: 'array',
      });
      return new Map(rows.map(([stream, version]) => [stream, Number(version)]));
    },

    apply: (tx, steps, isParked, onFault) => foldBatch(tx, projection, tables, steps, shared, isParked, onFault),

    async noteVersions(tx, versions) {
      const streams = [...versions.keys()].sort();
      await tx.query({
        name: `bus_note_versions_${id}`,
        text:
          `insert into ${versionsTable} as known (stream_id, version) ` +
          'select * from unnest($1::text[], $2::bigint[]) ' +
          'on conflict (stream_id) do update set version = excluded.version where known.version < excluded.version',
        values: [arrayLiteral(streams), arrayLiteral(streams.map((stream) => String(versions.get(stream))))],
      });
    },

    refusal,
    committed: options.committed ?? (() => undefined),
  };
}

/**
 * What the database, or the writing of a value for it, refuses each time: data exceptions (SQLSTATE class 22), broken
 * constraints (23), a row too large (54), and values of a type that the column cannot hold.
 */
function refusal(error: unknown): Fault | undefined {
  const { code, constraint, table } = error as { code?: unknown; constraint?: string; table?: string };
  if (typeof code === 'string' && /^(22|23|54)/.test(code) && code.length === 5) {
    // Not the server's own words: they quote the row.
    const where = [table, constraint].filter((part) => part !== undefined).join(', ');
    return { code: 'write_refused', reason: `SQLSTATE ${code}${where === '' ? '' : ` (${where})`}` };
  }
  if (error instanceof TypeError || error instanceof RangeError)
    return { code: 'write_refused', reason: messageOf(error) };
  return undefined;
}
