import type { EventStore, StoredEvent } from '@vienuviet/event-store';
import type { Metrics } from '@vienuviet/telemetry';
import type pg from 'pg';
import { ahead } from '../ahead.ts';
import { jitteredBackoff, pause } from '../backoff.ts';
import { BusError, messageOf } from '../errors.ts';
import { partitionOf } from '../kafka/partition-of.ts';
import { startLeadership } from '../leadership/leader.ts';
import { waker } from '../leadership/waker.ts';
import { type BusLog, silentLog } from '../log.ts';
import { busMetrics } from '../metrics.ts';
import type { EventPublisher, OutboundMessage, Queryable } from '../types.ts';
import { headersOf, type MessageOrigin } from './message-headers.ts';
import { portionsOf } from './portions.ts';
import { schemaVersions } from './schema-versions.ts';

export interface RelayOptions {
  /** Writer role of the service's database. */
  readonly pool: pg.Pool;
  readonly store: EventStore;
  readonly publisher: EventPublisher;
  /** `ce_source` of the messages, e.g. `/services/intake`. */
  readonly source: string;
  /** Topic of an event by its type, and where each stream has its own, by its stream; undefined keeps it local. */
  topicOf(type: string, streamId: string): string | undefined;
  readonly log?: BusLog;
  readonly metrics?: Metrics;
  /** Most events in one send. */
  readonly batchSize?: number;
  /** Name of the relay and of its lock; default `relay`. */
  readonly name?: string;
  /** Milliseconds after which a silent leader is replaced; default 10 000. */
  readonly sessionTimeoutMs?: number;
}

export interface RelayState {
  /**
   * - standby: another instance leads, or this one is about to;
   * - running: this instance leads;
   * - backing_off: it leads and Kafka or PostgreSQL does not answer;
   * - stopped.
   */
  readonly status: 'standby' | 'running' | 'backing_off' | 'stopped';
  readonly trouble?: { readonly code: string; readonly message: string };
  /** Everything up to this position is on the bus, as far as this instance knows. */
  readonly position: number;
}

export interface RunningRelay {
  state(): RelayState;
  /** Looks at the store now. */
  nudge(): void;
  stop(): Promise<void>;
}

const ENSURE = `
  insert into event_bus.relay (name, position, epoch) values ($1, 0, $2) on conflict (name) do nothing`;

const READ = 'select position, epoch from event_bus.relay where name = $1';

const CHECKPOINT = `
  update event_bus.relay set position = $3, updated_at = now() where name = $1 and position = $2 and epoch = $4`;

const NEW_EPOCH = 'update event_bus.relay set epoch = $2, updated_at = now() where name = $1';

/**
 * Puts the events of the store on the bus, in order, each at least once.
 *
 * - standby: another process holds the lock. Nothing is read.
 * - catching up: the checkpoint is read, then a batch of events after it. While a full batch is being sent, the next
 *   one is read; only one send is in flight. When the broker has everything, the checkpoint moves by compare-and-swap.
 *   After a full batch there is no pause.
 * - idle: the store has nothing new. It tells when there is.
 * - backing off: a send failed. It is unknown what arrived, so the same batch is sent again, with jitter in between,
 *   until it goes through: nothing of a key overtakes. Commands go on being accepted meanwhile.
 * - deposed: the session with the lock is gone, or the swap failed because somebody else moved the checkpoint. This
 *   process stops sending and stands by again. What it sent last may come twice; consumers drop it by version.
 */
export function startRelay(options: RelayOptions): RunningRelay {
  const { pool, store, log = silentLog } = options;
  const metrics = busMetrics(options.metrics);
  const name = options.name ?? 'relay';
  const waking = waker();
  let position = 0;
  let stopped = false;
  let trouble: { code: string; message: string } | undefined;

  const leadership = startLeadership({
    pool,
    name,
    log,
    ...(options.sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs: options.sessionTimeoutMs }),
    lead: (session, signal) => lead(session, signal),
  });
  const endNudges = store.onAppended(waking.nudge);

  const troubled = (error: unknown): void => {
    const code = String((error as { code?: unknown }).code ?? 'unknown');
    if (trouble === undefined)
      log.warn({ relay: name, err: error, code }, 'the relay backs off; events wait in the store');
    trouble = { code, message: messageOf(error) };
  };
  const fine = (): void => {
    if (trouble !== undefined) log.info({ relay: name, position }, 'the relay goes on');
    trouble = undefined;
  };

  const lead = async (session: Queryable, signal: AbortSignal): Promise<void> => {
    position = await readCheckpoint(session, name, store.epoch);
    const send = sender(options, signal, troubled, fine);
    let next: Promise<StoredEvent[]> = readBatch(options, position);
    while (!signal.aborted) {
      const events = await next;
      const last = events.at(-1);
      if (last === undefined) {
        metrics.relayed(0, 0);
        await waking.sleep(signal);
        if (!signal.aborted) next = readBatch(options, position);
        continue;
      }
      // After a full batch the next one is there already; otherwise what is appended during the send is in it.
      const full = events.length === (options.batchSize ?? BATCH_SIZE);
      if (full) next = readBatch(options, last.position);
      const sent = await send(events);
      if (signal.aborted) return;
      if (!full) next = readBatch(options, last.position);
      await moveCheckpoint(session, name, position, last.position, store.epoch);
      position = last.position;
      metrics.relayed(sent, await lagAfter(options, position, await next));
    }
  };

  return {
    state() {
      const status = stopped
        ? 'stopped'
        : !leadership.leads()
          ? 'standby'
          : trouble === undefined
            ? 'running'
            : 'backing_off';
      return { status, position, ...(trouble === undefined ? {} : { trouble }) };
    },
    nudge: waking.nudge,
    async stop() {
      endNudges();
      await leadership.stop();
      stopped = true;
    },
  };
}

/** Where kafkajs reaches its ceiling. */
const BATCH_SIZE = 500;

/** Events that wait: counted while they fit a batch, otherwise the distance to the end of the store. */
async function lagAfter(
  { store, batchSize = BATCH_SIZE }: RelayOptions,
  position: number,
  next: readonly StoredEvent[],
) {
  return next.length < batchSize ? next.length : (await store.lastPosition()) - position;
}

const readBatch = ({ store, batchSize = BATCH_SIZE }: RelayOptions, after: number): Promise<StoredEvent[]> =>
  ahead(store.readFeed(after, batchSize));

/** Sends a batch until it goes through. Returns how many messages it made. */
function sender(options: RelayOptions, signal: AbortSignal, troubled: (error: unknown) => void, fine: () => void) {
  const { publisher, store, source } = options;
  const origin: MessageOrigin = {
    source,
    epoch: store.epoch,
    schemaVersion: schemaVersions(store.codec),
  };
  const backoff = jitteredBackoff(100, 5_000);

  return async (events: readonly StoredEvent[]): Promise<number> => {
    for (let failures = 0; ; failures++) {
      try {
        const messages = await messagesOf(events, options, origin);
        for (const portion of portionsOf(messages)) await publisher.publish(portion);
        fine();
        return messages.length;
      } catch (error) {
        if (signal.aborted) return 0;
        troubled(error);
        await pause(backoff(failures), signal);
        if (signal.aborted) return 0;
      }
    }
  };
}

async function messagesOf(
  events: readonly StoredEvent[],
  { topicOf, publisher }: RelayOptions,
  origin: MessageOrigin,
): Promise<OutboundMessage[]> {
  const messages: OutboundMessage[] = [];
  const counts = new Map<string, number>();
  for (const event of events) {
    const topic = topicOf(event.type, event.streamId);
    if (topic === undefined) continue;
    const count = counts.get(topic) ?? (await publisher.partitions(topic));
    counts.set(topic, count);
    const partition = partitionOf(event.streamId, count);
    messages.push({ topic, partition, key: event.streamId, value: event.payload, headers: headersOf(event, origin) });
  }
  return messages;
}

async function readCheckpoint(session: Queryable, name: string, epoch: string): Promise<number> {
  await session.query(ENSURE, [name, epoch]);
  const { rows } = await session.query<{ position: number | string; epoch: string }>(READ, [name]);
  // A store that was restored is restored together with its checkpoint: only the name of the history changes.
  if (rows[0]!.epoch !== epoch) await session.query(NEW_EPOCH, [name, epoch]);
  return Number(rows[0]!.position);
}

async function moveCheckpoint(
  session: Queryable,
  name: string,
  from: number,
  to: number,
  epoch: string,
): Promise<void> {
  const { rowCount } = await session.query(CHECKPOINT, [name, from, to, epoch]);
  if (rowCount === 1) return;
  throw new BusError('checkpoint_moved', `another relay moved the checkpoint ${name} away from ${from}`);
}
