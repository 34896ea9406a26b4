import type { ShownEvent } from './shown-event.ts';

/** Keeps the newest of many events, in the order in which they are shown: by time, then by place. */
export interface Newest {
  add(event: ShownEvent): void;
  inOrder(): ShownEvent[];
}

const before = (one: ShownEvent, other: ShownEvent): number =>
  one.time.localeCompare(other.time) ||
  one.topic.localeCompare(other.topic) ||
  one.partition - other.partition ||
  Number(BigInt(one.offset) - BigInt(other.offset));

/** `limit` events at most are kept; memory for twice as many. */
export function newest(limit: number): Newest {
  let kept: ShownEvent[] = [];
  const inOrder = (): ShownEvent[] => {
    kept = kept.sort(before).slice(-limit);
    return [...kept];
  };
  return {
    add: (event) => {
      kept.push(event);
      if (kept.length >= 2 * limit + 100) inOrder();
    },
    inOrder,
  };
}
