import type { KafkaCertificate } from '@vienuviet/event-bus';
import { ServiceError } from './errors.ts';

/** Settings of a service process. Read once, in `main.ts`; nothing else looks at the environment. */
export interface ServiceConfig {
  readonly host: string;
  readonly port: number;
  /** Issuer of tokens and where its keys are. */
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly redisUrl: string;
  readonly logLevel: string;
  /** Everything else from the environment that a service of its own kind reads, e.g. the file of sample people. */
  readonly own: Readonly<Record<string, string>>;
}

/** Settings of a service that keeps tables of its own and has no events. */
export interface DatabaseConfig {
  /** The running service's role: reads and writes rows, owns nothing. */
  readonly writerUrl: string;
  /** Migrations and rebuilds of projections, which make database schemas. */
  readonly ownerUrl: string;
}

/** Settings of a service that has a store and is on the bus. */
export interface StoreConfig extends DatabaseConfig {
  /** The role of people with a BI tool; the service lends it to reports. */
  readonly readerUrl: string;
  readonly kafkaBrokers: readonly string[];
  /** How the service shows Kafka who it is; absent where a broker takes anybody, e.g. in tests. */
  readonly kafkaCertificate?: KafkaCertificate;
  /** Put before the names of topics and groups, so that copies can share a broker; empty in production. */
  readonly topicPrefix: string;
  /** Key of the HMAC of idempotent requests. */
  readonly commandHashKey: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads what every service needs; names all that is missing in one error. */
export function readServiceConfig(
  env: Environment,
  ownNames: readonly string[] = [],
  optionalNames: readonly string[] = [],
): ServiceConfig {
  const read = reader(env);
  const config = {
    host: env['HOST'] ?? '127.0.0.1',
    port: portOf(read('PORT')),
    issuer: read('ISSUER'),
    jwksUrl: read('JWKS_URL'),
    redisUrl: read('REDIS_URL'),
    logLevel: env['LOG_LEVEL'] ?? 'info',
    own: Object.fromEntries(
      [...ownNames, ...optionalNames.filter((name) => env[name])].map((name) => [name, read(name)]),
    ),
  };
  read.done();
  return config;
}

/** Reads what a service with tables of its own needs beside it. */
export function readDatabaseConfig(env: Environment): DatabaseConfig {
  const read = reader(env);
  const config = { writerUrl: read('DATABASE_URL'), ownerUrl: read('DATABASE_OWNER_URL') };
  read.done();
  return config;
}

/** Reads what a service with a store needs beside it. */
export function readStoreConfig(env: Environment): StoreConfig {
  const read = reader(env);
  const certificate = certificateOf(env);
  const config = {
    writerUrl: read('DATABASE_URL'),
    readerUrl: read('DATABASE_READER_URL'),
    ownerUrl: read('DATABASE_OWNER_URL'),
    kafkaBrokers: read('KAFKA_BROKERS').split(','),
    topicPrefix: env['TOPIC_PREFIX'] ?? '',
    commandHashKey: read('COMMAND_HASH_KEY'),
    ...(certificate === undefined ? {} : { kafkaCertificate: certificate }),
  };
  read.done();
  return config;
}

/** All three files or none: a service that forgot one would come in as nobody. */
function certificateOf(env: Environment): KafkaCertificate | undefined {
  const [authority, certificate, key] = [
    env['KAFKA_AUTHORITY_FILE'],
    env['KAFKA_CERTIFICATE_FILE'],
    env['KAFKA_KEY_FILE'],
  ];
  if (!authority && !certificate && !key) return undefined;
  if (authority && certificate && key) return { authority, certificate, key };
  throw new ServiceError(
    'configuration',
    'KAFKA_AUTHORITY_FILE, KAFKA_CERTIFICATE_FILE and KAFKA_KEY_FILE are set together or not at all',
  );
}

function reader(env: Environment) {
  const missing: string[] = [];
  const read = (name: string): string => {
    const value = env[name];
    if (!value) missing.push(name);
    return value ?? '';
  };
  read.done = () => {
    if (missing.length > 0)
      throw new ServiceError('configuration', `not set in the environment: ${missing.join(', ')}`);
  };
  return read;
}

function portOf(text: string): number {
  const port = Number(text || '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ServiceError('configuration', `PORT is not a port number: ${text}`);
  }
  return port;
}
