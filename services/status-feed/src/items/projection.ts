import { readFileSync } from 'node:fs';
import type { Fold, Projection, Row } from '@vienuviet/event-bus';
import { FoldError } from '../errors.ts';
import { type ItemEvent, type ItemStatusChanged, itemStatusChanged } from './item-status-changed.ts';
import type { Milestone, Status } from './statuses.ts';

/** One change of an item, with what was known after it. */
export interface ItemChange {
  /** Version of the item's own stream; the first change is 1. */
  readonly version: number;
  readonly status: Status;
  /** Null for a change without a step of its own. */
  readonly milestone: Milestone | null;
  /** When it happened, milliseconds. */
  readonly at: number;
  readonly serviceId: string;
  readonly holderId: string;
  /** Version of the case's stream that made the change. */
  readonly caseVersion: number;
}

/** Folds the changes of one item, in order, into its row. Pure. */
export function applyChange(row: Row | undefined, event: ItemEvent): Row {
  const { data } = event;
  const earlier = (row?.['changes'] ?? []) as readonly ItemChange[];
  const change = changeAfter(earlier.at(-1), event);
  const happened = new Date(data.sourceOccurredAt);
  return {
    case_id: data.caseId,
    subject_id: row?.['subject_id'] ?? data.subjectId ?? missing('subjectId'),
    service_id: change.serviceId,
    holder_id: change.holderId,
    status: change.status,
    opened_at: row?.['opened_at'] ?? happened,
    changed_at: happened,
    case_version: data.sourceVersion,
    changes: [...earlier, change],
  };
}

/** What the event does not say stays as it was; the first change of an item has to say all. */
function changeAfter(before: ItemChange | undefined, { data, version }: ItemEvent): ItemChange {
  return {
    version,
    status: known(data.status) ?? before?.status ?? missing('status'),
    milestone: known(data.milestone),
    at: data.sourceOccurredAt,
    serviceId: data.serviceId ?? before?.serviceId ?? missing('serviceId'),
    holderId: data.holderId ?? before?.holderId ?? missing('holderId'),
    caseVersion: data.sourceVersion,
  };
}

/** A code that a newer version of this service wrote reads as `unknown` here: nothing is said about it. */
const known = <Code extends string>(code: Code | null): Exclude<Code, 'unknown'> | null =>
  code === 'unknown' ? null : (code as Exclude<Code, 'unknown'> | null);

function missing(field: string): never {
  throw new FoldError('item_without_owner', `the first change of the item has no ${field}`);
}

const onItemStatusChanged: Fold<ItemStatusChanged> = {
  key: (event) => [event.data.caseId],
  apply: (row, event) => applyChange(row, event as ItemEvent),
};

/**
 * The items as the portal reads them, from this service's own store: the change feed shows a position only when this
 * projection has come to it, so nothing is announced that cannot be read.
 */
export const items: Projection = {
  name: 'items',
  version: 2,
  from: 'store',
  sql: readFileSync(new URL('./tables.sql', import.meta.url), 'utf8'),
  tables: {
    item: { key: ['case_id'], belongsTo: { subject: 'subject_id' }, on: { [itemStatusChanged]: onItemStatusChanged } },
  },
};
