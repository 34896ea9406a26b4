import { readFileSync } from 'node:fs';
import type pg from 'pg';
import type { CaseRow } from './case-view.ts';

const WORK_QUEUE = readFileSync(new URL('./sql/work-queue.sql', import.meta.url), 'utf8');
const OWN_CLAIMS = readFileSync(new URL('./sql/own-claims.sql', import.meta.url), 'utf8');

export const queueViews = ['mine', 'centre', 'unclaimed'] as const;
export type QueueView = (typeof queueViews)[number];

/** Where a page starts: behind the row with this instant and id. */
export interface QueuePlace {
  readonly at: string;
  readonly caseId: string;
}

export interface QueueRequest {
  readonly view: QueueView;
  readonly clerkId: string;
  readonly centreIds: readonly string[];
  readonly stages: readonly string[] | undefined;
  readonly behind: QueuePlace | undefined;
  readonly now: Date;
  readonly take: number;
}

/** Before every row; kept as a value so that the statement stays the same and its index can be used for any page. */
const beginning: QueuePlace = { at: '-infinity', caseId: '00000000-0000-0000-0000-000000000000' };

/** One page of a queue. `mine`: the clerk's live claims; `centre`: all that is open; `unclaimed`: what nobody holds. */
export async function readQueue(tx: pg.ClientBase, request: QueueRequest): Promise<CaseRow[]> {
  const { view, clerkId, centreIds, stages = null, behind = beginning, now, take } = request;
  const { rows } = await tx.query<CaseRow>(
    view === 'mine'
      ? {
          name: 'own_claims',
          text: OWN_CLAIMS,
          values: [clerkId, now, behind.at, behind.caseId, centreIds, stages, take],
        }
      : {
          name: 'work_queue',
          text: WORK_QUEUE,
          values: [centreIds, behind.at, behind.caseId, stages, view === 'unclaimed', now, take],
        },
  );
  return rows;
}

/** The place of a row in its queue. */
export const placeInQueue = (view: QueueView, row: CaseRow): QueuePlace => ({
  at: (view === 'mine' ? (row.claimed_until ?? row.stage_since) : row.stage_since).toISOString(),
  caseId: row.case_id,
});
