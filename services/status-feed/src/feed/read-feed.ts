import { readFileSync } from 'node:fs';
import { asCaller, type CallerScope } from '@vienuviet/database';
import type pg from 'pg';
import type { ItemChange } from '../items/projection.ts';
import type { FeedChange } from './cloud-event.ts';

const READ_FEED = readFileSync(new URL('./read-feed.sql', import.meta.url), 'utf8');
const READABLE = `select coalesce(max(next_offset), 1) - 1 as position
  from event_bus.consumer_offsets where consumer = $1 and topic = 'store'`;

/** Consumer name of the projection that the feed waits for. */
export const itemsConsumer = 'items';

export interface FeedPage {
  readonly changes: readonly FeedChange[];
  /** Everything up to this position has been read. */
  readonly position: number;
  /** How far the feed could be read when this page was; later than `position` when the page was full or stopped. */
  readonly readable: number;
  /** The item before which the feed stops for everybody: its change is parked. */
  readonly heldBy?: { readonly streamId: string; readonly position: number };
}

interface FeedRow {
  readonly readable: number;
  readonly position: number | null;
  readonly event_id: string;
  readonly stream_id: string;
  readonly recorded_at: Date;
  readonly case_id: string | null;
  readonly subject_id: string;
  readonly change: ItemChange | null;
}

/** Up to `limit` changes after a position, in the order of the feed, without gaps. */
export function readFeed(pool: pg.Pool, scope: CallerScope, after: number, limit: number): Promise<FeedPage> {
  return asCaller(pool, scope, async (tx) => {
    const { rows } = await tx.query<FeedRow>({
      name: 'read_feed',
      text: READ_FEED,
      values: [after, limit, itemsConsumer],
    });
    return pageOf(rows, after, limit);
  });
}

function pageOf(rows: readonly FeedRow[], after: number, limit: number): FeedPage {
  const readable = rows[0]?.readable ?? 0;
  const changes: FeedChange[] = [];
  for (const row of rows) {
    if (row.position === null) break;
    // Not in the item although the projection has passed it: its key is parked. Nothing behind it is shown.
    if (row.change === null || row.case_id === null) {
      const heldBy = { streamId: row.stream_id, position: row.position };
      return { changes, position: changes.at(-1)?.position ?? after, readable, heldBy };
    }
    changes.push({
      position: row.position,
      eventId: row.event_id,
      recordedAt: row.recorded_at,
      caseId: row.case_id,
      subjectId: row.subject_id,
      change: row.change,
    });
  }
  const full = changes.length === limit;
  return { changes, position: full ? changes.at(-1)!.position : Math.max(after, readable), readable };
}

/** How far the feed can be read now. */
export async function readablePosition(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ position: number }>({
    name: 'readable_position',
    text: READABLE,
    values: [itemsConsumer],
  });
  return rows[0]?.position ?? 0;
}
