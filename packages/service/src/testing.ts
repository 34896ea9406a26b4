import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { derivedSigningKey } from '@vienuviet/audit/keys';
import { createKafkaPublisher, createMissingTopics, type EventPublisher } from '@vienuviet/event-bus';
import { createTestIssuer, type TestIssuer } from '@vienuviet/http/testing';
import { withNewKey } from '@vienuviet/privacy';
import { codec, topicOf, topics } from '@vienuviet/schemas';
import { type TestDatabase, testDatabase, testInfrastructure, topicPrefix } from '@vienuviet/testing';
import type { Contracts } from './bus.ts';
import type { AuditConfig, KeyConfig, ServiceConfig, StoreConfig } from './config.ts';
import type { ServiceDefinition } from './definition.ts';
import { keyMigrationSets, migrateService, migrationSetsOf } from './migrations.ts';
import { type RunningStoreService, startService } from './start.ts';

/** Keys of the audit, for tests. */
export const testAuditKeys = (service: string): AuditConfig => ({
  signingKey: derivedSigningKey('a secret of tests', service),
  indexKey: 'an index key of tests, at least 32 bytes',
});

export { erasureStream } from './erasure/erasure-reaction.ts';
export { keyAccess, operatorAccess } from './operations/access-examples.ts';

/** A service on the real servers, with a database, topics and an issuer of the test file's own. */
export interface TestService {
  readonly database: TestDatabase;
  /** Of its keys, where the service keeps personal data. */
  readonly keyDatabase: TestDatabase | undefined;
  readonly issuer: TestIssuer;
  readonly topicPrefix: string;
  readonly config: ServiceConfig;
  readonly storeConfig: StoreConfig;
  /** The instance that was started first. */
  readonly service: RunningStoreService;
  /** Starts one more instance on the same database and topics. */
  another(): Promise<RunningStoreService>;
  /** Puts messages on the topics as another service's relay would. */
  readonly publisher: EventPublisher;
  close(): Promise<void>;
}

export interface TestServiceOptions {
  readonly clock?: () => Date;
  readonly contracts?: Contracts;
  /** Values for the environment variables that the definition names. */
  readonly own?: Readonly<Record<string, string>>;
}

const committed: Contracts = { codec, topicOf, topics };

/** Starts a service for a test file; `close` ends all its instances and takes the database away. */
export async function startTestService(
  definition: ServiceDefinition,
  { clock, contracts = committed, own = {} }: TestServiceOptions = {},
): Promise<TestService> {
  const { kafkaBrokers, redisUrl } = testInfrastructure();
  const prefix = topicPrefix();
  const issuer = await createTestIssuer();
  const database = await testDatabase({ service: definition.name, sets: migrationSetsOf(definition) });
  const keys = definition.personalData ? await testKeys(definition.name) : undefined;
  const config = {
    host: '127.0.0.1',
    port: 0,
    issuer: issuer.auth.issuer,
    jwksUrl: 'http://issuer.test/jwks.json',
    redisUrl,
    logLevel: 'silent',
    own,
  };
  const storeConfig = {
    writerUrl: database.writerUrl,
    readerUrl: database.readerUrl,
    ownerUrl: database.ownerUrl,
    kafkaBrokers,
    topicPrefix: prefix,
    commandHashKey: 'a key of tests, at least 32 bytes long',
    audit: testAuditKeys(definition.name),
    ...(keys === undefined ? {} : { keys: keys.config }),
  };
  const connection = { brokers: kafkaBrokers, clientId: 'test', topicPrefix: prefix };
  const publisher = createKafkaPublisher(connection);
  const running: RunningStoreService[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.map((instance) => instance.close()));
    await publisher.close();
    await database.drop();
    await keys?.drop();
  };
  const start = async (): Promise<RunningStoreService> => {
    const options = { contracts, auth: issuer.auth, ...(clock === undefined ? {} : { clock }) };
    const service = await startService(definition, config, storeConfig, options);
    running.push(service);
    return service;
  };
  try {
    await migrateService(definition, storeConfig);
    await createMissingTopics(connection, contracts.topics);
    const service = await start();
    const keyDatabase = keys?.database;
    return {
      database,
      keyDatabase,
      issuer,
      topicPrefix: prefix,
      config,
      storeConfig,
      service,
      another: start,
      publisher,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A key database and a file of wrapping keys of a test file's own. */
async function testKeys(service: string) {
  const database = await testDatabase({ service, sets: keyMigrationSets });
  const folder = mkdtempSync(join(tmpdir(), 'wrapping-keys-'));
  const wrappingKeysFile = join(folder, 'wrapping-keys.json');
  writeFileSync(wrappingKeysFile, withNewKey(undefined, 'test'));
  const config: KeyConfig = { writerUrl: database.writerUrl, wrappingKeysFile };
  const drop = async (): Promise<void> => {
    rmSync(folder, { recursive: true });
    await database.drop();
  };
  return { database, config, drop };
}
