import { createPool } from '@vienuviet/database';
import {
  createKafkaPublisher,
  createKafkaSubscriber,
  kafkaSsl,
  type RunningProjection,
  type RunningReaction,
  startProjection,
  startReaction,
  startRelay,
  type TopicSettings,
} from '@vienuviet/event-bus';
import type { EventCodec } from '@vienuviet/event-store';
import type pg from 'pg';
import { checkBus } from './check-bus.ts';
import type { BaseContext, ServiceContext, ServiceDefinition } from './definition.ts';
import { rolesOf } from './roles.ts';

export interface RunningBus {
  readonly projections: ReadonlyMap<string, RunningProjection>;
  readonly reactions: ReadonlyMap<string, RunningReaction>;
  /** Throws when Kafka is not as this service needs it. */
  refusal(): void;
  stop(): Promise<void>;
}

/** What is known of events: how they are encoded and where they go. */
export interface Contracts {
  readonly codec: EventCodec;
  /** Topic on which a service publishes an event type; undefined for one that stays local. */
  topicOf(type: string, service: string): string | undefined;
  readonly topics: readonly (TopicSettings & { readonly owner: string })[];
}

type BusContext = BaseContext & Pick<ServiceContext, 'store' | 'writer' | 'storeConfig'>;

/**
 * Starts what runs beside the routes: the relay, the projections and the reactions. They wait for Kafka themselves;
 * a Kafka that answers and is not as this service needs it is refused.
 */
export async function startBus(
  definition: ServiceDefinition,
  context: BusContext,
  contracts: Contracts,
): Promise<RunningBus> {
  const { name, log, metrics, store, writer, storeConfig } = context;
  const connection = {
    brokers: storeConfig.kafkaBrokers,
    clientId: name,
    topicPrefix: storeConfig.topicPrefix,
    log,
    ...(storeConfig.kafkaCertificate === undefined ? {} : { ssl: kafkaSsl(storeConfig.kafkaCertificate) }),
  };
  const check = await checkBus(connection, topicsOf(definition, contracts), log);
  const publisher = createKafkaPublisher(connection);
  const subscriber = createKafkaSubscriber(connection);
  const owner = ownerPool(storeConfig.ownerUrl, name);
  const group = (consumer: string): string => `${name}.${consumer}`;
  const shared = { pool: writer, store, log, metrics };

  const relay = startRelay({
    ...shared,
    publisher,
    source: `/services/${name}`,
    topicOf: topicsOfEvents(definition, contracts),
  });
  const projections = definition.projections.map((projection) =>
    startProjection({
      ...shared,
      projection,
      owner: { pool: owner, roles: rolesOf(name) },
      codec: contracts.codec,
      ...(projection.from === 'store' ? {} : { subscriber, group: group(projection.name) }),
    }),
  );
  const reactions = definition.reactions.map((reaction) =>
    startReaction({ ...shared, reaction, subscriber, group: group(reaction.name) }),
  );
  return {
    projections: new Map(projections.map((projection) => [projection.name, projection])),
    reactions: new Map(reactions.map((reaction) => [reaction.name, reaction])),
    refusal: check.refusal,
    async stop() {
      check.stop();
      await Promise.all([...projections, ...reactions].map((consumer) => consumer.stop()));
      await relay.stop();
      await subscriber.close();
      await publisher.close();
      await owner.end();
    },
  };
}

/** Where an event goes: to the topic of its stream where the service gives streams topics, or to that of its type. */
const topicsOfEvents =
  ({ name, topicOfStream }: ServiceDefinition, { topicOf }: Contracts) =>
  (type: string, streamId: string): string | undefined =>
    topicOfStream?.(type, streamId) ?? topicOf(type, name);

/** Topics that the service writes or reads. */
const topicsOf = ({ name, projections, reactions }: ServiceDefinition, { topics }: Contracts): TopicSettings[] => {
  const read = new Set([...projections, ...reactions].flatMap(({ from }) => from));
  return topics.filter((topic) => topic.owner === name || read.has(topic.name));
};

/** Used for rebuilds alone: idle it holds no connection, and its statements take as long as a rebuild does. */
const ownerPool = (url: string, service: string): pg.Pool =>
  createPool({ url, name: `${service} rebuild`, max: 4, statementTimeout: 0, idleInTransactionTimeout: 0 });
