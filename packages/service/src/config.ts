import { readFileSync } from 'node:fs';
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
  /** Addresses and networks of proxies before the service that are believed who calls; default none. */
  readonly trustedProxies?: readonly string[];
  /** Everything else from the environment that a service of its own kind reads, e.g. the file of sample people. */
  readonly own: Readonly<Record<string, string>>;
}

/** Settings of a service that has a store and is on the bus. */
export interface StoreConfig {
  /** The running service's role: reads and writes rows, owns nothing. */
  readonly writerUrl: string;
  /** Migrations and rebuilds of projections, which make database schemas. */
  readonly ownerUrl: string;
  /** The role of people with a BI tool; the service lends it to reports. */
  readonly readerUrl: string;
  readonly kafkaBrokers: readonly string[];
  /** How the service shows Kafka who it is; absent where a broker takes anybody, e.g. in tests. */
  readonly kafkaCertificate?: KafkaCertificate;
  /** Put before the names of topics and groups, so that copies can share a broker; empty in production. */
  readonly topicPrefix: string;
  /** Key of the HMAC of idempotent requests. */
  readonly commandHashKey: string;
  readonly audit: AuditConfig;
  /** Of a service that keeps personal data. */
  readonly keys?: KeyConfig;
}

/** Keys of the audit, as text. */
export interface AuditConfig {
  /** Signs checkpoints: base64 of an Ed25519 private key in PKCS#8. */
  readonly signingKey: string;
  /** By which the records of a person are found; at least 32 bytes. Another one finds none of the older records. */
  readonly indexKey: string;
}

/** The key database of a service, and the file of the keys that wrap what is in it. */
export interface KeyConfig {
  readonly writerUrl: string;
  readonly wrappingKeysFile: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads what every service needs; names all that is missing in one error. Each value may lie in a file instead, named
 * by the same variable with `_FILE` behind it.
 */
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
    redisUrl: addressOf('REDIS_URL', read('REDIS_URL'), /^rediss?:$/),
    logLevel: env['LOG_LEVEL'] ?? 'info',
    trustedProxies: listOf(env['TRUSTED_PROXIES']),
    own: Object.fromEntries(
      [...ownNames, ...optionalNames.filter((name) => env[name] || env[`${name}_FILE`])].map((name) => [
        name,
        read(name),
      ]),
    ),
  };
  read.done();
  return config;
}

/** What a migration needs. */
export interface OwnerUrls {
  readonly ownerUrl: string;
  /** Of the key database, where the service keeps personal data. */
  readonly keyOwnerUrl?: string;
}

/** Reads what a migration needs. */
export function readOwnerUrls(env: Environment, { personalData }: PersonalData): OwnerUrls {
  const read = reader(env);
  const config = {
    ownerUrl: databaseUrl('DATABASE_OWNER_URL', read),
    ...(personalData ? { keyOwnerUrl: databaseUrl('KEY_DATABASE_OWNER_URL', read) } : {}),
  };
  read.done();
  return config;
}

/** Whether a service keeps personal data: then it has keys. */
interface PersonalData {
  readonly personalData?: boolean | undefined;
}

/** Reads what a service with a store needs beside it. */
export function readStoreConfig(env: Environment, { personalData }: PersonalData): StoreConfig {
  const read = reader(env);
  const certificate = certificateOf(env);
  const config = {
    writerUrl: databaseUrl('DATABASE_URL', read),
    readerUrl: databaseUrl('DATABASE_READER_URL', read),
    ownerUrl: databaseUrl('DATABASE_OWNER_URL', read),
    kafkaBrokers: read('KAFKA_BROKERS').split(','),
    topicPrefix: env['TOPIC_PREFIX'] ?? '',
    commandHashKey: read('COMMAND_HASH_KEY'),
    audit: { signingKey: read('AUDIT_SIGNING_KEY'), indexKey: read('AUDIT_INDEX_KEY') },
    ...(certificate === undefined ? {} : { kafkaCertificate: certificate }),
    ...(personalData
      ? {
          keys: {
            writerUrl: databaseUrl('KEY_DATABASE_URL', read),
            // A file alone: it is read again while the service runs, when the keys are changed.
            wrappingKeysFile: read('WRAPPING_KEYS_FILE'),
          },
        }
      : {}),
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
    const value = env[name] || contentOf(`${name}_FILE`, env);
    if (!value) missing.push(name);
    return value ?? '';
  };
  read.done = () => {
    if (missing.length > 0)
      throw new ServiceError('configuration', `not set in the environment: ${missing.join(', ')}`);
  };
  return read;
}

/** What a file holds that a variable names, without the line's end. */
function contentOf(name: string, env: Environment): string | undefined {
  const file = env[name];
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new ServiceError('configuration', `${name} names a file that cannot be read`, { cause });
  }
}

const databaseUrl = (name: string, read: (name: string) => string): string =>
  addressOf(name, read(name), /^postgres(ql)?:$/);

/** The value is not repeated in the message, and nobody else gets to see it: it may hold a password. */
function addressOf(name: string, text: string, protocol: RegExp): string {
  if (text === '' || (URL.canParse(text) && protocol.test(new URL(text).protocol))) return text;
  throw new ServiceError(
    'configuration',
    `${name} is not an address of that kind of server; signs like / # @ in a password are written as %2F %23 %40`,
  );
}

const listOf = (text = ''): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

function portOf(text: string): number {
  const port = Number(text || '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ServiceError('configuration', `PORT is not a port number: ${text}`);
  }
  return port;
}
