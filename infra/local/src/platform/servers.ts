import { startBroker } from '../kafka/broker.ts';
import { hasJars } from '../kafka/jars.ts';
import { startCluster } from '../postgres/cluster.ts';
import { oldestBinaries } from '../postgres/oldest.ts';
import { ensurePrerequisites } from '../prerequisites.ts';
import type { Supervisor } from '../processes/supervisor.ts';
import type { Progress } from '../progress.ts';
import { startRedis } from '../redis/server.ts';
import { type PortPlan, refuseTakenPorts } from './port-plan.ts';
import type { Secrets } from './secrets.ts';
import type { Servers } from './services.ts';
import type { Settings } from './settings.ts';

export interface RunningServers extends Servers {
  /** Listener with mutual TLS; only where Kafka is ours. */
  readonly kafkaPartner?: string;
}

/** Sessions of one instance of every service, with room for an operator. */
const CONNECTIONS_OF_INSTANCE = 120;

export const maxConnections = ({ instances }: Settings): number => 100 + CONNECTIONS_OF_INSTANCE * instances;

/** Starts the servers that the settings do not name, all at once. */
export async function startServers(options: {
  supervisor: Supervisor;
  settings: Settings;
  ports: PortPlan;
  secrets: Secrets;
  progress: Progress;
  /** PostgreSQL 15 instead of the packaged one, for tests. */
  oldestPostgres?: boolean;
}): Promise<RunningServers> {
  const { supervisor, settings, ports, secrets, progress } = options;
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
  const [kafka, postgresUrl, redisUrl] = await allSettledOrFirstError([
    external.kafkaBrokers
      ? { brokers: external.kafkaBrokers }
      : startBroker({
          supervisor,
          ports: {
            internal: ports.server('kafka'),
            partner: ports.server('kafkaPartner'),
            controller: ports.server('kafkaController'),
          },
          clusterId: secrets.kafkaClusterId,
          progress,
        }),
    external.postgresUrl ??
      startCluster({
        supervisor,
        port: ports.server('postgres'),
        password: secrets.postgres,
        durability: settings.durability,
        maxConnections: maxConnections(settings),
        progress,
        ...(options.oldestPostgres ? { binaries: (user) => oldestBinaries(user, progress) } : {}),
      }),
    external.redisUrl ?? startRedis({ supervisor, port: ports.server('redis'), progress }),
  ] as const);
  const partner = 'partner' in kafka ? { kafkaPartner: kafka.partner } : {};
  return { kafkaBrokers: kafka.brokers, postgresUrl, redisUrl, ...partner };
}

/** Waits for all, also when one fails, so that nothing is started behind the back of who clears up. */
async function allSettledOrFirstError<T extends readonly unknown[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as {
    -readonly [K in keyof T]: Awaited<T[K]>;
  };
}
