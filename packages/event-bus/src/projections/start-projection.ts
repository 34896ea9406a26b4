import type { Metrics } from '@vienuviet/telemetry';
import type pg from 'pg';
import { jitteredBackoff, pause } from '../backoff.ts';
import { type AsOf, asOf } from '../consumer/as-of.ts';
import { type Consumer, createConsumer } from '../consumer/consumer.ts';
import type { ConsumerState } from '../consumer/consumer-state.ts';
import { acceptEpoch } from '../consumer/epochs.ts';
import { runStoreSource, STORE_CLUSTER } from '../consumer/store-source.ts';
import { runTopicSource } from '../consumer/topic-source.ts';
import { BusError, isBusError } from '../errors.ts';
import { type BusLog, silentLog } from '../log.ts';
import { busMetrics } from '../metrics.ts';
import type { ParkedKeys } from '../parking/parked-keys.ts';
import type { Projection } from '../types.ts';
import type { ProjectionRoles } from './prepare.ts';
import { projectionEffects } from './projection-effects.ts';
import { type CheckedSource, type ProjectionSource, sourceOf } from './projection-source.ts';
import { type RebuildProgress, type RebuildResult, rebuildProjection } from './rebuild.ts';
import { streamWaits } from './stream-waits.ts';

export interface ProjectionOptions extends ProjectionSource {
  readonly projection: Projection;
  /** Writer role. */
  readonly pool: pg.Pool;
  /** Owner role and grants, to build a newer version and to rebuild; without them both are refused. */
  readonly owner?: { readonly pool: pg.Pool; readonly roles: ProjectionRoles };
  readonly log?: BusLog;
  readonly metrics?: Metrics;
  /** Default 100. */
  readonly maxParkedKeys?: number;
  readonly batchSize?: number;
  readonly sessionTimeoutMs?: number;
}

export interface RunningProjection {
  readonly name: string;
  state(): ConsumerState;
  /** Waits until the tables show a version of a stream; false when they did not within `timeoutMs`. */
  seen(streamId: string, version: number, timeoutMs: number): Promise<boolean>;
  /** Called after each batch that this process committed. Returns a function that ends it. */
  onCommitted(listener: () => void): () => void;
  /** Up to where the tables are true. */
  asOf(): Promise<AsOf[]>;
  /** Lets it take the events of one more epoch of a source, after that store was restored. */
  acceptEpoch(source: string, epoch: string): Promise<void>;
  readonly parked: ParkedKeys;
  /** Builds the tables anew from the beginning beside the live ones, then switches. */
  rebuild(onProgress?: (progress: RebuildProgress) => void, signal?: AbortSignal): Promise<RebuildResult>;
  stop(): Promise<void>;
}

/**
 * Runs a projection: follows its events and keeps its tables. When the database holds an older version than the
 * definition, the new one is first built beside it, in the background, and readers see the old one until the switch.
 */
export function startProjection(options: ProjectionOptions): RunningProjection {
  const { projection, pool, log = silentLog } = options;
  const source = sourceOf(projection, options);
  const waits = streamWaits(pool, projection.name);
  const listeners = new Set<() => void>();
  const stopping = new AbortController();
  const effects = projectionEffects({
    projection,
    schema: projection.name,
    live: true,
    ...(options.batchSize === undefined ? {} : { batchSize: options.batchSize }),
    committed(versions) {
      waits.committed(versions);
      for (const listener of listeners) listener();
    },
  });
  const consumer = createConsumer({
    consumer: projection.name,
    pool,
    codec: source.codec,
    effects,
    log,
    metrics: busMetrics(options.metrics),
    maxParkedKeys: options.maxParkedKeys ?? 100,
    clusterId: () => (source.kind === 'store' ? Promise.resolve(STORE_CLUSTER) : source.subscriber.clusterId()),
  });

  const rebuild: RunningProjection['rebuild'] = async (onProgress, signal) => {
    if (options.owner === undefined) {
      throw new BusError('projection_refused', `${projection.name} cannot be rebuilt here: no owner role was given`);
    }
    return rebuildProjection({
      ...options,
      owner: options.owner,
      ...(onProgress === undefined ? {} : { onProgress }),
      signal: signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]),
    });
  };

  const running = run(options, source, consumer, stopping.signal, () => rebuild(logProgress(log, projection.name)));
  return {
    name: projection.name,
    state: consumer.state,
    seen: waits.seen,
    onCommitted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    asOf: () => asOf(pool, projection.name),
    acceptEpoch: (from, epoch) => acceptEpoch(pool, projection.name, from, epoch),
    parked: consumer.parked,
    rebuild,
    async stop() {
      stopping.abort();
      waits.close();
      await running;
    },
  };
}

async function run(
  options: ProjectionOptions,
  source: CheckedSource,
  consumer: Consumer,
  signal: AbortSignal,
  build: () => Promise<unknown>,
): Promise<void> {
  const { pool, projection, log = silentLog } = options;
  await becomeCurrent(options, consumer, signal, build);
  if (signal.aborted) return consumer.onStopped();
  const running =
    source.kind === 'store'
      ? runStoreSource({ ...options, pool, log, store: source.store, consumer, name: projection.name })
      : await runTopicSource({ ...source, consumer });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await running.stop();
}

const RECORDED = 'select version from event_bus.projections where name = $1';

/** Returns when the database holds this version of the projection; builds it when it holds an older one. */
async function becomeCurrent(
  { pool, projection, owner }: ProjectionOptions,
  consumer: Consumer,
  signal: AbortSignal,
  build: () => Promise<unknown>,
): Promise<void> {
  const backoff = jitteredBackoff(500, 10_000);
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const { rows } = await pool.query<{ version: number }>(RECORDED, [projection.name]);
      const recorded = rows[0]?.version;
      if (recorded === undefined) {
        throw new BusError('projection_missing', `projection ${projection.name} is not prepared: run the migrations`);
      }
      if (recorded === projection.version) return;
      if (recorded > projection.version) {
        throw new BusError(
          'projection_superseded',
          `the database holds version ${recorded} of ${projection.name}, this process knows ${projection.version}`,
        );
      }
      if (owner === undefined) {
        throw new BusError(
          'projection_outdated',
          `${projection.name} is at version ${recorded} and nobody builds ${projection.version}`,
        );
      }
      await build();
    } catch (error) {
      if (signal.aborted) return;
      // Another instance builds it.
      if (!isBusError(error, 'rebuild_running')) consumer.onTrouble(error);
      await pause(backoff(failures), signal);
    }
  }
}

/** A line each ten seconds. */
function logProgress(log: BusLog, projection: string) {
  let last = 0;
  return (progress: RebuildProgress): void => {
    if (Date.now() - last < 10_000) return;
    last = Date.now();
    log.info({ projection, ...progress }, 'building a new version of the projection');
  };
}
