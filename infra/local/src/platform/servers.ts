import { allOrFirstError } from '../all-or-first-error.ts';
import { certificateFolder, startBroker } from '../kafka/broker.ts';
import { hasJars } from '../kafka/jars.ts';
import type { BrokerPlan } from '../kafka/server-properties.ts';
import { startCluster } from '../postgres/cluster.ts';
import { oldestBinaries } from '../postgres/oldest.ts';
import { ensurePrerequisites } from '../prerequisites.ts';
import type { Supervisor } from '../processes/supervisor.ts';
import type { Progress } from '../progress.ts';
import { startRedis } from '../redis/server.ts';
import { type PortPlan, refuseTakenPorts, SERVICE_PORTS } from './port-plan.ts';
import type { Secrets } from './secrets.ts';
import type { Servers } from './services.ts';
import type { Settings } from './settings.ts';

export interface RunningServers extends Servers {
  /** Listener with mutual TLS; only where Kafka is ours. */
  readonly kafkaPartner?: string;
}

/** Sessions of one instance of every service, with room for an operator. */
const CONNECTIONS_OF_INSTANCE = 120;

export interface ServerOptions {
  readonly supervisor: Supervisor;
  readonly settings: Settings;
  readonly ports: PortPlan;
  readonly secrets: Secrets;
  readonly progress: Progress;
  /** How Kafka takes the services; default by their certificates. */
  readonly kafkaListener?: BrokerPlan['internal'];
  /** PostgreSQL 15 instead of the packaged one, for tests. */
  readonly oldestPostgres?: boolean;
}

/** Brings the system packages and refuses ports that are taken, before anything is started. */
export async function prepareServers({ settings, ports, progress }: ServerOptions): Promise<void> {
  const { external } = settings;
  await ensurePrerequisites({ kafka: !external.kafkaBrokers, jars: !hasJars(), redis: !external.redisUrl }, progress);
  await refuseTakenPorts({
    ...(external.kafkaBrokers
      ? {}
      : {
          kafka: ports.server('kafka'),
          'Kafka for partners': ports.server('kafkaPartner'),
          "Kafka's controller": ports.server('kafkaController'),
        }),
    ...(external.postgresUrl ? {} : { PostgreSQL: ports.server('postgres') }),
    ...(external.redisUrl ? {} : { Redis: ports.server('redis') }),
  });
}

/** Where Kafka is; with the folder of its certificates where it is ours and takes nobody without one. */
export interface KafkaServer {
  readonly brokers: readonly string[];
  readonly partner?: string;
  readonly certificates?: string;
}

/** Kafka, ours or the one that the settings name. */
export async function ensureKafka(options: ServerOptions): Promise<KafkaServer> {
  const { supervisor, settings, ports, progress } = options;
  const { kafkaBrokers } = settings.external;
  if (kafkaBrokers) return { brokers: kafkaBrokers };
  const internal = options.kafkaListener ?? 'certificates';
  const broker = await startBroker({
    supervisor,
    ports: {
      internal: ports.server('kafka'),
      partner: ports.server('kafkaPartner'),
      controller: ports.server('kafkaController'),
    },
    internal,
    life: settings.durability === 'fast' ? 'short' : 'long',
    progress,
  });
  return internal === 'plaintext' ? broker : { ...broker, certificates: certificateFolder(supervisor.dataFolder) };
}

/** PostgreSQL, ours or the one that the settings name: the administrator's address. */
export async function ensurePostgres(options: ServerOptions): Promise<string> {
  const { supervisor, settings, ports, secrets, progress } = options;
  return (
    settings.external.postgresUrl ??
    startCluster({
      supervisor,
      port: ports.server('postgres'),
      password: secrets.postgres,
      durability: settings.durability,
      maxConnections: 100 + CONNECTIONS_OF_INSTANCE * settings.instances,
      progress,
      ...(options.oldestPostgres ? { binaries: (user) => oldestBinaries(user, progress) } : {}),
    })
  );
}

/** Redis, ours or the one that the settings name. */
export async function ensureRedis({ supervisor, settings, ports, secrets, progress }: ServerOptions): Promise<string> {
  const { redisUrl } = settings.external;
  if (redisUrl) return redisUrl;
  const port = ports.server('redis');
  return startRedis({ supervisor, port, secret: secrets.databaseRoles, services: SERVICE_PORTS, progress });
}

/** Starts the servers that the settings do not name, all at once. */
export async function startServers(options: ServerOptions): Promise<RunningServers> {
  await prepareServers(options);
  const [kafka, postgresUrl, redisUrl] = await allOrFirstError([
    ensureKafka(options),
    ensurePostgres(options),
    ensureRedis(options),
  ] as const);
  return {
    ...{ kafkaBrokers: kafka.brokers, postgresUrl, redisUrl },
    ...(kafka.partner ? { kafkaPartner: kafka.partner } : {}),
    ...(kafka.certificates ? { kafkaCertificates: kafka.certificates } : {}),
  };
}
