import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMissingTopics } from '@vienuviet/event-bus';
import { topics } from '@vienuviet/schemas';
import {
  migrateService,
  migrationSetsOf,
  type RunningStoreService,
  type ServiceConfig,
  type StartOptions,
  type StoreConfig,
  startService,
} from '@vienuviet/service';
import { testAuditKeys } from '@vienuviet/service/testing';
import { type TestDatabase, testDatabase, testInfrastructure, topicPrefix } from '@vienuviet/testing';
import type { JWK } from 'jose';
import { identity } from '../service.ts';

export const peopleFile = join(import.meta.dirname, '../../../../packages/simulation/data/invented/people.json');
export const clientsFile = join(import.meta.dirname, '../../sample/clients.json');

/** The origin of the OpenAPI pages of tests; nothing answers there. */
export const openApiOrigin = 'http://127.0.0.1:7499';

/** Identity on the real servers, with a database and a folder of the test file's own, at its issuer's address. */
export interface RunningIdentity {
  readonly issuer: string;
  readonly folder: string;
  readonly database: TestDatabase;
  readonly service: RunningStoreService;
  readonly storeConfig: StoreConfig;
  config(own?: Record<string, string | undefined>, port?: number): ServiceConfig;
  /** One more instance on the same database; `own` replaces settings. */
  start(config?: ServiceConfig, options?: StartOptions): Promise<RunningStoreService>;
  password(): Promise<string>;
  clientKey(name: string): Promise<JWK>;
  close(): Promise<void>;
}

export async function runIdentity(own: Record<string, string | undefined> = {}): Promise<RunningIdentity> {
  const folder = await mkdtemp(join(tmpdir(), 'identity-'));
  const database = await testDatabase({ service: 'identity', sets: migrationSetsOf(identity) });
  const { kafkaBrokers } = testInfrastructure();
  const storeConfig: StoreConfig = {
    ...{ writerUrl: database.writerUrl, readerUrl: database.readerUrl, ownerUrl: database.ownerUrl },
    ...{ kafkaBrokers, topicPrefix: topicPrefix(), commandHashKey: 'a key of tests, at least 32 bytes long' },
    audit: testAuditKeys('identity'),
  };
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const running = new Set<RunningStoreService>();
  const config: RunningIdentity['config'] = (more = {}, at = 0) => ({
    host: '127.0.0.1',
    port: at,
    issuer,
    jwksUrl: `${issuer}/jwks.json`,
    redisUrl: testInfrastructure().redisUrl,
    logLevel: process.env['IDENTITY_TEST_LOG'] ?? 'silent',
    own: Object.fromEntries(
      Object.entries({
        NODE_ENV: 'development',
        COOKIE_KEYS: 'a cookie key of at least 32 characters',
        KEY_SEAL_SECRET: 'a seal secret of at least 32 characters',
        PEOPLE_FILES: peopleFile,
        CLIENT_FILES: clientsFile,
        CLIENT_KEYS_FOLDER: join(folder, 'client-keys'),
        SAMPLE_PASSWORD_FILE: join(folder, 'sample-password'),
        OPENAPI_ORIGINS: openApiOrigin,
        ...own,
        ...more,
      }).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  });
  const start: RunningIdentity['start'] = async (wanted = config(), options = {}) => {
    const started = await startService(identity, wanted, storeConfig, options);
    const service = {
      ...started,
      close: async () => {
        running.delete(service);
        await started.close();
      },
    };
    running.add(service);
    return service;
  };
  const close = async () => {
    await Promise.all([...running].map((service) => service.close()));
    await database.drop();
    await rm(folder, { recursive: true });
  };
  try {
    const ours = topics.filter(({ owner }) => owner === identity.name);
    await Promise.all([
      migrateService(identity, storeConfig),
      createMissingTopics({ brokers: kafkaBrokers, clientId: 'test', topicPrefix: storeConfig.topicPrefix }, ours),
    ]);
    const service = await start(config({}, port));
    return {
      ...{ issuer, folder, database, service, storeConfig, config, start, close },
      password: async () => (await readFile(join(folder, 'sample-password'), 'utf8')).trim(),
      clientKey: async (name) => JSON.parse(await readFile(join(folder, `client-keys/${name}.json`), 'utf8')) as JWK,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The provider names its issuer's address in what it answers, so the port is known before the start. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
