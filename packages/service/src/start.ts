import { type Audit, addAuditRoutes, openAudit, readIndexKey, readSigningKey } from '@vienuviet/audit';
import { createPool } from '@vienuviet/database';
import { createEventStore } from '@vienuviet/event-store';
import { type AccessRecorder, type App, type AuthSettings, createApp, type TokensRevokedAt } from '@vienuviet/http';
import { openPrivacy, type Privacy, sealingCodec } from '@vienuviet/privacy';
import { codec, sealedFields, topicOf, topics } from '@vienuviet/schemas';
import { createLog, createMetrics } from '@vienuviet/telemetry';
import type pg from 'pg';
import { type Contracts, startBus } from './bus.ts';
import type { ServiceConfig, StoreConfig } from './config.ts';
import type { BaseContext, ServiceContext, ServiceDefinition, StatelessServiceDefinition } from './definition.ts';
import { erasureReaction } from './erasure/erasure-reaction.ts';
import { observeStore } from './observe-store.ts';
import { addOperatorRoutes } from './operations/routes.ts';
import { connectRedis } from './redis.ts';
import { rememberRevokedTokens } from './revoked-tokens/memory.ts';
import { revokedTokensName } from './revoked-tokens/projection.ts';

export interface RunningService {
  readonly app: App;
  /** Address that it listens at, e.g. `http://127.0.0.1:7401`. */
  readonly address: string;
  close(): Promise<void>;
}

export interface RunningStoreService extends RunningService {
  readonly context: ServiceContext;
}

/** What a test or a tool may put in the place of the real thing. */
export interface StartOptions {
  readonly clock?: () => Date;
  /** Contracts other than the committed ones. */
  readonly contracts?: Contracts;
  /** Issuer of tokens; default the one of the configuration. */
  readonly auth?: AuthSettings;
}

const VERSION = '1.0.0';

/** Starts a service that keeps nothing. */
export async function startStateless(
  definition: StatelessServiceDefinition,
  config: ServiceConfig,
  options: StartOptions = {},
): Promise<RunningService> {
  const context = baseContext(definition.name, config, options);
  try {
    const app = await appOf(definition, context, authOf(options));
    await app.register(async (routes) => definition.routes(context)(routes as App));
    const address = await app.listen({ host: config.host, port: config.port });
    return { app, address, close: () => closeAll([() => app.close(), () => disconnect(context)]) };
  } catch (error) {
    context.redis.disconnect();
    throw error;
  }
}

/**
 * Starts a service with a store whose migrations have run: opens the store, starts relay, projections and reactions,
 * then listens. Commands are taken while Kafka is away; events wait in the store.
 */
export async function startService(
  definition: ServiceDefinition,
  config: ServiceConfig,
  storeConfig: StoreConfig,
  options: StartOptions = {},
): Promise<RunningStoreService> {
  const base = baseContext(definition.name, config, options);
  const { writer, undo } = openDatabase(base, storeConfig);
  try {
    const { contracts = { codec, topicOf, topics } } = options;
    const privacy =
      storeConfig.keys &&
      (await openPrivacy({ ...storeConfig.keys, url: storeConfig.keys.writerUrl, name: base.name }));
    if (privacy !== undefined) undo.unshift(() => privacy.close());
    const audit = openAuditOf(base, storeConfig, privacy);
    undo.unshift(() => audit.close());
    const store = await createEventStore({ pool: writer, codec: sealingCodec(contracts.codec, sealedFields) });
    undo.unshift(() => store.close(), observeStore(base.metrics));
    audit.keep(store);
    undo.unshift(() => audit.stopKeeping());
    const bus = await startBus(
      withErasure(definition, base, privacy),
      { ...base, store, writer, storeConfig },
      contracts,
    );
    undo.unshift(() => bus.stop());

    const projection = (name: string) => {
      const running = bus.projections.get(name);
      if (running === undefined) throw new TypeError(`${definition.name} has no projection ${name}`);
      return running;
    };
    const context: ServiceContext = {
      ...base,
      storeConfig,
      store,
      writer,
      audit,
      get privacy() {
        if (privacy === undefined) throw new TypeError(`${definition.name} does not say that it keeps personal data`);
        return privacy;
      },
      seen: (name, streamId, version, timeoutMs) => projection(name).seen(streamId, version, timeoutMs),
      onProjected: (name, listener) => projection(name).onCommitted(listener),
    };
    const consumers = [...bus.projections.values(), ...bus.reactions.values()];
    const revokedTokens = await rememberRevokedTokens({ service: base.name, pool: writer, ...base });
    const forget = projection(revokedTokensName).onCommitted(revokedTokens.nudge);
    undo.unshift(() => revokedTokens.close(), forget);
    const app = await appOf(definition, base, {
      ...authOf(options),
      accessRecorder: audit,
      tokensRevokedAt: revokedTokens.revokedAt,
      commandHashKey: storeConfig.commandHashKey,
      readiness: {
        postgres: () => answers(writer),
        kafka: async () => bus.refusal(),
        consumers: async () => allStarted(consumers),
      },
    });
    undo.unshift(() => app.close());
    addOperatorRoutes(app, { bus, store, privacy });
    addAuditRoutes(app, audit);
    await app.register(async (routes) => definition.routes(context)(routes as App));
    const address = await app.listen({ host: config.host, port: config.port });
    return { app, address, context, close: () => closeAll(undo) };
  } catch (error) {
    await closeAll(undo).catch(() => undefined);
    throw error;
  }
}

/** The service with what follows erasures, where it has to erase something. */
function withErasure(definition: ServiceDefinition, { name, clock }: BaseContext, privacy: Privacy | undefined) {
  const { erasers } = definition;
  if (erasers === undefined) return definition;
  const erasure = erasureReaction({ ...{ service: name, erasers, clock }, keys: privacy?.keys });
  return { ...definition, reactions: [...definition.reactions, erasure] };
}

/** The service's own sessions, and how they end: what is undone first stands first. */
function openDatabase(base: BaseContext, { writerUrl }: Pick<StoreConfig, 'writerUrl'>) {
  const writer = createPool({ url: writerUrl, name: base.name, max: 20 });
  const undo: (() => Promise<unknown> | unknown)[] = [() => disconnect(base), () => writer.end()];
  return { writer, undo };
}

const openAuditOf = ({ name, log }: BaseContext, config: StoreConfig, privacy: Privacy | undefined): Audit =>
  openAudit({
    ...{ service: name, log, writerUrl: config.writerUrl, ownerUrl: config.ownerUrl, keys: privacy?.keys },
    signingKey: readSigningKey(config.audit.signingKey),
    indexKey: readIndexKey(config.audit.indexKey),
  });

function baseContext(name: string, config: ServiceConfig, { clock = () => new Date() }: StartOptions): BaseContext {
  const log = createLog({ service: name, level: config.logLevel });
  return {
    name,
    config,
    log,
    metrics: createMetrics({ service: name }),
    clock,
    redis: connectRedis(config.redisUrl, log),
  };
}

const authOf = ({ auth }: StartOptions): AppExtras => (auth === undefined ? {} : { auth });

const disconnect = ({ redis }: BaseContext): void => redis.disconnect();

type AppExtras = {
  auth?: AuthSettings;
  commandHashKey?: string;
  accessRecorder?: AccessRecorder;
  tokensRevokedAt?: TokensRevokedAt;
  readiness?: Readonly<Record<string, () => Promise<void>>>;
};

const appOf = (
  { name, title, description }: Pick<ServiceDefinition, 'name' | 'title' | 'description'>,
  { config, log, metrics, redis, clock }: BaseContext,
  extras: AppExtras,
): Promise<App> =>
  createApp({
    name,
    title,
    version: VERSION,
    description: description ?? title,
    log,
    metrics,
    redis,
    clock,
    trustedProxies: config.trustedProxies,
    auth: extras.auth ?? { issuer: config.issuer, keys: { jwksUrl: config.jwksUrl } },
    ...extras,
  });

async function answers(pool: pg.Pool): Promise<void> {
  await pool.query('select 1');
}

type Startable = {
  readonly name: string;
  state(): { readonly status: string; readonly trouble?: { message: string } };
};

/** Each instance is ready once its consumers run; one that has no partition of its own has nothing to wait for. */
function allStarted(consumers: readonly Startable[]): void {
  const standing = consumers.filter((consumer) => consumer.state().status === 'standing');
  if (standing.length === 0) return;
  throw new Error(standing.map((consumer) => `${consumer.name}: ${consumer.state().trouble?.message}`).join('; '));
}

/** Ends everything in order, also when one part fails; throws the first fault. */
async function closeAll(steps: readonly (() => Promise<unknown> | unknown)[]): Promise<void> {
  const faults: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
}
