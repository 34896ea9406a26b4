import Type, { type Static } from 'typebox';

/**
 * Up to where a report is true, read in the same statement, and so from the same snapshot, as the report itself: the
 * facts and the offsets of the projection are written in one transaction. Of several clusters the one that was heard of
 * last: Kafka was lost, and another took its place.
 */
export const AS_OF = `
  select coalesce(json_agg(json_build_object(
           'topic', topic,
           'partition', partition,
           'offset', next_offset - 1,
           'endOffset', end_offset,
           'lastEventAt', last_event_at,
           'checkedAt', greatest(checked_at, updated_at)
         ) order by topic, partition), '[]')
    from event_bus.consumer_offsets
   where consumer = 'facts'
     and cluster_id = (select cluster_id from event_bus.consumer_offsets where consumer = 'facts'
                        order by greatest(checked_at, updated_at) desc limit 1)`;

export const asOfSchema = Type.Array(
  Type.Object({
    topic: Type.String(),
    partition: Type.Integer(),
    offset: Type.Integer({ description: 'Offset of the last event in the figures; -1: none yet.' }),
    lastEventAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'When that event was recorded.',
    }),
  }),
  { description: 'The figures are those of all events up to here.' },
);

/** Seconds. The topics are asked every ten. */
const ASKED_WITHIN = 30;

export const lagSchema = Type.Object(
  {
    events: Type.Integer({ description: 'Events that the topics held behind these at `checkedAt`.' }),
    seconds: Type.Number({
      description: [
        'So much may be missing: the age of the last event in the figures where events wait behind it, or the time since',
        `the topics were last asked, where that is over ${ASKED_WITHIN} s ago; else 0.`,
      ].join(' '),
    }),
    checkedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'When Kafka last said where the topics end; of several partitions the oldest answer.',
    }),
  },
  { description: 'How far the figures are behind the topics.' },
);

/** One partition as the query gives it. */
export interface PartitionReached {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly endOffset: number;
  readonly lastEventAt: string | null;
  readonly checkedAt: string;
}

/** What is said beside a report. Pure. */
export function freshness(
  partitions: readonly PartitionReached[],
  now: Date,
): { asOf: Static<typeof asOfSchema>; lag: Static<typeof lagSchema> } {
  const waiting = partitions.filter((partition) => partition.endOffset > partition.offset + 1);
  const events = waiting.reduce((sum, partition) => sum + partition.endOffset - partition.offset - 1, 0);
  const age = (instant: string): number => (now.getTime() - Date.parse(instant)) / 1000;
  const oldest = waiting.map(({ lastEventAt }) => (lastEventAt === null ? 0 : age(lastEventAt)));
  const silent = partitions.map(({ checkedAt }) => age(checkedAt)).filter((seconds) => seconds > ASKED_WITHIN);
  const checked = partitions.map(({ checkedAt }) => Date.parse(checkedAt));
  return {
    asOf: partitions.map(({ topic, partition, offset, lastEventAt }) => ({
      topic,
      partition,
      offset,
      lastEventAt: lastEventAt === null ? null : new Date(lastEventAt).toISOString(),
    })),
    lag: {
      events,
      seconds: Math.max(0, ...oldest, ...silent),
      checkedAt: checked.length === 0 ? null : new Date(Math.min(...checked)).toISOString(),
    },
  };
}
