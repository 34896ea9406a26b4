import type pg from 'pg';
import { pause } from '../backoff.ts';
import { type Consumer, createConsumer } from '../consumer/consumer.ts';
import { STORE_CLUSTER } from '../consumer/store-source.ts';
import { type BusLog, silentLog } from '../log.ts';
import { busMetrics } from '../metrics.ts';
import type { Projection } from '../types.ts';
import { createProjectionSchema, type ProjectionRoles } from './prepare.ts';
import { projectionEffects } from './projection-effects.ts';
import { type CheckedSource, type ProjectionSource, sourceOf } from './projection-source.ts';
import { type Feed, feedFromStore, feedFromTopics } from './rebuild-feed.ts';
import { clearUp, dropSchema, rebuildNames, rebuildSession, switchSchemas } from './rebuild-steps.ts';

export interface RebuildOptions extends ProjectionSource {
  readonly projection: Projection;
  /** Writer role. */
  readonly pool: pg.Pool;
  readonly owner: { readonly pool: pg.Pool; readonly roles: ProjectionRoles };
  readonly log?: BusLog;
  /** Called about twice a second. */
  onProgress?(progress: RebuildProgress): void;
  readonly signal?: AbortSignal;
  readonly batchSize?: number;
}

export interface RebuildProgress {
  readonly phase: 'building' | 'switching' | 'done';
  /** Messages read so far, of about `total`. */
  readonly events: number;
  readonly total: number;
  readonly eventsPerSecond: number;
  readonly secondsLeft: number | null;
}

export interface RebuildResult {
  readonly events: number;
  readonly seconds: number;
  readonly version: number;
}

/** A rebuild that is this close to the live tables tries to switch. */
const CLOSE_ENOUGH = 500;
/** Milliseconds for which live batches may be held up at the switch. */
const HOLD_LIMIT = 5_000;
const TICK = 250;

const COPY_EPOCHS = `
  insert into event_bus.consumer_epochs (consumer, source, epoch)
  select $1, source, epoch from event_bus.consumer_epochs where consumer = $2`;

/**
 * Builds a projection anew from the beginning, beside the live tables, and switches.
 *
 * - clearing: what an interrupted rebuild left behind goes; the schema `<name>_v<version>` is made.
 * - building: all events are applied to it by a consumer of its own (`<name>#rebuild`), as the live one would.
 * - switching: when it has nearly caught up, the switch lock is taken: live batches wait before their first write.
 *   The rebuild reads up to where the live tables are, and beyond if it likes. Then one transaction gives the live
 *   consumer the rebuild's offsets and parked keys, and renames the schemas. Readers, also with prepared statements,
 *   go on with the new tables. If it does not get there within 5 s, live batches go on and it tries again.
 * - done: the live consumer finds a new generation, reads its offsets anew and continues; the old schema is dropped.
 *
 * Throws `rebuild_running` when another process is at it. Interrupted at any point, the live tables are whole.
 */
export async function rebuildProjection(options: RebuildOptions): Promise<RebuildResult> {
  const { projection, owner, log = silentLog } = options;
  const source = sourceOf(projection, options);
  const names = rebuildNames(projection);
  const session = await rebuildSession(owner.pool, projection.name);
  const since = Date.now();
  let feed: Feed | undefined;
  try {
    await clearUp(session, names);
    await session.query('begin');
    // What the live one takes, the new one takes too.
    await session.query(COPY_EPOCHS, [names.consumer, names.live]);
    await createProjectionSchema(session, projection, names.schema, owner.roles);
    await session.query('commit');
    const consumer = rebuildConsumer(options, source, names, log);
    feed = await (source.kind === 'store' ? feedFromStore(source.store, consumer) : feedFromTopics(source, consumer));
    await buildAndSwitch(options, source, session, names, feed, since);
    await feed.stop();
    await dropSchema(session, names.old, log);
    const events = feed.progress().events;
    const seconds = (Date.now() - since) / 1_000;
    options.onProgress?.({
      phase: 'done',
      events,
      total: events,
      eventsPerSecond: rate(events, since),
      secondsLeft: 0,
    });
    log.info(
      { projection: projection.name, version: projection.version, events, seconds },
      'the projection was rebuilt',
    );
    return { events, seconds, version: projection.version };
  } catch (error) {
    await feed?.stop().catch(() => undefined);
    await session.query('rollback').catch(() => undefined);
    await clearUp(session, names).catch((failure: unknown) =>
      log.warn(
        { err: failure, projection: projection.name },
        'an interrupted rebuild was left; the next one clears it up',
      ),
    );
    throw error;
  } finally {
    await session.end().catch(() => undefined);
  }
}

function rebuildConsumer(
  options: RebuildOptions,
  source: CheckedSource,
  names: { schema: string; consumer: string },
  log: BusLog,
): Consumer {
  const { projection, batchSize } = options;
  return createConsumer({
    consumer: names.consumer,
    pool: options.pool,
    codec: source.codec,
    effects: projectionEffects({
      projection,
      schema: names.schema,
      live: false,
      ...(batchSize === undefined ? {} : { batchSize }),
    }),
    log,
    metrics: busMetrics(),
    // The cap of the live consumer holds after the switch; what it has parked comes here again.
    maxParkedKeys: Number.MAX_SAFE_INTEGER,
    clusterId: () => (source.kind === 'store' ? Promise.resolve(STORE_CLUSTER) : source.subscriber.clusterId()),
  });
}

async function buildAndSwitch(
  options: RebuildOptions,
  source: CheckedSource,
  session: pg.Client,
  names: ReturnType<typeof rebuildNames>,
  feed: Feed,
  since: number,
): Promise<void> {
  const cluster = source.kind === 'store' ? STORE_CLUSTER : await source.subscriber.clusterId();
  for (;;) {
    options.signal?.throwIfAborted();
    feed.throwIfStanding();
    const { events, total, behind } = await feed.measure();
    const perSecond = rate(events, since);
    options.onProgress?.({
      phase: behind > CLOSE_ENOUGH ? 'building' : 'switching',
      events,
      total,
      eventsPerSecond: perSecond,
      secondsLeft: perSecond === 0 ? null : Math.ceil(behind / perSecond),
    });
    options.signal?.throwIfAborted();
    if (behind <= CLOSE_ENOUGH) {
      const reached = (live: ReadonlyMap<string, bigint>) => feed.reached(live, HOLD_LIMIT, options.signal);
      if (await switchSchemas(session, options.projection, names, cluster, reached, feed)) return;
    }
    await pause(TICK, options.signal);
  }
}

const rate = (events: number, since: number): number =>
  Math.round(events / Math.max(0.001, (Date.now() - since) / 1_000));
