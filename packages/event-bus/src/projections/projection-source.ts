import type { EventCodec, EventStore } from '@vienuviet/event-store';
import { BusError } from '../errors.ts';
import type { EventSubscriber, Projection } from '../types.ts';

/** Where the events of a projection come from: the bus, or one's own store. */
export interface ProjectionSource {
  readonly subscriber?: EventSubscriber;
  /** Kafka group of the live consumer, e.g. `reporting.facts`; rebuilds add to it. */
  readonly group?: string;
  /** Decodes messages of the bus. */
  readonly codec?: EventCodec;
  /** Milliseconds between two questions where the topics end; default 10 000. */
  readonly topicEndsMs?: number;
  /** One's own store, for a projection `from: 'store'`. */
  readonly store?: EventStore;
}

export type CheckedSource =
  | { readonly kind: 'store'; readonly store: EventStore; readonly codec: EventCodec }
  | {
      readonly kind: 'topics';
      readonly topics: readonly string[];
      readonly subscriber: EventSubscriber;
      readonly group: string;
      readonly codec: EventCodec;
      readonly topicEndsMs?: number;
    };

/** What a projection reads from, or `projection_refused` when it was not given. */
export function sourceOf(projection: Projection, source: ProjectionSource): CheckedSource {
  if (projection.from === 'store') {
    if (source.store === undefined) throw missing(projection, 'the event store');
    return { kind: 'store', store: source.store, codec: source.store.codec };
  }
  const { subscriber, group, topicEndsMs } = source;
  const codec = source.codec ?? source.store?.codec;
  if (subscriber === undefined || group === undefined) throw missing(projection, 'a subscriber and a group');
  if (codec === undefined) throw missing(projection, 'a codec');
  // A group for each version: while a newer one is rolled out, processes of the older one must not keep partitions that
  // they can no longer write for.
  return {
    ...{ kind: 'topics', topics: projection.from, subscriber, group: `${group}.v${projection.version}`, codec },
    ...(topicEndsMs === undefined ? {} : { topicEndsMs }),
  };
}

const missing = (projection: Projection, what: string) =>
  new BusError('projection_refused', `projection ${projection.name} was not given ${what} to read from`);
