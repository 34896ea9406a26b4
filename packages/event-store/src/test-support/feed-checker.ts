import type { EventStore, StoredEvent } from '../types.ts';

/** What a reader of the feed saw. */
export interface FeedReading {
  /** In the order in which they were read. */
  readonly events: readonly Pick<StoredEvent, 'position' | 'streamId' | 'version'>[];
}

/** Reads the feed as the relay does, from a cursor that only moves forward, until told that writing has ended. */
export async function followFeed(
  store: Pick<EventStore, 'readFeed'>,
  after: number,
  limit: number,
  writingEnded: () => boolean,
): Promise<FeedReading> {
  const events: StoredEvent[] = [];
  let cursor = after;
  for (;;) {
    const ended = writingEnded();
    const batch = await store.readFeed(cursor, limit);
    events.push(...batch);
    cursor = batch.at(-1)?.position ?? cursor;
    if (ended && batch.length === 0) return { events };
  }
}

export interface FeedFaults {
  /** In the store, never read. */
  readonly missed: number;
  /** Read more than once. */
  readonly doubled: number;
  /** Read at a position not above the one before. */
  readonly disordered: number;
  /** Read before an earlier version of the same stream. */
  readonly inverted: number;
}

/** Compares a reading with what is in the store at the end. */
export function faultsOf(reading: FeedReading, stored: readonly { position: number }[]): FeedFaults {
  const read = new Set(reading.events.map((event) => event.position));
  const versions = new Map<string, number>();
  let disordered = 0;
  let inverted = 0;
  let last = 0;
  for (const { position, streamId, version } of reading.events) {
    if (position <= last) disordered++;
    last = position;
    if (version <= (versions.get(streamId) ?? 0)) inverted++;
    versions.set(streamId, version);
  }
  return {
    missed: stored.filter(({ position }) => !read.has(position)).length,
    doubled: reading.events.length - read.size,
    disordered,
    inverted,
  };
}
