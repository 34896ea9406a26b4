import type { Seen } from '@vienuviet/http';
import type { ServiceContext } from '@vienuviet/service';
import type pg from 'pg';
import { directory } from '../directory/projection.ts';
import type { FeedProgress } from '../feed/progress.ts';
import { feedReaction } from './reaction.ts';

/** Where the directory is in the topics of cases, and whether the reaction of the feed has come as far. */
const OFFSETS = `
  select topic, partition, cluster_id, next_offset
    from event_bus.consumer_offsets
   where consumer = $1 and topic = 'intake.case'`;

const BEHIND = `
  select 1
    from unnest($2::text[], $3::text[], $4::integer[], $5::bigint[]) as wanted (cluster_id, topic, partition, next_offset)
    left join event_bus.consumer_offsets as reached
      on reached.consumer = $1 and reached.cluster_id = wanted.cluster_id and reached.topic = wanted.topic
         and reached.partition = wanted.partition
   where coalesce(reached.next_offset, 0) < wanted.next_offset
   limit 1`;

interface Offset {
  readonly cluster_id: string;
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: number;
}

/** Milliseconds between two looks at the offsets. */
const LOOK_MS = 15;

/**
 * Whether the items show a version of a stream of intake, waiting for it up to a time.
 *
 * Many events of a case change no item, so the item itself cannot tell. The directory counts every event of a case:
 * once it has seen the version, the item shows it as soon as the reaction has read as far as the directory had, and
 * the items projection has come to what the reaction had appended by then.
 */
export function createItemSeen(
  context: Pick<ServiceContext, 'seen' | 'writer' | 'store'>,
  progress: FeedProgress,
): Seen {
  return async (streamId, version, timeoutMs) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    if (!(await context.seen(directory.name, streamId, version, timeoutMs))) return false;
    if (!(await reactionReached(context.writer, deadline))) return false;
    const appended = await context.store.lastPosition();
    return progress.waitBeyond(appended - 1, timeoutMs, deadline);
  };
}

async function reactionReached(pool: pg.Pool, deadline: AbortSignal): Promise<boolean> {
  const { rows } = await pool.query<Offset>({ name: 'directory_offsets', text: OFFSETS, values: [directory.name] });
  const wanted = [
    rows.map((row) => row.cluster_id),
    rows.map((row) => row.topic),
    rows.map((row) => row.partition),
    rows.map((row) => row.next_offset),
  ];
  while (!deadline.aborted) {
    const behind = await pool.query({ name: 'reaction_behind', text: BEHIND, values: [feedReaction.name, ...wanted] });
    if (behind.rowCount === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
}
