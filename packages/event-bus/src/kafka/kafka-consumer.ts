import type { Batch, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { jitteredBackoff, pause } from '../backoff.ts';
import { BusError, isBusError } from '../errors.ts';
import type { BusLog } from '../log.ts';
import type { InboundBatch, PartitionRange, RunningSubscription, Subscription } from '../types.ts';
import { inboundMessage } from './inbound-message.ts';
import type { KafkaSubscriberOptions } from './kafka-subscriber.ts';

/** Large fetches: a million events took 10.9 s to project with 1 MiB and 8.6 s with 8 MiB a fetch (measured). */
const FETCH_BYTES = 4 * 1024 * 1024;
/** An idle fetch waits this long at the broker; data that arrives ends it at once. It also bounds a resume. */
const FETCH_WAIT = 500;
/** Offsets are also told to Kafka, for dashboards only, at most this often a partition. */
const TELL_INTERVAL = 5_000;
const HEARTBEAT_INTERVAL = 1_000;
const STOP_TIMEOUT = 15_000;

interface Setup {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly options: KafkaSubscriberOptions;
  readonly log: BusLog;
  readonly subscription: Subscription;
  ranges(topic: string): Promise<PartitionRange[]>;
}

/** Thrown through the handler when the partition is no longer ours or we are stopping; nothing went wrong. */
class BatchEnded extends Error {}

/**
 * One member of a consumer group, over all its lives.
 *
 * - joining: kafkajs connects and joins the group. Anything that ends a life (broker gone, an error code that kafkajs
 *   does not know) throws the kafkajs consumer away, and after a pause a new one joins.
 * - assigned: every partition is paused in the same tick in which the assignment arrives, before anything is
 *   fetched. The subscription says where each starts (a database query), the offset is checked against what the
 *   broker has, then: seek, resume. What Kafka itself remembers of the group's offsets is never read from.
 * - handling: a batch goes to the subscription while a timer keeps the membership alive. Handled: on with the next.
 *   Thrown: the partition is paused, and after a pause with jitter it is assigned anew as above, so the
 *   subscription's own offset always decides. An outage stays an outage: nothing is skipped.
 * - rebalancing or stopping: the handler is ended at its next heartbeat; what it committed is in its own offsets.
 */
export function runKafkaConsumer(setup: Setup): RunningSubscription {
  const { subscription, log } = setup;
  const stopping = new AbortController();
  const backoff = jitteredBackoff(100, 10_000);

  const report = (error: unknown): void => {
    if (!stopping.signal.aborted) subscription.onError?.(error);
  };

  const lives = async (): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const since = Date.now();
      try {
        await live();
      } catch (error) {
        if (stopping.signal.aborted) return;
        report(error);
        failures = Date.now() - since > 60_000 ? 0 : failures + 1;
        log.debug({ err: error, group: subscription.group }, 'the Kafka consumer ended, a new one follows');
        await pause(backoff(failures), stopping.signal);
      }
    }
  };

  const live = async (): Promise<void> => {
    const consumer = setup.kafka.consumer(consumerSettings(setup));
    const ended = new AbortController();
    try {
      const crashed = new Promise<never>((_, reject) => {
        consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      });
      crashed.catch(() => undefined);
      await consumer.connect();
      await consumer.subscribe({
        topics: subscription.topics.map((topic) => setup.prefix + topic),
        fromBeginning: true,
      });
      const partitions = followPartitions(setup, consumer, AbortSignal.any([stopping.signal, ended.signal]), report);
      const joined = consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: setup.options.partitionsAtOnce ?? 16,
        eachBatch: partitions.handle,
      });
      await Promise.race([crashed, aborted(stopping.signal)]);
      // Leaving in the middle of joining would leave a ghost behind, and the group would wait for it.
      await withTimeout(joined, STOP_TIMEOUT);
    } finally {
      ended.abort();
      await withTimeout(consumer.disconnect(), STOP_TIMEOUT).catch((error: unknown) =>
        log.debug({ err: error }, 'a Kafka consumer did not disconnect'),
      );
    }
  };

  const running = lives();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function consumerSettings({ prefix, options, subscription }: Setup) {
  const bytes = subscription.fetchBytes ?? FETCH_BYTES;
  return {
    groupId: prefix + subscription.group,
    sessionTimeout: options.sessionTimeoutMs ?? 10_000,
    rebalanceTimeout: 20_000,
    heartbeatInterval: HEARTBEAT_INTERVAL,
    maxBytesPerPartition: bytes,
    maxBytes: bytes * 2,
    minBytes: 1,
    maxWaitTimeInMs: FETCH_WAIT,
    allowAutoTopicCreation: false,
    // One way to come back, ours: kafkajs restarts only after errors that it calls retriable, and -99 is none.
    retry: { retries: 3, restartOnFailure: async () => false },
  };
}

/** The partitions that one life of the consumer holds: where they start, and the handling of their batches. */
function followPartitions(setup: Setup, consumer: Consumer, signal: AbortSignal, report: (error: unknown) => void) {
  const { subscription, prefix, log } = setup;
  const backoff = jitteredBackoff(100, 10_000);
  const failures = new Map<string, number>();
  const started = new Set<string>();
  const told = new Map<string, number>();
  let generation = 0;

  const start = async (
    topic: string,
    partition: number,
    wait: number,
    ranges: Ranges = setup.ranges,
  ): Promise<void> => {
    const mine = generation;
    const place = `${topic}/${partition}`;
    started.delete(place);
    consumer.pause([{ topic, partitions: [partition] }]);
    for (let attempt = 0, delay = wait; ; attempt++, delay = backoff(attempt)) {
      await pause(delay, signal);
      if (signal.aborted || mine !== generation) return;
      try {
        const offset = await startingOffset(
          setup,
          attempt === 0 ? ranges : setup.ranges,
          topic.slice(prefix.length),
          partition,
        );
        if (signal.aborted || mine !== generation) return;
        consumer.seek({ topic, partition, offset: offset.toString() });
        started.add(place);
        consumer.resume([{ topic, partitions: [partition] }]);
        return;
      } catch (error) {
        report(error);
      }
    }
  };

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    // Stopped in the middle of joining: kafkajs has no group any more that could be paused.
    if (signal.aborted) return;
    generation++;
    const ranges = rangesOnce(setup);
    started.clear();
    const assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic: topic.slice(prefix.length), partition })),
    );
    subscription.onAssigned?.(assigned);
    for (const [topic, partitions] of Object.entries(payload.memberAssignment)) {
      for (const partition of partitions) void start(topic, partition, 0, ranges);
    }
  });

  const tell = (batch: Batch): void => {
    const place = `${batch.topic}/${batch.partition}`;
    const now = Date.now();
    if (now - (told.get(place) ?? 0) < TELL_INTERVAL) return;
    told.set(place, now);
    const offset = (BigInt(batch.lastOffset()) + 1n).toString();
    consumer
      .commitOffsets([{ topic: batch.topic, partition: batch.partition, offset }])
      .catch((error: unknown) => log.debug({ err: error }, 'Kafka was not told the offset'));
  };

  const handle = async (payload: EachBatchPayload): Promise<void> => {
    const { batch } = payload;
    const mine = generation;
    const place = `${batch.topic}/${batch.partition}`;
    if (!payload.isRunning() || payload.isStale() || !started.has(place)) return;
    const heart = keepAlive(payload, () => mine === generation && !signal.aborted);
    try {
      await subscription.onBatch(inboundBatch(batch, prefix), heart.beat);
      failures.delete(place);
      if (mine === generation) {
        payload.resolveOffset(batch.lastOffset());
        tell(batch);
      }
    } catch (error) {
      if (heart.failure !== undefined) throw heart.failure;
      if (error instanceof BatchEnded) return;
      const moved = isBusError(error, 'offset_moved') || isBusError(error, 'write_conflict');
      const count = moved ? 0 : (failures.get(place) ?? 0) + 1;
      failures.set(place, count);
      log.debug({ err: error, place }, 'a batch comes again');
      if (mine === generation) void start(batch.topic, batch.partition, moved ? 0 : backoff(count - 1));
    } finally {
      heart.stop();
    }
  };

  return { handle };
}

type Ranges = (topic: string) => Promise<PartitionRange[]>;

/** Asks the broker once for each topic: all partitions of an assignment start at the same time. */
function rangesOnce(setup: Setup): Ranges {
  const asked = new Map<string, Promise<PartitionRange[]>>();
  return (topic) => {
    const before = asked.get(topic);
    if (before !== undefined) return before;
    const now = setup.ranges(topic);
    asked.set(topic, now);
    return now;
  };
}

/** Where a partition starts: what the subscription says, if the broker has it. */
async function startingOffset(setup: Setup, shared: Ranges, topic: string, partition: number): Promise<bigint> {
  const offset = await setup.subscription.startAt(topic, partition);
  const ofPartition = async (ranges: Ranges) =>
    (await ranges(topic)).find((candidate) => candidate.partition === partition);
  let range = await ofPartition(shared);
  // The shared answer may be older than the offset.
  if (range !== undefined && offset > range.high) range = await ofPartition(setup.ranges);
  if (range === undefined) throw new BusError('unknown_topic', `${topic} has no partition ${partition}`);
  if (offset === 0n) return range.low;
  if (offset >= range.low && offset <= range.high) return offset;
  throw new BusError(
    'offset_out_of_range',
    `${topic}/${partition}: events from ${offset} on were not read yet, but Kafka holds ${range.low} to ${range.high}. ` +
      'Kafka lost events or is not the one that was read before; rebuild the projection or refill the topic',
    { details: { topic, partition, offset: String(offset), low: String(range.low), high: String(range.high) } },
  );
}

/** Beats each second beside a handler and ends it when the membership is lost or `goesOn` says no. */
function keepAlive(payload: EachBatchPayload, goesOn: () => boolean) {
  const heart = {
    failure: undefined as unknown,
    async beat(): Promise<void> {
      if (heart.failure !== undefined) throw heart.failure;
      if (!payload.isRunning() || payload.isStale() || !goesOn()) throw new BatchEnded();
      try {
        await payload.heartbeat();
      } catch (error) {
        heart.failure = error;
        throw error;
      }
    },
    stop: () => clearInterval(timer),
  };
  const timer = setInterval(() => heart.beat().catch(() => undefined), HEARTBEAT_INTERVAL);
  return heart;
}

function inboundBatch(batch: Batch, prefix: string): InboundBatch {
  const topic = batch.topic.slice(prefix.length);
  return {
    topic,
    partition: batch.partition,
    messages: batch.messages.map((message) => inboundMessage(topic, batch.partition, message)),
    highWatermark: BigInt(batch.highWatermark),
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

async function withTimeout(work: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${milliseconds} ms`)), milliseconds);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
