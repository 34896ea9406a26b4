import kafkajs, { type ISocketFactory, type Kafka, type KafkaConfig, type LogEntry } from 'kafkajs';
import type { BusLog } from '../log.ts';

/** Where Kafka is and how this process shows there; shared by publisher, subscriber and checks. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  /** Shows in the broker's logs and metrics. */
  readonly clientId: string;
  /** Put before the names of topics and groups, so that several copies share a broker; empty in production. */
  readonly topicPrefix?: string;
  /** Certificates for mutual TLS. */
  readonly ssl?: NonNullable<KafkaConfig['ssl']>;
  /** Milliseconds after which an unanswered request fails; default 10 000. */
  readonly requestTimeoutMs?: number;
  /** Opens a connection; for tunnels, and for tests that cut them. */
  readonly socketFactory?: ISocketFactory;
}

/**
 * One kafkajs client. Its own log lines go to debug: it prints an error for every retriable hiccup, while the
 * publisher and the subscriber log each change of state once.
 */
export function createKafkaClient(connection: KafkaConnection, log: BusLog): Kafka {
  return new kafkajs.Kafka({
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    connectionTimeout: 3_000,
    requestTimeout: connection.requestTimeoutMs ?? 10_000,
    enforceRequestTimeout: true,
    // Whoever uses the client repeats, with a pause that is told and logged; here a broker is tried twice.
    retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => (entry: LogEntry) => log.debug({ ...entry.log, namespace: entry.namespace }, entry.log.message),
    ...(connection.ssl === undefined ? {} : { ssl: connection.ssl }),
    ...(connection.socketFactory === undefined ? {} : { socketFactory: connection.socketFactory }),
  });
}
