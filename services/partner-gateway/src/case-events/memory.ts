import type { ConsumedEvent, Queryable } from '@vienuviet/event-bus';
import { openSubscriptions } from '../subscriptions/open-subscriptions.ts';
import type { CaseData, FollowedCase } from './followed-case.ts';
import { partnerStream } from './partner-stream.ts';

/** What the reaction knows while it answers a batch. */
export interface Memory {
  readonly cases: Map<string, FollowedCase>;
  /** Cases that the batch changed. */
  readonly changed: Set<string>;
  /** Registration number of the open subscription, by holder. */
  readonly partners: ReadonlyMap<string, string>;
  /** Last sequence number of each partner with an open subscription, by registration number. */
  readonly sequences: Map<string, number>;
}

/** Any number that no other lock of this database has. */
const SEQUENCES = 7_160_230;

/** One batch at a time gives sequence numbers: whoever comes next reads the versions after its commit. */
const LOCK = `select pg_advisory_xact_lock(${SEQUENCES})`;

const READ_SEQUENCES = 'select stream_id, version from event_store.streams where stream_id = any ($1::text[])';

const READ_CASES = `
  select case_id, version, holder_id, service_id, stage, past, told_to, told_count
    from partner_gateway.followed_case where case_id = any ($1::uuid[])`;

const KEEP_CASES = `
  insert into partner_gateway.followed_case as known
         (case_id, version, holder_id, service_id, stage, past, told_to, told_count)
  select case_id, version, holder_id, service_id, stage, past, told_to, told_count
    from jsonb_to_recordset($1::jsonb)
      as seen (case_id uuid, version bigint, holder_id text, service_id uuid, stage text, past jsonb,
               told_to text, told_count integer)
   order by case_id
  on conflict (case_id) do update
     set (version, holder_id, service_id, stage, past, told_to, told_count) =
         (excluded.version, excluded.holder_id, excluded.service_id, excluded.stage, excluded.past,
          excluded.told_to, excluded.told_count)
   where known.version < excluded.version`;

interface CaseRow {
  readonly case_id: string;
  readonly version: number | string;
  readonly holder_id: string;
  readonly service_id: string;
  readonly stage: FollowedCase['stage'];
  readonly past: FollowedCase['past'];
  readonly told_to: string | null;
  readonly told_count: number;
}

/** Reads what a batch needs to know, and holds the right to give sequence numbers to the end of the transaction. */
export async function recall(tx: Queryable, events: readonly ConsumedEvent<string, CaseData>[]): Promise<Memory> {
  await tx.query(LOCK);
  const open = await openSubscriptions(tx);
  const streams = new Map(
    open.map(({ registrationNumber }) => [partnerStream(registrationNumber), registrationNumber]),
  );
  const versions = await tx.query<{ stream_id: string; version: number | string }>(READ_SEQUENCES, [
    [...streams.keys()],
  ]);
  const sequences = new Map(open.map(({ registrationNumber }) => [registrationNumber, 0]));
  for (const { stream_id, version } of versions.rows) sequences.set(streams.get(stream_id)!, Number(version));
  const ids = new Set(events.map(({ data }) => data.caseId));
  const { rows } = await tx.query<CaseRow>(READ_CASES, [[...ids]]);
  return {
    cases: new Map(rows.map((row) => [row.case_id, caseOf(row)])),
    changed: new Set(),
    partners: new Map(open.map(({ holderId, registrationNumber }) => [holderId, registrationNumber])),
    sequences,
  };
}

/** Writes what the batch changed. */
export async function keep(tx: Queryable, { cases, changed }: Memory): Promise<void> {
  if (changed.size === 0) return;
  await tx.query(KEEP_CASES, [JSON.stringify([...changed].map((caseId) => rowOf(cases.get(caseId)!)))]);
}

const caseOf = (row: CaseRow): FollowedCase => ({
  ...{ caseId: row.case_id, version: Number(row.version), holderId: row.holder_id, serviceId: row.service_id },
  ...{ stage: row.stage, past: row.past, toldTo: row.told_to, toldCount: row.told_count },
});

const rowOf = (followed: FollowedCase): CaseRow => ({
  ...{ case_id: followed.caseId, version: followed.version, holder_id: followed.holderId },
  ...{ service_id: followed.serviceId, stage: followed.stage, past: followed.past },
  ...{ told_to: followed.toldTo, told_count: followed.toldCount },
});
