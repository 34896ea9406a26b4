import type { Queryable } from '../types.ts';

/** Up to where a consumer has read one partition. */
export interface AsOf {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the last message applied (or parked, or skipped); as text, since offsets have 64 bits. */
  readonly offset: string;
  readonly lastEventId: string | null;
  /** When the last event was recorded by the service that wrote it. */
  readonly lastEventAt: Date | null;
  /** Messages that waited behind it at `checkedAt`. */
  readonly lag: number;
  /** When the consumer last heard from Kafka where the partition ends; old, when it cannot reach it. */
  readonly checkedAt: Date;
}

const AS_OF = `
  select topic, partition, (next_offset - 1)::text as "offset", last_event_id as "lastEventId",
         last_event_at as "lastEventAt", greatest(end_offset - greatest(next_offset, first), 0)::int as lag,
         greatest(checked_at, updated_at) as "checkedAt"
    from event_bus.consumer_offsets
   -- Positions of one's own store are counted from 1, offsets of a topic from 0.
   cross join lateral (select case when topic = 'store' then 1 else 0 end as first) as origin
   where consumer = $1
     -- Another Kafka, which is gone, says nothing of how far this is.
     and cluster_id = (select cluster_id from event_bus.consumer_offsets where consumer = $1
                        order by greatest(checked_at, updated_at) desc limit 1)
   order by topic, partition`;

/** Up to where a projection or reaction is true; empty before its first event. */
export async function asOf(db: Queryable, consumer: string): Promise<AsOf[]> {
  const { rows } = await db.query<AsOf>(AS_OF, [consumer]);
  return rows;
}
