/**
 * The words of the event bus.
 *
 * - projection: events, one's own or foreign, folded into tables of a database schema of its own; can be thrown
 *   away and rebuilt to the same bytes. Has no side effects and reads no clock.
 * - reaction: an event makes one's own store append, once: the id of what it appends is UUIDv5 of the reaction's
 *   name, the source event's id and an index, so that a replay changes nothing. Never rebuilt.
 * - consumer: the reading side of either; its offsets are kept in PostgreSQL, in the transaction of its effects.
 * - parked key: a stream whose event could not be applied; it and everything behind it of the same key wait in
 *   order, other keys flow.
 */
import type { NewEvent, RecordedEvent } from '@vienuviet/event-store';
import type pg from 'pg';
import type { Belonging } from './projections/row-security.ts';

// ---------------------------------------------------------------------------------------------- ports

export interface OutboundMessage {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Puts messages on the bus. One call at a time; resolves only when every message is known to be stored. */
export interface EventPublisher {
  publish(messages: readonly OutboundMessage[]): Promise<void>;
  /** Number of partitions of a topic, as the broker says. */
  partitions(topic: string): Promise<number>;
  close(): Promise<void>;
}

export interface InboundMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Broker's time stamp of the message. */
  readonly timestamp: Date;
}

export interface InboundBatch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly InboundMessage[];
  /** One past the newest offset of the partition when the batch was read; for the lag. */
  readonly highWatermark: bigint;
}

export interface Subscription {
  readonly group: string;
  readonly topics: readonly string[];
  /** Where to start a partition that was just assigned; offsets live with the consumer, not with the broker. */
  startAt(topic: string, partition: number): Promise<bigint>;
  /** These partitions, and no others, are read by this process from now on. */
  onAssigned?(partitions: readonly { readonly topic: string; readonly partition: number }[]): void;
  /**
   * Handles a batch in order. When it throws, `startAt` is asked again after a pause and the partition goes on from
   * there. `heartbeat` throws when the partition is no longer this process's.
   */
  onBatch(batch: InboundBatch, heartbeat: () => Promise<void>): Promise<void>;
  /** Told of trouble outside of `onBatch`, e.g. Kafka not reachable. */
  onError?(error: unknown): void;
  /** Most bytes of a partition in one fetch. */
  readonly fetchBytes?: number;
}

export interface RunningSubscription {
  stop(): Promise<void>;
}

/** What the broker holds of a partition: offsets from `low` up to, but not with, `high`. */
export interface PartitionRange {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

export interface EventSubscriber {
  /** Identity of the cluster; stored offsets are keyed by it. */
  clusterId(): Promise<string>;
  /** What the broker holds of each partition of a topic; throws `unknown_topic`. */
  ranges(topic: string): Promise<PartitionRange[]>;
  subscribe(subscription: Subscription): Promise<RunningSubscription>;
  close(): Promise<void>;
}

// ------------------------------------------------------------------------------------ building blocks

/** An event as projections and reactions see it, whether it came from one's own store or over the bus. */
export interface ConsumedEvent<Type extends string = string, Data = unknown>
  extends Omit<RecordedEvent<Type, Data>, 'position' | 'meta'> {
  /** Where it was read: a topic of the bus, or `store` for one's own. */
  readonly source: string;
}

/** A row of a projection's table, columns in snake_case as in SQL. */
export type Row = Record<string, unknown>;

/**
 * How one event type changes rows of one table. Rows are loaded, folded in memory over the whole batch and
 * written back by arrays.
 */
export interface Fold<Data = never> {
  /** Values of the table's primary key that the event touches, in the order of `key`; undefined: none. */
  key(event: ConsumedEvent<string, Data>): readonly unknown[] | undefined;
  /** The row after the event; null deletes it, undefined leaves it. Pure: no clock, no chance, no I/O. */
  apply(row: Row | undefined, event: ConsumedEvent<string, Data>): Row | null | undefined;
}

export interface ProjectedTable {
  /** Primary key columns. */
  readonly key: readonly string[];
  /** Columns that say whose a row is: a transaction sees only the rows of its caller (`asCaller`). */
  readonly belongsTo?: Belonging;
  readonly on: Readonly<Record<string, Fold>>;
}

export interface Projection {
  /** Name of the live database schema; readers use it, never a version. */
  readonly name: string;
  /** Raised whenever the tables or the folding change; the new one is built from the beginning. */
  readonly version: number;
  /** Topics of the bus, or `store` for one's own events. Not both. */
  readonly from: readonly string[] | 'store';
  /** `false`: for the service alone, nothing for people with a BI tool. */
  readonly figures?: boolean;
  /** Makes tables and `security_invoker` views in the schema that is first on the search path. */
  readonly sql: string;
  readonly tables: Readonly<Record<string, ProjectedTable>>;
}

/** What a reaction wants appended to its own store. */
export interface ReactionAppend {
  readonly streamId: string;
  readonly streamType: string;
  readonly events: readonly Omit<NewEvent, 'eventId'>[];
  /** Version that the stream has before; where it has another one, the whole batch is done again. Default: any. */
  readonly expectedVersion?: number;
}

/**
 * What a reaction keeps of earlier events, in tables of its service that are no projection: read before a batch and
 * written with it, in the transaction of its appends and its offset.
 */
export interface ReactionMemory {
  /** What a batch needs to know; given to `on` and to `keep`. */
  recall(tx: Queryable, events: readonly ConsumedEvent<string, never>[]): Promise<object>;
  keep(tx: Queryable, memory: never): Promise<void>;
}

export interface Reaction {
  readonly name: string;
  readonly from: readonly string[];
  readonly memory?: ReactionMemory;
  /** Decides what is appended. One with a memory changes it; one that throws leaves it as it was. */
  readonly on: Readonly<
    Record<string, (event: ConsumedEvent<string, never>, memory: never) => readonly ReactionAppend[]>
  >;
}

/** A permanent fault of one event: its key is parked. Anything else thrown is taken for transient trouble. */
export interface ParkedKey {
  readonly consumer: string;
  readonly key: string;
  readonly code: string;
  readonly reason: string;
  readonly parkedAt: Date;
  readonly waiting: number;
}

export type Queryable = Pick<pg.ClientBase, 'query'>;
