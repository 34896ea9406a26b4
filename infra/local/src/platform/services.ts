import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { derivedIndexKey, derivedSigningKey } from '@vienuviet/audit/keys';
import type { ServiceDatabaseUrls } from '@vienuviet/database';
import { certificateNameOf } from '../kafka/accounts.ts';
import { certificateFiles } from '../kafka/certificates.ts';
import { programEnvironment } from '../processes/program-environment.ts';
import type { ProcessToStart } from '../processes/supervisor.ts';
import { hasAccounts, redisUrlAs } from '../redis/accounts.ts';
import type { IdentitySettings } from './identity-settings.ts';
import { type PortPlan, SERVICE_PORTS, type ServiceName } from './port-plan.ts';
import type { Secrets } from './secrets.ts';
import { wrappingKeysFile } from './wrapping-keys.ts';

/** Services that keep something, each in a database of its own and with a second one for keys. */
export const SERVICES_WITH_STORE: readonly ServiceName[] = [
  'identity',
  'intake',
  'status-feed',
  'reporting',
  'partner-gateway',
];

export interface Servers {
  readonly kafkaBrokers: readonly string[];
  /** Folder with a certificate for each service; absent where Kafka is somebody else's. */
  readonly kafkaCertificates?: string;
  /** Of the administrator. */
  readonly postgresUrl: string;
  readonly redisUrl: string;
}

export interface ServiceDatabases {
  readonly main: ServiceDatabaseUrls;
  /** Nobody reads keys with a BI tool. */
  readonly keys: Omit<ServiceDatabaseUrls, 'readerUrl'>;
}

export interface ServiceContext {
  /** Top of the checkout. */
  readonly root: string;
  readonly dataFolder: string;
  readonly ports: PortPlan;
  /** Instances of each service. */
  readonly instances: number;
  readonly servers: Servers;
  readonly databases: ReadonlyMap<ServiceName, ServiceDatabases>;
  readonly secrets: Secrets;
  /** Who signs in how, where it is not as usual. */
  readonly identity: IdentitySettings;
  readonly logLevel: string;
  readonly topicPrefix: string;
}

export const mainFile = (root: string, service: ServiceName): string => join(root, 'services', service, 'src/main.ts');

/** The services of this checkout, in the order of their ports. */
export const servicesOf = (root: string): ServiceName[] =>
  SERVICE_PORTS.filter((name) => existsSync(mainFile(root, name)));

/** Name of a process: the service's own, with a number from the second instance on. */
export const instanceName = (service: ServiceName, instance: number): string =>
  instance === 1 ? service : `${service}-${instance}`;

export const addressOf = (ports: PortPlan, service: ServiceName, instance = 1): string =>
  `http://127.0.0.1:${ports.service(service, instance)}`;

/** What only one service reads. */
function ownEnvironment(context: ServiceContext, service: ServiceName): Record<string, string> {
  if (service === 'intake') {
    return {
      NODE_ENV: 'production',
      BLIND_INDEX_SECRET: context.secrets.blindIndexSecret,
      // The simulated day plays hours in seconds; 20 elsewhere.
      CLIENT_LOOKUPS_A_MINUTE: '5000',
    };
  }
  if (service !== 'identity') return { NODE_ENV: 'production' };
  const identityFolder = join(context.dataFolder, 'identity');
  const { CLIENT_FILES: ownClients, ...own } = context.identity;
  const sampleClients = join(context.root, 'services/identity/sample/clients.json');
  return {
    // In production there are no sample people, and nobody is given a token for a name.
    NODE_ENV: 'development',
    PEOPLE_FILES: join(context.root, 'packages/simulation/data/invented/people.json'),
    CLIENT_FILES: [sampleClients, ownClients].filter(Boolean).join(','),
    CLIENT_KEYS_FOLDER: join(identityFolder, 'client-keys'),
    SAMPLE_PASSWORD_FILE: join(identityFolder, 'sample-password'),
    // The simulated day signs a thousand people in from here.
    SIGN_IN_SHARED_ADDRESSES: '127.0.0.1',
    COOKIE_KEYS: context.secrets.cookieKey,
    KEY_SEAL_SECRET: context.secrets.keySealSecret,
    OPENAPI_ORIGINS: servicesOf(context.root)
      .flatMap((name) =>
        Array.from({ length: context.instances }, (_, index) => addressOf(context.ports, name, index + 1)),
      )
      .join(','),
    ...own,
  };
}

function certificateEnvironment({ kafkaCertificates }: Servers, service: ServiceName): Record<string, string> {
  if (kafkaCertificates === undefined || !SERVICES_WITH_STORE.includes(service)) return {};
  const name = certificateNameOf(kafkaCertificates, service);
  const { authority, certificate, key } = certificateFiles(kafkaCertificates, name);
  return { KAFKA_AUTHORITY_FILE: authority, KAFKA_CERTIFICATE_FILE: certificate, KAFKA_KEY_FILE: key };
}

/** The whole environment of a service process; nothing of the caller's gets in but what a program needs to run. */
export function serviceEnvironment(
  context: ServiceContext,
  service: ServiceName,
  instance: number,
): Record<string, string> {
  const { ports, servers, secrets } = context;
  const databases = context.databases.get(service);
  const issuer = addressOf(ports, 'identity');
  return {
    ...programEnvironment(),
    TZ: 'UTC',
    HOST: '127.0.0.1',
    PORT: `${ports.service(service, instance)}`,
    ISSUER: issuer,
    JWKS_URL: `${issuer}/jwks.json`,
    REDIS_URL: hasAccounts(servers.redisUrl)
      ? redisUrlAs(servers.redisUrl, secrets.databaseRoles, service)
      : servers.redisUrl,
    KAFKA_BROKERS: servers.kafkaBrokers.join(','),
    ...certificateEnvironment(servers, service),
    TOPIC_PREFIX: context.topicPrefix,
    LOG_LEVEL: context.logLevel,
    ...ownEnvironment(context, service),
    ...(databases
      ? {
          DATABASE_URL: databases.main.writerUrl,
          DATABASE_OWNER_URL: databases.main.ownerUrl,
          DATABASE_READER_URL: databases.main.readerUrl,
          KEY_DATABASE_URL: databases.keys.writerUrl,
          KEY_DATABASE_OWNER_URL: databases.keys.ownerUrl,
          WRAPPING_KEYS_FILE: wrappingKeysFile(context.dataFolder, service),
          COMMAND_HASH_KEY: secrets.commandHashKey,
          AUDIT_SIGNING_KEY: derivedSigningKey(secrets.auditKeys, service),
          AUDIT_INDEX_KEY: derivedIndexKey(secrets.auditKeys, service),
        }
      : {}),
  };
}

/** A service instance as the supervisor starts it. */
export function serviceProcess(context: ServiceContext, service: ServiceName, instance: number): ProcessToStart {
  return {
    name: instanceName(service, instance),
    command: process.execPath,
    args: [mainFile(context.root, service)],
    env: serviceEnvironment(context, service, instance),
    cwd: join(context.root, 'services', service),
    // Long polls end after 30 s by themselves; a service answers them early when it is asked to end.
    stop: { signal: 'SIGTERM', patience: 15_000 },
    rank: 1,
  };
}
