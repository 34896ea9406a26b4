import type { AccessKind } from '@vienuviet/http';
import type pg from 'pg';
import { type AuditRecord, recordColumns } from '../records/record.ts';

/** Which records; each part that is given narrows. */
export interface RecordFilter {
  /** Recorded from this instant on, and before that one. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly kinds?: readonly AccessKind[] | undefined;
  readonly actorId?: string | undefined;
  /** References of a person: one for each of the ids that were merged. */
  readonly personRefs?: readonly Buffer[] | undefined;
}

/** Where a page ended. */
export type RecordPlace = Pick<AuditRecord, 'recordedAt' | 'chainId' | 'sequence'>;

/** Records that fit, the newest first; behind the place where the page before ended. */
export async function readRecords(
  db: Pick<pg.ClientBase, 'query'>,
  { from, to, kinds, actorId, personRefs }: RecordFilter,
  behind: RecordPlace | undefined,
  take: number,
): Promise<AuditRecord[]> {
  const values: unknown[] = [];
  const bound = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [
    from && `recorded_at >= ${bound(from)}`,
    to && `recorded_at < ${bound(to)}`,
    kinds && `kind = any(${bound(kinds)})`,
    actorId !== undefined && `actor_id = ${bound(actorId)}`,
    personRefs && `person_ref = any(${bound(personRefs)})`,
    behind &&
      `(recorded_at, chain_id, sequence) <
       (${bound(behind.recordedAt)}, ${bound(behind.chainId)}, ${bound(behind.sequence)})`,
  ].filter(Boolean);
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const { rows } = await db.query<AuditRecord>(
    `select ${recordColumns} from audit.records ${where}
      order by recorded_at desc, chain_id desc, sequence desc limit ${bound(take)}`,
    values,
  );
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
}
