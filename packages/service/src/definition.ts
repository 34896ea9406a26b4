import type { Audit } from '@vienuviet/audit';
import type { MigrationSet } from '@vienuviet/database';
import type { Projection, Reaction } from '@vienuviet/event-bus';
import type { EventStore } from '@vienuviet/event-store';
import type { App } from '@vienuviet/http';
import type { Privacy } from '@vienuviet/privacy';
import type { Log, Metrics } from '@vienuviet/telemetry';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import type { ServiceConfig, StoreConfig } from './config.ts';
import type { Eraser } from './erasure/erasure-reaction.ts';
import { revokedTokensOf } from './revoked-tokens/projection.ts';

/** What every service has at hand. */
export interface BaseContext {
  readonly name: string;
  readonly config: ServiceConfig;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: () => Date;
  /** Holds only what may be lost: nudges, limits, caches. */
  readonly redis: Redis;
}

/** What a service with a store has beside it. */
export interface ServiceContext extends BaseContext {
  readonly storeConfig: StoreConfig;
  readonly store: EventStore;
  /** The service's own role; reads of routes go through `asCaller`. */
  readonly writer: pg.Pool;
  /** Seals and opens personal data. Throws `TypeError` for a service that did not say that it keeps any. */
  readonly privacy: Privacy;
  /** The record of who looked at whose data, to read from. */
  readonly audit: Pick<Audit, 'pool' | 'persons'>;
  /**
   * Waits until a projection shows a version of a stream; false when it did not within the time.
   * For `after=<stream>@<version>`.
   */
  seen(projection: string, streamId: string, version: number, timeoutMs: number): Promise<boolean>;
  /** Called when a projection of this process has committed a batch. Returns a function that ends it. */
  onProjected(projection: string, listener: () => void): () => void;
}

/** A service that keeps nothing: the schema registry. */
export interface StatelessServiceDefinition {
  readonly kind: 'stateless';
  readonly name: string;
  readonly title: string;
  /** For the OpenAPI page; default the title. */
  readonly description?: string;
  /** Names of environment variables that only this service reads; found in `config.own`. */
  readonly environment?: readonly string[];
  /** The same for those that may be left out; found in `config.own` where they are set. */
  readonly optionalEnvironment?: readonly string[];
  routes(context: BaseContext): (app: App) => Promise<void> | void;
}

/** A service with a store of its own: aggregates behind routes, projections, reactions. */
export interface ServiceDefinition {
  readonly kind: 'store';
  readonly name: string;
  readonly title: string;
  /** For the OpenAPI page; default the title. */
  readonly description?: string;
  readonly environment?: readonly string[];
  /** The same for those that may be left out; found in `config.own` where they are set. */
  readonly optionalEnvironment?: readonly string[];
  /** Tables that are neither events nor projections, e.g. tokens; `<folder>/<NNNN_name>/migration.sql`. */
  readonly migrations?: MigrationSet;
  /** Whether it keeps personal data: then it has a key database and wrapping keys, and `context.privacy`. */
  readonly personalData?: boolean;
  /**
   * What it does when a person is erased, beside dropping the key: it is asked, and confirms. Absent: it keeps nothing by
   * which a person could be told, and is not asked.
   */
  readonly erasers?: readonly Eraser[];
  readonly projections: readonly Projection[];
  readonly reactions: readonly Reaction[];
  /** The topic of a stream that has one of its own; undefined: the one of `topics.json` for the type, if any. */
  readonly topicOfStream?: (type: string, streamId: string) => string | undefined;
  routes(context: ServiceContext): (app: App) => Promise<void> | void;
}

/** Declares a service with a store; the shape in one place, so that who knows one service knows all. */
export const defineService = (definition: Omit<ServiceDefinition, 'kind'>): ServiceDefinition => ({
  kind: 'store',
  ...definition,
  projections: [...definition.projections, revokedTokensOf(definition.name)],
});

/** Declares a service that keeps nothing. */
export const defineStatelessService = (
  definition: Omit<StatelessServiceDefinition, 'kind'>,
): StatelessServiceDefinition => ({ kind: 'stateless', ...definition });
