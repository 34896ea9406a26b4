import { createPool } from '@vienuviet/database';
import {
  createKafkaPublisher,
  createKafkaSubscriber,
  type RunningProjection,
  type RunningReaction,
  startProjection,
  startReaction,
  startRelay,
} from '@vienuviet/event-bus';
import { codec, topicOf } from '@vienuviet/schemas';
import type pg from 'pg';
import type { BaseContext, ServiceContext, ServiceDefinition } from './definition.ts';
import { rolesOf } from './roles.ts';

export interface RunningBus {
  readonly projections: ReadonlyMap<string, RunningProjection>;
  readonly reactions: ReadonlyMap<string, RunningReaction>;
  stop(): Promise<void>;
}

type BusContext = BaseContext & Pick<ServiceContext, 'store' | 'writer' | 'storeConfig'>;

/** Starts what runs beside the routes: the relay, the projections and the reactions. They wait for Kafka themselves. */
export function startBus(definition: ServiceDefinition, context: BusContext): RunningBus {
  const { name, log, metrics, store, writer, storeConfig } = context;
  const connection = {
    brokers: storeConfig.kafkaBrokers,
    clientId: name,
    topicPrefix: storeConfig.topicPrefix,
    log,
  };
  const publisher = createKafkaPublisher(connection);
  const subscriber = createKafkaSubscriber(connection);
  const owner = ownerPool(storeConfig.ownerUrl, name);
  const group = (consumer: string): string => `${storeConfig.topicPrefix}${name}.${consumer}`;
  const shared = { pool: writer, store, log, metrics };

  const relay = startRelay({ ...shared, publisher, source: `/services/${name}`, topicOf });
  const projections = definition.projections.map((projection) =>
    startProjection({
      ...shared,
      projection,
      owner: { pool: owner, roles: rolesOf(name) },
      codec,
      ...(projection.from === 'store' ? {} : { subscriber, group: group(projection.name) }),
    }),
  );
  const reactions = definition.reactions.map((reaction) =>
    startReaction({ ...shared, reaction, subscriber, group: group(reaction.name) }),
  );
  return {
    projections: new Map(projections.map((projection) => [projection.name, projection])),
    reactions: new Map(reactions.map((reaction) => [reaction.name, reaction])),
    async stop() {
      await Promise.all([...projections, ...reactions].map((consumer) => consumer.stop()));
      await relay.stop();
      await subscriber.close();
      await publisher.close();
      await owner.end();
    },
  };
}

/** Used for rebuilds alone: idle it holds no connection, and its statements take as long as a rebuild does. */
const ownerPool = (url: string, service: string): pg.Pool =>
  createPool({ url, name: `${service} rebuild`, max: 4, statementTimeout: 0, idleInTransactionTimeout: 0 });
