import type pg from 'pg';
import { contentHash } from './hashes.ts';
import type { RecordContent } from './record.ts';

const appendSql = 'select audit.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as sequence';

type Queryable = Pick<pg.ClientBase, 'query'>;

const takeSql = `
  with taken as materialized (select audit.take_chain() as id)
  select id, (select sequence from audit.chains where chain_id = id) as sequence from taken`;

/** Writes to a chain of its own. */
export interface ChainWriter {
  /** Puts records at the end, all or none; those once only that were sent before and not answered. */
  append(records: readonly RecordContent[]): Promise<void>;
}

/** Takes a chain when there is something to write. One append at a time. */
export function chainWriter(pool: Queryable): ChainWriter {
  let chain: { readonly id: string; sequence: number } | undefined;
  let unanswered = false;
  return {
    async append(records) {
      if (records.length === 0) return;
      chain ??= await takeChain(pool);
      const known = unanswered ? await recordsBehind(pool, chain) : undefined;
      const missing = known === undefined ? records : records.filter(({ recordId }) => !known.has(recordId));
      unanswered = true;
      if (missing.length > 0) chain.sequence = await appendRecords(pool, chain.id, missing);
      unanswered = false;
    },
  };
}

/** Puts records at the end of a chain, all or none; answers the sequence of the last one. */
export async function appendRecords(
  db: Queryable,
  chainId: string,
  records: readonly RecordContent[],
): Promise<number> {
  const column = <Name extends keyof RecordContent>(name: Name) => records.map((record) => record[name]);
  const { rows } = await db.query<{ sequence: number }>({
    ...{ name: 'audit_append', text: appendSql },
    values: [
      ...[chainId, column('recordId'), column('at'), column('kind'), column('code'), column('actorId')],
      ...[column('role'), column('purpose'), column('method'), column('route'), column('requestId'), column('about')],
      ...[column('personRef'), column('personSealed'), records.map(contentHash)],
    ],
  });
  return Number(rows[0]!.sequence);
}

async function takeChain(db: Queryable): Promise<{ id: string; sequence: number }> {
  const { rows } = await db.query<{ id: string; sequence: number | null }>(takeSql);
  // Made in the same statement, a new chain is not seen by it yet.
  return { id: rows[0]!.id, sequence: Number(rows[0]!.sequence ?? 0) };
}

async function recordsBehind(db: Queryable, chain: { id: string; sequence: number }): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    'select record_id as id from audit.records where chain_id = $1 and sequence > $2',
    [chain.id, chain.sequence],
  );
  return new Set(rows.map(({ id }) => id));
}
