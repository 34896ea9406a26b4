/**
 * The parts of kafkajs that it does not export and that the start-up check needs: which versions of each request it
 * speaks, and what a broker answers to ApiVersions. The version is pinned; the check's test fails when they move.
 */
import { createRequire } from 'node:module';
import type { KafkaConnection } from './kafka-client.ts';

const load = createRequire(import.meta.url);

export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** Versions that kafkajs implements of a request, e.g. `Produce`. */
export function implementedVersions(request: string): VersionRange {
  const { requests } = load('kafkajs/src/protocol/requests') as {
    requests: Record<string, { versions: (string | number)[] }>;
  };
  const versions = requests[request]!.versions.map(Number);
  return { min: Math.min(...versions), max: Math.max(...versions) };
}

export const apiKeyOf = (request: string): number =>
  (load('kafkajs/src/protocol/requests/apiKeys') as Record<string, number>)[request]!;

type BrokerVersions = Record<number, { minVersion: number; maxVersion: number }>;

interface InternalBroker {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  readonly versions: BrokerVersions;
}

/** What one of the brokers answers to ApiVersions. */
export async function brokerVersions(connection: KafkaConnection): Promise<BrokerVersions> {
  const Broker = load('kafkajs/src/broker') as new (options: object) => InternalBroker;
  const connectionPoolBuilder = load('kafkajs/src/cluster/connectionPoolBuilder') as (options: object) => {
    build(): Promise<unknown>;
  };
  const { createLogger, LEVELS } = load('kafkajs/src/loggers') as {
    createLogger(options: object): unknown;
    LEVELS: { NOTHING: number };
  };
  const logger = createLogger({ level: LEVELS.NOTHING, logCreator: () => () => undefined });
  const pool = connectionPoolBuilder({
    socketFactory: (load('kafkajs/src/network/socketFactory') as () => unknown)(),
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    connectionTimeout: 3_000,
    requestTimeout: connection.requestTimeoutMs ?? 10_000,
    enforceRequestTimeout: true,
    logger,
    ...(connection.ssl === undefined ? {} : { ssl: connection.ssl }),
  });
  const broker = new Broker({ connectionPool: await pool.build(), logger });
  try {
    await broker.connect();
    return broker.versions;
  } finally {
    await broker.disconnect();
  }
}
