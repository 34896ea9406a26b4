import { applyBatch } from '../consumer/apply-batch.ts';
import type { ConsumerSetup } from '../consumer/consumer.ts';
import { type Entry, enterQuery, throwUnlessOpen } from '../consumer/fence.ts';
import { inSystemTransaction } from '../consumer/in-system-transaction.ts';
import { versionOf } from '../consumer/plan-batch.ts';
import { BusError } from '../errors.ts';
import type { InboundMessage, ParkedKey, Queryable } from '../types.ts';

/** A message that waits, for the eyes of an operator. */
export interface ParkedMessage {
  readonly id: number;
  readonly clusterId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The message as it was; may hold sealed fields, never clear personal data. */
  readonly value: Buffer | null;
  readonly brokerTime: Date;
  readonly parkedAt: Date;
}

export interface RedriveResult {
  readonly applied: number;
  /** Messages that still wait, with the fault of the first of them. */
  readonly waiting: number;
  readonly code?: string;
  readonly reason?: string;
}

export interface ParkedKeys {
  /** The keys that were parked first, 100 where no limit is given. */
  list(limit?: number): Promise<ParkedKey[]>;
  /** How many keys are parked; a rebuild may leave more than `list` gives. */
  count(): Promise<number>;
  /** The messages of a key in order; empty when it is not parked. */
  show(key: string): Promise<ParkedMessage[]>;
  /**
   * Does what waits for a key, in order, in one transaction; stops at the first that still cannot be applied, which
   * keeps the key parked. Throws `not_parked`. Safe to repeat and to run beside the consumer.
   */
  redrive(key: string): Promise<RedriveResult>;
  /**
   * Throws away the first message of a key, or all that wait, and remembers who did it and why: a rebuild steps over
   * them too. What is left stays parked until it is redriven. Throws `not_parked`, and `parked_elsewhere` when the
   * first message is not the one that was looked at.
   */
  discard(key: string, what: DiscardOptions): Promise<{ discarded: number; waiting: number }>;
}

export interface DiscardOptions {
  readonly all?: boolean;
  /** Id of the message that is meant to be the first; refused when it is another by now. */
  readonly firstId?: number;
  readonly reason: string;
  /** Account of who discards. */
  readonly by: string;
}

interface MessageRow {
  id: string | number;
  cluster_id: string;
  topic: string;
  partition: number;
  message_offset: string;
  message_key: string;
  value: Buffer | null;
  headers: Record<string, string>;
  broker_time: Date;
  parked_at: Date;
}

const LIST = `
  select k.key, k.code, k.reason, k.parked_at, count(m.id)::int as waiting
    from event_bus.parked_keys k
    left join event_bus.parked_messages m using (consumer, key)
   where k.consumer = $1
   group by k.consumer, k.key
   order by k.parked_at, k.key
   limit $2`;

const MESSAGES = `
  select id, cluster_id, topic, partition, message_offset::text as message_offset, message_key, value, headers,
         broker_time, parked_at
    from event_bus.parked_messages where consumer = $1 and key = $2 order by id`;

const LOCK = 'select code from event_bus.parked_keys where consumer = $1 and key = $2 for update';

const TAKE = 'delete from event_bus.parked_messages where consumer = $1 and key = $2';

const FREE = 'delete from event_bus.parked_keys where consumer = $1 and key = $2';

const BLAME = 'update event_bus.parked_keys set code = $3, reason = $4 where consumer = $1 and key = $2';

const COUNT = 'select count(*)::int as keys from event_bus.parked_keys where consumer = $1';

const DISCARD = `
  with gone as (
    delete from event_bus.parked_messages where id = any ($1::bigint[])
    returning consumer, cluster_id, topic, partition, message_offset, key
  )
  insert into event_bus.discarded_messages
    (consumer, cluster_id, topic, partition, message_offset, key, code, reason, discarded_by)
  select consumer, cluster_id, topic, partition, message_offset, key, $2, $3, $4 from gone
  on conflict do nothing`;

interface Surroundings {
  readonly setup: ConsumerSetup;
  /** Makes sure that the tables are known, and gives the generation of the live schema. */
  ready(): Promise<string>;
  onChanged(parkedKeys: number): void;
}

/** What operators do with the parked keys of a consumer. */
export function parkedKeys({ setup, ready, onChanged }: Surroundings): ParkedKeys {
  const { pool, consumer, effects, codec } = setup;

  const locked = async (tx: Queryable, key: string): Promise<{ code: string; rows: MessageRow[] }> => {
    const found = await tx.query<{ code: string }>(LOCK, [consumer, key]);
    if (found.rows[0] === undefined) throw new BusError('not_parked', `${consumer} has no parked key ${key}`);
    const { rows } = await tx.query<MessageRow>(MESSAGES, [consumer, key]);
    return { code: found.rows[0].code, rows };
  };

  const count = async (): Promise<number> => {
    const { rows } = await pool.query<{ keys: number }>(COUNT, [consumer]);
    return rows[0]!.keys;
  };

  const changed = async (): Promise<void> => onChanged(await count());

  const redriveOnce = (key: string, generation: string, oneByOne: boolean): Promise<RedriveResult> =>
    inSystemTransaction<RedriveResult, { entry: Entry }>(pool, enterQuery(effects, generation), async (tx, entered) => {
      throwUnlessOpen((await entered).rows[0]!.entry, consumer);
      const { rows } = await locked(tx, key);
      const clusters = new Map<InboundMessage, string>();
      const messages = rows.map((row) => {
        const message = messageOf(row);
        clusters.set(message, row.cluster_id);
        return message;
      });
      await tx.query(TAKE, [consumer, key]);
      const clusterOf = (message: InboundMessage): string => clusters.get(message)!;
      const context = { consumer, clusterOf, codec, effects, anyParked: false, anyDiscarded: true };
      const done = await applyBatch(tx, context, messages, oneByOne);
      const still = done.newlyParked.find((parked) => parked.key === key);
      if (still === undefined) {
        await tx.query(FREE, [consumer, key]);
        return { applied: done.applied.size, waiting: 0 };
      }
      const { code, reason } = still.fault;
      await tx.query(BLAME, [consumer, key, code, reason]);
      const left = await tx.query<MessageRow>(MESSAGES, [consumer, key]);
      return { applied: done.applied.size, waiting: left.rows.length, code, reason };
    });

  return {
    async list(limit = 100) {
      const { rows } = await pool.query(LIST, [consumer, limit]);
      return rows.map((row) => ({
        consumer,
        key: row.key,
        code: row.code,
        reason: row.reason,
        parkedAt: row.parked_at,
        waiting: row.waiting,
      }));
    },

    count,

    async show(key) {
      const { rows } = await pool.query<MessageRow>(MESSAGES, [consumer, key]);
      return rows.map((row) => ({
        id: Number(row.id),
        clusterId: row.cluster_id,
        topic: row.topic,
        partition: row.partition,
        offset: row.message_offset,
        headers: row.headers,
        value: row.value,
        brokerTime: row.broker_time,
        parkedAt: row.parked_at,
      }));
    },

    async redrive(key) {
      const generation = await ready();
      const result = await redriveOnce(key, generation, false).catch((error: unknown) => {
        if (effects.refusal(error) === undefined) throw error;
        return redriveOnce(key, generation, true);
      });
      await changed();
      effects.committed(new Map());
      setup.log.info({ consumer, key, ...result, reason: undefined }, 'a parked key was redriven');
      return result;
    },

    async discard(key, { all = false, firstId, reason, by }) {
      const generation = await ready();
      const result = await inSystemTransaction<{ discarded: number; waiting: number }, { entry: Entry }>(
        pool,
        enterQuery(effects, generation),
        async (tx, entered) => {
          throwUnlessOpen((await entered).rows[0]!.entry, consumer);
          const { code, rows } = await locked(tx, key);
          if (firstId !== undefined && Number(rows[0]?.id) !== firstId) {
            throw new BusError(
              'parked_elsewhere',
              `message ${firstId} is not the first of ${key} any more; look again`,
            );
          }
          const gone = all ? rows : rows.slice(0, 1);
          await tx.query(DISCARD, [gone.map(({ id }) => id), code, reason, by]);
          const version = Math.max(0, ...gone.map((row) => versionOf(messageOf(row), key)));
          if (version > 0) {
            const known = (await effects.streamVersions?.(tx, [key]))?.get(key) ?? 0;
            if (version > known) await effects.noteVersions?.(tx, new Map([[key, version]]));
          }
          const waiting = rows.length - gone.length;
          if (waiting === 0) await tx.query(FREE, [consumer, key]);
          return { discarded: gone.length, waiting };
        },
      );
      await changed();
      setup.log.warn({ consumer, key, by, ...result }, 'parked messages were discarded');
      return result;
    },
  };
}

const messageOf = (row: MessageRow): InboundMessage => ({
  topic: row.topic,
  partition: row.partition,
  offset: BigInt(row.message_offset),
  key: row.message_key,
  value: row.value,
  headers: row.headers,
  timestamp: row.broker_time,
});
