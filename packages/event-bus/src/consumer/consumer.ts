import type { EventCodec } from '@vienuviet/event-store';
import type pg from 'pg';
import { ahead } from '../ahead.ts';
import { BusError, isBusError } from '../errors.ts';
import type { BusLog } from '../log.ts';
import type { BusMetrics } from '../metrics.ts';
import { type ParkedKeys, parkedKeys } from '../parking/parked-keys.ts';
import type { InboundBatch, InboundMessage, PartitionRange } from '../types.ts';
import { applyBatch, type BatchOutcome, streamsOf } from './apply-batch.ts';
import { type ConsumerState, stateKeeper } from './consumer-state.ts';
import type { Effects } from './effects.ts';
import { epochGuard } from './epochs.ts';
import { type Entry, throwUnlessOpen } from './fence.ts';
import { inSystemTransaction } from './in-system-transaction.ts';
import { type Part, partQueue } from './part-queue.ts';
import { noteTopicEnds } from './topic-ends.ts';

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
  /** Notes where the partitions of a topic end, of those that this process reads. */
  onEnds(topic: string, ranges: readonly PartitionRange[]): Promise<void>;
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
  name: 'bus_open_batches',
  text: `
    select opened.outcome, opened.parked::int, opened.discarded
      from unnest($6::text[], $7::int[], $8::bigint[], $9::bigint[], $10::bigint[], $11::uuid[], $12::timestamptz[])
             as part (topic, partition, expected, next, watermark, last_id, last_at)
     cross join lateral event_bus.open_batch($1, $2, $3, $4, $5, part.topic, part.partition, part.expected, part.next,
                                             part.watermark, part.last_id, part.last_at) as opened`,
};

/** How often a batch is done again at once because partitions met on a row, before it counts as trouble. */
const CONFLICT_RETRIES = 5;

/**
 * The reading side of projections and reactions: offsets in PostgreSQL, moved in the transaction of the effects.
 *
 * A batch is one transaction, shared with those of other partitions that wait at the moment: open it (is the live
 * schema still ours? move the offsets by compare-and-swap), apply, park what cannot be applied, commit. Whoever lost a
 * partition fails the swap and does nothing. When the database
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

  const transact = (parts: readonly Part[], oneByOne: boolean): Promise<BatchOutcome & { keys: number }> => {
    const messages = parts.flatMap((part) => part.messages);
    const values = openValues(setup, generation, clusterId!, parts);
    return inSystemTransaction<BatchOutcome & { keys: number }, Opened>(
      pool,
      { ...OPEN, values },
      async (tx, opening) => {
        // Waited for only after the batch is open: until then a failure is a consequence.
        const knownVersions = effects.streamVersions && ahead(effects.streamVersions(tx, streamsOf(messages)));
        const { rows } = await opening;
        for (const { outcome } of rows) throwUnlessOpen(outcome, consumer);
        const { parked, discarded } = rows[0]!;
        await epochs.check(tx, messages);
        const context = {
          ...{ consumer, clusterOf: () => clusterId!, codec: setup.codec, effects },
          // Where keys are parked, a redrive may be moving them: versions are read once those keys are locked.
          knownVersions: parked > 0 ? undefined : knownVersions,
        };
        const done = await applyBatch(
          tx,
          { ...context, anyParked: parked > 0, anyDiscarded: discarded },
          messages,
          oneByOne,
        );
        const keys = parked + done.newlyParked.length;
        refuseTooMany(setup, keys, done.newlyParked.length);
        return { ...done, keys };
      },
    );
  };

  const apply = async (parts: readonly Part[]): Promise<BatchOutcome> => {
    for (let attempt = 0, oneByOne = false; ; attempt++) {
      try {
        const done = await transact(parts, oneByOne);
        state.parked(done.keys);
        return done;
      } catch (error) {
        epochs.forget();
        if (parts.length > 1) throw error;
        if (!oneByOne && effects.refusal(error) !== undefined) oneByOne = true;
        else if (!isConflict(error) || attempt >= CONFLICT_RETRIES) throw error;
      }
    }
  };

  const commit = partQueue({
    most: effects.batchSize,
    async run(parts) {
      const done = await apply(parts);
      for (const { batch, messages } of parts) positions.set(placeOf(batch), messages.at(-1)!.offset + 1n);
      effects.committed(done.versions);
      for (const { batch, messages } of parts) {
        const applied = messages.filter((message) => done.applied.has(message)).length;
        state.progressed(batch, positions.get(placeOf(batch))!, applied);
      }
      for (const { key, message, fault } of done.newlyParked) {
        const { topic, partition } = message;
        log.error({ consumer, key, code: fault.code, topic, partition }, 'a key was parked');
      }
    },
  });

  const onBatch = async (batch: InboundBatch, heartbeat: () => Promise<void>): Promise<void> => {
    for (let at = 0; at < batch.messages.length; at += effects.batchSize) {
      await heartbeat();
      await onPart(batch, batch.messages.slice(at, at + effects.batchSize));
    }
  };

  const onPart = async (batch: InboundBatch, part: readonly InboundMessage[]): Promise<void> => {
    const place = placeOf(batch);
    const expected = positions.get(place)!;
    const messages = part.filter(({ offset }) => offset >= expected);
    if (messages.length === 0) return;
    try {
      await commit({ batch, messages, expected });
    } catch (error) {
      // Perhaps the projection was rebuilt: its tables are read anew before the partition goes on.
      if (isBusError(error, 'offset_moved')) prepared = undefined;
      state.troubled(place, error);
      throw error;
    }
  };

  const onEnds = async (topic: string, ranges: readonly PartitionRange[]): Promise<void> => {
    const mine = ranges.filter((range) => state.ended(topic, range, positions.get(`${topic}/${range.partition}`)));
    if (mine.length > 0) await noteTopicEnds(pool, { name: consumer, clusterId: clusterId! }, topic, mine);
  };

  return {
    state: state.read,
    startAt,
    onBatch,
    onEnds,
    onAssigned: state.assigned,
    onTrouble: state.troubledOutside,
    onStopped: state.stopped,
    positions: () => positions,
    parked: parkedKeys({ setup, ready, onChanged: state.parked }),
  };
}

const placeOf = ({ topic, partition }: InboundBatch): string => `${topic}/${partition}`;

function openValues(setup: ConsumerSetup, generation: string, clusterId: string, parts: readonly Part[]): unknown[] {
  const { live } = setup.effects;
  // In one order everywhere: two processes that both believe to have partitions lock the offsets in the same order.
  const sorted = parts.toSorted((one, other) => (placeOf(one.batch) < placeOf(other.batch) ? -1 : 1));
  const last = sorted.map(({ messages }) => lastEvent(messages));
  return [
    setup.consumer,
    live?.name ?? null,
    live?.version ?? null,
    generation,
    clusterId,
    sorted.map(({ batch }) => batch.topic),
    sorted.map(({ batch }) => batch.partition),
    sorted.map(({ expected }) => String(expected)),
    sorted.map(({ messages }) => String(messages.at(-1)!.offset + 1n)),
    sorted.map(({ batch }) => String(batch.highWatermark)),
    last.map((event) => event?.id ?? null),
    last.map((event) => event?.at ?? null),
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
