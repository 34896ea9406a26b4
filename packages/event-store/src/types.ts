import type pg from 'pg';

/**
 * The words of the event store.
 *
 * - stream: the events of one aggregate, in versions 1, 2, 3 …; its id is `<stream type>-<uuid>`.
 * - position: the place of an event in the whole store. Positions are given under one lock held to the
 *   commit, so what becomes visible later has a higher position, always (architecture, event store).
 * - feed: all events of the store by position.
 * - epoch: names one history of the store; a restore to an earlier state starts a new one.
 *
 * Versions and positions are JavaScript numbers: safe up to 2^53.
 */

/** An event as a decider makes it: a type of the schemas and its data. */
export interface NewEvent {
  /** Type as in the schemas: `<owner>.<Record>`, e.g. `intake.CaseRegistered`. */
  readonly type: string;
  readonly data: object;
  /** Given by reactions and timers (UUIDv5 of what caused it), so that a replay appends nothing new. */
  readonly eventId?: string;
}

export type ExpectedVersion = number | 'any' | 'no_stream' | 'stream_exists';

/** What is known about an event beside its data; kept as JSON, never personal data. */
export interface EventMeta {
  /** W3C trace context of the request that made the event. */
  readonly traceparent?: string;
  /** Id of the event that a reaction or timer answered to. */
  readonly causationId?: string;
}

export interface StreamAppend {
  readonly streamId: string;
  readonly streamType: string;
  readonly expectedVersion: ExpectedVersion;
  readonly events: readonly NewEvent[];
}

/** One row of idempotency, written in the transaction of the append. */
export interface CommandRecord {
  /** The caller's `Idempotency-Key`, a UUID. */
  readonly key: string;
  /** Caller and route: another caller's key never finds this answer. */
  readonly scope: string;
  /** HMAC of the request's body, made with the configured key. */
  readonly requestHash: Buffer;
  /** What the caller is answered, as JSON text; stored and given again for 90 days. */
  readonly answer: string;
}

/** Several streams in one append are one unit: all or nothing. */
export interface Append {
  readonly streams: readonly StreamAppend[];
  readonly command?: CommandRecord;
  readonly meta?: EventMeta;
}

export interface AppendedStream {
  readonly streamId: string;
  /** Version of the last event written. */
  readonly version: number;
  /** Position of the last event written. */
  readonly position: number;
}

export type AppendResult =
  | { readonly outcome: 'appended'; readonly streams: readonly AppendedStream[] }
  | {
      readonly outcome: 'conflict';
      readonly streamId: string;
      readonly expected: ExpectedVersion;
      readonly actual: number;
    }
  /** The command was executed before with the same body: its answer again. */
  | { readonly outcome: 'known_command'; readonly answer: string }
  /** The key was used before with another body. */
  | { readonly outcome: 'key_reused' }
  /** Every event of the append is in the store already (by event id): a reaction that was replayed. */
  | { readonly outcome: 'known_events' };

/** An event as it is kept. `payload` is the framed Avro message, byte for byte what goes to Kafka. */
export interface StoredEvent {
  readonly position: number;
  readonly streamId: string;
  readonly version: number;
  readonly type: string;
  readonly schemaId: number;
  readonly payload: Buffer;
  readonly meta: EventMeta;
  readonly eventId: string;
  readonly recordedAt: Date;
}

/** A stored event with its data decoded to the newest version of its schema. */
export interface RecordedEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
  readonly eventId: string;
  readonly streamId: string;
  readonly version: number;
  readonly position: number;
  readonly recordedAt: Date;
  readonly meta: EventMeta;
}

/** What the store asks of the schemas; `@vienuviet/schemas` gives one for the committed contracts. */
export interface EventCodec {
  /**
   * Encodes with the newest version of the type, for the event whose id (16 bytes) is given. Throws `SchemaError` when
   * the data do not fit.
   */
  encode(type: string, data: object, eventId: Buffer): { schemaId: number; payload: Buffer };
  /** Decodes a framed message to the newest version of its type. Throws `SchemaError` with a code. */
  decode(payload: Buffer): { type: string; schemaId: number; data: unknown };
}

/** A session with the database: a pool, a client of it, or a transaction under way. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

export interface EventStore {
  /** Appends; shares the commit with other appends of this process that arrive meanwhile. */
  append(append: Append): Promise<AppendResult>;
  /**
   * Appends inside the caller's transaction (READ COMMITTED), as its last statement before the commit: from here to
   * the commit nobody else can append. The caller commits, also after a conflict when the rest is to stay, and then
   * calls `announce`.
   */
  appendIn(tx: Queryable, append: Append): Promise<AppendResult>;
  /** The answer stored for a command, if it was accepted before. */
  findCommand(
    key: string,
    scope: string,
    requestHash: Buffer,
  ): Promise<{ outcome: 'known_command'; answer: string } | { outcome: 'key_reused' } | undefined>;
  /** Events of one stream from a version on (default 1), in order; empty when there is no stream. */
  readStream(streamId: string, from?: number, via?: Queryable): Promise<RecordedEvent[]>;
  /** The answer of a command that is known, otherwise the events of a stream: one round trip. */
  readCommandOrStream(
    streamId: string,
    command: { key: string; scope: string; requestHash: Buffer },
  ): Promise<{
    known: { outcome: 'known_command'; answer: string } | { outcome: 'key_reused' } | undefined;
    events: RecordedEvent[];
  }>;
  /** Up to `limit` events after a position, in the order of the store. Never skips what commits later. */
  readFeed(after: number, limit: number): Promise<StoredEvent[]>;
  /** The position of the newest event, 0 for an empty store. */
  lastPosition(): Promise<number>;
  readonly epoch: string;
  readonly codec: EventCodec;
  /**
   * Called when something was appended, e.g. to nudge the relay: by this process at once, by others within 20 to
   * 200 ms; now and then for nothing. Returns a function that ends it.
   */
  onAppended(listener: () => void): () => void;
  /** Calls the listeners of `onAppended`, after a commit that `appendIn` took part in. */
  announce(): void;
  /** Waits for the appends under way; afterwards `append` throws. */
  close(): Promise<void>;
}
