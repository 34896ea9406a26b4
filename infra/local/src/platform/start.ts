import { derivedSigningKey, publicKeyText, readSigningKey } from '@vienuviet/audit/keys';
import { topics } from '@vienuviet/schemas';
import { allOrFirstError } from '../all-or-first-error.ts';
import { LocalError } from '../errors.ts';
import { ensureAccess, operatorConnection, REPLAYER } from '../kafka/access.ts';
import { certificateNameOf } from '../kafka/accounts.ts';
import { certificateFiles, issueCertificate } from '../kafka/certificates.ts';
import { OPERATOR } from '../kafka/server-properties.ts';
import { ensureTopics } from '../kafka/topics.ts';
import type { Supervisor } from '../processes/supervisor.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { untilReady } from '../until-ready.ts';
import { ensureDatabases } from './databases.ts';
import { type Endpoints, writeEndpoints } from './endpoints.ts';
import { healthOf } from './health.ts';
import { portPlan, refuseTakenPorts, type ServiceName } from './port-plan.ts';
import { ensureSecrets, type Secrets } from './secrets.ts';
import {
  ensureKafka,
  ensurePostgres,
  ensureRedis,
  type KafkaServer,
  prepareServers,
  type RunningServers,
} from './servers.ts';
import {
  addressOf,
  instanceName,
  mainFile,
  SERVICES_WITH_STORE,
  type ServiceContext,
  serviceEnvironment,
  serviceProcess,
  servicesOf,
} from './services.ts';
import type { Settings } from './settings.ts';
import { ensureWrappingKeys, wrappingKeysFile } from './wrapping-keys.ts';

export interface Platform {
  readonly supervisor: Supervisor;
  readonly endpoints: Endpoints;
  readonly services: readonly ServiceName[];
  readonly context: ServiceContext;
}

export interface StartOptions {
  readonly supervisor: Supervisor;
  readonly settings: Settings;
  /** Top of the checkout. */
  readonly root: string;
  readonly progress: Progress;
  readonly logLevel?: string;
  readonly topicPrefix?: string;
}

/**
 * Starts the servers and every service of one copy and waits until all are ready. The caller holds the lock of the
 * data folder and has cleared up. The caller stops
 * what was started when something fails.
 */
export async function startPlatform(options: StartOptions): Promise<Platform> {
  const { supervisor, settings, root, progress } = options;
  const ports = portPlan(settings.portBase, settings.instances);
  const secrets = ensureSecrets(settings.dataFolder);
  const services = servicesOf(root);
  await refuseTakenPorts(
    Object.fromEntries(
      everyInstance(services, settings.instances).map(([service, instance]) => [
        instanceName(service, instance),
        ports.service(service, instance),
      ]),
    ),
  );
  const server = { supervisor, settings, ports, secrets, progress };
  await prepareServers(server);
  const withStore = services.filter((service) => SERVICES_WITH_STORE.includes(service));
  const topicPrefix = options.topicPrefix ?? '';

  const makeTopics = async () => {
    const kafka = await ensureKafka(server);
    await progress.step('topics', () => prepareKafka(kafka, topicPrefix, withStore));
    return kafka;
  };
  const makeDatabases = async () => {
    const postgresUrl = await ensurePostgres(server);
    const databases = await progress.step('databases', () =>
      ensureDatabases({
        ...{ services: withStore, postgresUrl, password: secrets.databaseRoles },
        warn: (text) => progress.say(text),
      }),
    );
    // A migration looks at nothing but the database: Kafka and Redis may still be starting.
    const context = contextWith({ kafkaBrokers: ['-'], postgresUrl, redisUrl: '-' }, databases);
    await progress.step('migrations', () => Promise.all(withStore.map((service) => migrateService(context, service))));
    return { postgresUrl, databases };
  };
  const contextWith = (servers: RunningServers, databases: ServiceContext['databases']): ServiceContext => ({
    ...{
      root,
      dataFolder: settings.dataFolder,
      ports,
      instances: settings.instances,
      servers,
      databases,
      secrets,
      identity: settings.identity ?? {},
      topicPrefix,
    },
    logLevel: options.logLevel ?? 'info',
  });
  const [kafka, { postgresUrl, databases }, redisUrl] = await allOrFirstError([
    makeTopics(),
    makeDatabases(),
    ensureRedis(server),
  ] as const);
  const servers: RunningServers = {
    ...{ kafkaBrokers: kafka.brokers, postgresUrl, redisUrl },
    ...(kafka.partner ? { kafkaPartner: kafka.partner } : {}),
    ...(kafka.certificates ? { kafkaCertificates: kafka.certificates } : {}),
  };
  const context = contextWith(servers, databases);
  await progress.step('services', async (note) => {
    let ready = 0;
    const all = everyInstance(services, settings.instances);
    await Promise.all(
      all.map(async ([service, instance]) => {
        await startInstance(supervisor, context, service, instance);
        note(`${++ready} of ${all.length} ready`);
      }),
    );
  });
  const endpoints = endpointsOf(context, services, servers, settings.instances);
  writeEndpoints(settings.dataFolder, endpoints);
  return { supervisor, endpoints, services, context };
}

const everyInstance = (services: readonly ServiceName[], instances: number): [ServiceName, number][] =>
  services.flatMap((service) =>
    Array.from({ length: instances }, (_, index): [ServiceName, number] => [service, index + 1]),
  );

/** Topics, and on a Kafka of ours a certificate for each service and what it may do. */
async function prepareKafka(
  { brokers, certificates }: KafkaServer,
  topicPrefix: string,
  services: readonly ServiceName[],
): Promise<void> {
  if (certificates === undefined) {
    await ensureTopics({ brokers, clientId: 'local-operator', topicPrefix }, topics);
    return;
  }
  const [connection] = await Promise.all([
    operatorConnection(brokers, certificates, topicPrefix),
    ...[...services, REPLAYER].map((account) =>
      issueCertificate(certificates, certificateNameOf(certificates, account)),
    ),
  ]);
  await ensureTopics(connection, topics);
  await ensureAccess(connection, topics, certificates);
}

async function migrateService(context: ServiceContext, service: ServiceName): Promise<void> {
  if (context.databases.has(service)) ensureWrappingKeys(context.dataFolder, service);
  await runCommand(process.execPath, [mainFile(context.root, service), 'migrate'], {
    env: serviceEnvironment(context, service, 1),
    cwd: context.root,
  }).catch((cause: Error) => {
    throw new LocalError('command_failed', `the database of ${service} could not be migrated. ${cause.message}`, {
      cause,
    });
  });
}

/** Starts one instance of a service and waits until it says that it is ready. */
export async function startInstance(
  supervisor: Supervisor,
  context: ServiceContext,
  service: ServiceName,
  instance: number,
): Promise<void> {
  const address = addressOf(context.ports, service, instance);
  const started = await supervisor.start(serviceProcess(context, service, instance));
  await untilReady({ process: started, seconds: 90, ready: async () => (await healthOf(address)).ready });
}

function endpointsOf(
  context: ServiceContext,
  services: readonly ServiceName[],
  servers: RunningServers,
  instances: number,
): Endpoints {
  const { ports, databases } = context;
  const addresses = (service: ServiceName) =>
    Array.from({ length: instances }, (_, index) => addressOf(ports, service, index + 1));
  return {
    ...Object.fromEntries(services.map((service) => [service, addressOf(ports, service)])),
    kafka: servers.kafkaBrokers.join(','),
    ...(servers.kafkaPartner ? { kafkaPartner: servers.kafkaPartner } : {}),
    ...(servers.kafkaCertificates ? certificatesIn(servers.kafkaCertificates) : {}),
    schemaRegistry: addressOf(ports, 'schema-registry'),
    postgres: Object.fromEntries(
      [...databases].map(([service, { main, keys }]) => [
        service,
        { main: main.ownerUrl, keys: keys.ownerUrl, reader: main.readerUrl },
      ]),
    ),
    wrappingKeys: Object.fromEntries(
      [...databases.keys()].map((service) => [service, wrappingKeysFile(context.dataFolder, service)]),
    ),
    auditKeys: Object.fromEntries(
      [...databases.keys()].map((service) => [service, auditPublicKey(context.secrets, service)]),
    ),
    redis: servers.redisUrl,
    issuer: addressOf(ports, 'identity'),
    instances: Object.fromEntries(services.map((service) => [service, addresses(service)])),
    topicPrefix: context.topicPrefix,
  };
}

const auditPublicKey = ({ auditKeys }: Secrets, service: ServiceName): string =>
  publicKeyText(readSigningKey(derivedSigningKey(auditKeys, service)));

function certificatesIn(folder: string): Pick<Endpoints, 'kafkaClient' | 'kafkaOperator'> {
  const filesOf = (name: string) => {
    const { authority, certificate, key } = certificateFiles(folder, name);
    return { authority, certificate, key };
  };
  return { kafkaClient: filesOf(certificateNameOf(folder, REPLAYER)), kafkaOperator: filesOf(OPERATOR) };
}
