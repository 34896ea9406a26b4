import type { EventCodec } from '@vienuviet/event-store';
import type pg from 'pg';
import { BusError, isBusError } from '../errors.ts';
import type { BusLog } from '../log.ts';
import type { BusMetrics } from '../metrics.ts';
import { type ParkedKeys, parkedKeys } from '../parking/parked-keys.ts';
import type { InboundBatch, InboundMessage } from '../types.ts';
import { applyBatch, type BatchOutcome } from './apply-batch.ts';
import { type ConsumerState, stateKeeper } from './consumer-state.ts';
import type { Effects } from './effects.ts';
import { epochGuard } from './epochs.ts';
import { type Entry, throwUnlessOpen } from './fence.ts';
import { inTransaction } from './in-transaction.ts';

export interface ConsumerSetup {
  /** Name in `event_bus`; of a projection or reaction, or `<projection>#rebuild`. */
  readonly consumer: string;
  readonly pool: pg.Pool;
  readonly codec: EventCodec;
  readonly effects: Effects;
  readonly log: BusLog;
  readonly metrics: BusMetrics;
  /** So many parked keys are no single poison message; the consumer stands still at the next one. */
  readonly maxParkedKeys: number;
  clusterId(): Promise<string>;
}

export interface Consumer {
  state(): ConsumerState;
  /** Where a partition goes on: the offset stored with the effects. */
  startAt(topic: string, partition: number): Promise<bigint>;
  /** Handles a batch; throws when it has to come again from `startAt`. */
  onBatch(batch: InboundBatch, heartbeat: () => Promise<void>): Promise<void>;
  /** Only these partitions are read by this process from now on. */
  onAssigned(partitions: readonly { topic: string; partition: number }[]): void;
  /** Notes trouble outside of batches, e.g. Kafka not reachable. */
  onTrouble(error: unknown): void;
  onStopped(): void;
  /** One past the last message applied, by `topic/partition`, as far as this process read. */
  positions(): ReadonlyMap<string, bigint>;
  /** Parked keys, for operators. */
  readonly parked: ParkedKeys;
}

const START = `
  select o.next_offset::text as next_offset
    from event_bus.consumer_offsets o
   where o.consumer = $1 and o.cluster_id = $2 and o.topic = $3 and o.partition = $4`;

const GENERATION = 'select generation::text as generation from event_bus.projections where name = $1';

interface Opened {
  outcome: Entry;
  parked: number;
  discarded: boolean;
}

const OPEN = {
  name: 'bus_open_batch',
  text: 'select outcome, parked::int, discarded from event_bus.open_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)',
};

/** How often a batch is done again at once because partitions met on a row, before it counts as trouble. */
const CONFLICT_RETRIES = 5;

/**
 * The reading side of projections and reactions: offsets in PostgreSQL, moved in the transaction of the effects.
 *
 * A batch is one transaction: open it (is the live schema still ours? move the offset by compare-and-swap), apply,
 * park what cannot be applied, commit. Whoever lost the partition fails the swap and does nothing. When the database
 * refuses a row, the batch is rolled back and done again event by event, so that only the refused one is parked.
 * Everything else that goes wrong is trouble of the moment: nothing was changed and the batch comes again.
 */
export function createConsumer(setup: ConsumerSetup): Consumer {
  const { pool, consumer, effects, log } = setup;
  const positions = new Map<string, bigint>();
  const state = stateKeeper(setup);
  const epochs = epochGuard(consumer);
  let generation = '0';
  let prepared: Promise<void> | undefined;
  let clusterId: string | undefined;

  const prepare = async (): Promise<void> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      if (effects.live !== undefined) {
        const { rows } = await client.query<{ generation: string }>(GENERATION, [effects.live.name]);
        if (rows[0] === undefined) throwUnlessOpen('missing', consumer);
        generation = rows[0]!.generation;
      }
      await effects.prepare(client);
    } catch (error) {
      broken = error as Error;
      throw error;
    } finally {
      client.release(broken);
    }
  };

  const ready = async (): Promise<string> => {
    prepared ??= prepare();
    await prepared.catch((error: unknown) => {
      prepared = undefined;
      throw error;
    });
    return generation;
  };

  const startAt = async (topic: string, partition: number): Promise<bigint> => {
    clusterId ??= await setup.clusterId();
    await ready();
    const { rows } = await pool.query<{ next_offset: string }>(START, [consumer, clusterId, topic, partition]);
    const offset = BigInt(rows[0]?.next_offset ?? 0);
    positions.set(`${topic}/${partition}`, offset);
    state.started(topic, partition);
    return offset;
  };

  const transact = (
    batch: InboundBatch,
    messages: readonly InboundMessage[],
    expected: bigint,
    oneByOne: boolean,
  ): Promise<BatchOutcome & { keys: number }> => {
    const values = openValues(setup, generation, clusterId!, batch, messages, expected);
    return inTransaction<BatchOutcome & { keys: number }, Opened>(pool, { ...OPEN, values }, async (tx, opened) => {
      const { outcome, parked, discarded } = opened.rows[0]!;
      throwUnlessOpen(outcome, consumer);
      await epochs.check(tx, messages);
      const context = { consumer, clusterOf: () => clusterId!, codec: setup.codec, effects };
      const done = await applyBatch(
        tx,
        { ...context, anyParked: parked > 0, anyDiscarded: discarded },
        messages,
        oneByOne,
      );
      const keys = parked + done.newlyParked.length;
      refuseTooMany(setup, keys, done.newlyParked.length);
      return { ...done, keys };
    });
  };

  const apply = async (
    batch: InboundBatch,
    messages: readonly InboundMessage[],
    expected: bigint,
  ): Promise<BatchOutcome> => {
    for (let attempt = 0, oneByOne = false; ; attempt++) {
      try {
        const done = await transact(batch, messages, expected, oneByOne);
        state.parked(done.keys);
        return done;
      } catch (error) {
        epochs.forget();
        if (!oneByOne && effects.refusal(error) !== undefined) oneByOne = true;
        else if (!isConflict(error) || attempt >= CONFLICT_RETRIES) throw error;
      }
    }
  };

  const onBatch = async (batch: InboundBatch, heartbeat: () => Promise<void>): Promise<void> => {
    for (let at = 0; at < batch.messages.length; at += effects.batchSize) {
      await heartbeat();
      await onPart(batch, batch.messages.slice(at, at + effects.batchSize));
    }
  };

  const onPart = async (batch: InboundBatch, part: readonly InboundMessage[]): Promise<void> => {
    const { topic, partition } = batch;
    const place = `${topic}/${partition}`;
    const expected = positions.get(place)!;
    const messages = part.filter(({ offset }) => offset >= expected);
    if (messages.length === 0) return;
    try {
      const done = await apply(batch, messages, expected);
      const next = messages.at(-1)!.offset + 1n;
      positions.set(place, next);
      effects.committed(done.versions);
      state.progressed(batch, next, done.applied);
      for (const { key, fault } of done.newlyParked) {
        log.error({ consumer, key, code: fault.code, topic, partition }, 'a key was parked');
      }
    } catch (error) {
      // Perhaps the projection was rebuilt: its tables are read anew before the partition goes on.
      if (isBusError(error, 'offset_moved')) prepared = undefined;
      state.troubled(place, error);
      throw error;
    }
  };

  return {
    state: state.read,
    startAt,
    onBatch,
    onAssigned: state.assigned,
    onTrouble: state.troubledOutside,
    onStopped: state.stopped,
    positions: () => positions,
    parked: parkedKeys({ setup, ready, onChanged: state.parked }),
  };
}

function openValues(
  setup: ConsumerSetup,
  generation: string,
  clusterId: string,
  batch: InboundBatch,
  messages: readonly InboundMessage[],
  expected: bigint,
): unknown[] {
  const { live } = setup.effects;
  const next = messages.at(-1)!.offset + 1n;
  const last = lastEvent(messages);
  return [
    setup.consumer,
    live?.name ?? null,
    live?.version ?? null,
    generation,
    clusterId,
    batch.topic,
    batch.partition,
    String(expected),
    String(next),
    String(batch.highWatermark),
    last?.id ?? null,
    last?.at ?? null,
  ];
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** The newest event of the batch that says what it is; for "as of". */
function lastEvent(messages: readonly InboundMessage[]): { id: string; at: string } | undefined {
  for (let i = messages.length - 1; i >= 0; i--) {
    const { ce_id: id, ce_time: at } = messages[i]!.headers;
    if (id !== undefined && at !== undefined && UUID.test(id) && INSTANT.test(at) && !Number.isNaN(Date.parse(at)))
      return { id, at };
  }
  return undefined;
}

function refuseTooMany(setup: ConsumerSetup, parked: number, added: number): void {
  if (added === 0 || parked <= setup.maxParkedKeys) return;
  throw new BusError(
    'too_many_parked_keys',
    `${setup.consumer} would have ${parked} parked keys, at most ${setup.maxParkedKeys} are allowed: something else than ` +
      'single messages is wrong. Redrive or discard parked keys, or deploy a version that understands them',
    { details: { parked } },
  );
}

/** Two partitions met on a row, or waited for each other: done again at once. */
function isConflict(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === '40P01' || code === '40001' || isBusError(error, 'write_conflict');
}
