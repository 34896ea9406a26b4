import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestIssuer, type TestIssuer } from '@vienuviet/http/testing';
import { type TestDatabase, testDatabase, testInfrastructure, topicPrefix } from '@vienuviet/testing';
import type { ServiceDefinition } from '../definition.ts';
import { migrateService, migrationSetsOf } from '../migrations.ts';
import { type RunningStoreService, type StartOptions, startService } from '../start.ts';
import { testTopics } from './test-topics.ts';

/** Everything that a service needs to run in a test: a database, topics and an issuer of the test's own. */
export interface ServiceBed {
  readonly database: TestDatabase;
  readonly prefix: string;
  readonly issuer: TestIssuer;
  /** Starts an instance on a free port; several share the database, the topics and Redis. `drop` stops them. */
  start(options?: StartOptions & { readonly redisUrl?: string }): Promise<RunningStoreService>;
  drop(): Promise<void>;
}

/** Makes the bed of a service, migrated, with no instance running yet. */
export async function serviceBed(definition: ServiceDefinition): Promise<ServiceBed> {
  const { kafkaBrokers, redisUrl } = testInfrastructure();
  const prefix = topicPrefix();
  const deleteTopics = await testTopics(prefix);
  const database = await testDatabase({ service: definition.name, sets: migrationSetsOf(definition) });
  await migrateService(definition, database);
  const issuer = await createTestIssuer();
  const keys = await serveKeys(issuer);
  const running: RunningStoreService[] = [];
  return {
    database,
    prefix,
    issuer,
    async start({ redisUrl: otherRedis, ...options } = {}) {
      const config = {
        host: '127.0.0.1',
        port: 0,
        issuer: issuer.auth.issuer,
        jwksUrl: keys.url,
        redisUrl: otherRedis ?? redisUrl,
        logLevel: 'fatal',
        own: {},
      };
      const storeConfig = {
        writerUrl: database.writerUrl,
        readerUrl: database.readerUrl,
        ownerUrl: database.ownerUrl,
        kafkaBrokers: [...kafkaBrokers],
        topicPrefix: prefix,
        commandHashKey: 'a key of the tests, long enough for an HMAC',
      };
      const service = await startService(definition, config, storeConfig, options);
      running.push(service);
      return service;
    },
    async drop() {
      await Promise.all(running.map((service) => service.close()));
      keys.close();
      await database.drop();
      await deleteTopics();
    },
  };
}

/** Serves the issuer's public key, as a provider would. */
async function serveKeys({ publicKey }: TestIssuer): Promise<{ url: string; close(): void }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: [publicKey] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/jwks`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
