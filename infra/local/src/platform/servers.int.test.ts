import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessOf, applyAccess, kafkaSsl, type TopicSettings } from '@vienuviet/event-bus';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorConnection } from '../kafka/access.ts';
import { answersAt, certificateFolder } from '../kafka/broker.ts';
import { certificateFiles, ensureBrokerCertificate, issueCertificate } from '../kafka/certificates.ts';
import { ensureTopics } from '../kafka/topics.ts';
import { identityOf, isRunning, signal } from '../processes/identity.ts';
import { createSupervisor, type Supervisor } from '../processes/supervisor.ts';
import { silent } from '../progress.ts';
import { answersPing } from '../redis/server.ts';
import { clearUp, throwAwayData } from './clear-up.ts';
import { freePortBase, type PortPlan, portPlan } from './port-plan.ts';
import { ensureSecrets } from './secrets.ts';
import { ensureKafka, type RunningServers, startServers } from './servers.ts';

/** Servers of this file's own, since it kills them. */
let dataFolder: string;
let ports: PortPlan;
let supervisor: Supervisor;
let servers: RunningServers;

async function start(): Promise<void> {
  supervisor = createSupervisor({ dataFolder, plan: 'test', watched: identityOf(process.pid)! });
  servers = await startServers({
    ...{ supervisor, ports, secrets: ensureSecrets(dataFolder), progress: silent },
    settings: { dataFolder, portBase: ports.base, instances: 1, external: {}, durability: 'safe' },
  });
}

beforeAll(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'servers-'));
  await chmod(dataFolder, 0o755);
  ports = portPlan(await freePortBase(30));
  await start();
  await issueCertificate(servers.kafkaCertificates!, 'operator');
}, 120_000);

afterAll(async () => {
  await clearUp(dataFolder);
  throwAwayData(dataFolder);
  rmSync(dataFolder, { recursive: true });
});

const client = (options: Partial<kafkajs.KafkaConfig> = {}) =>
  new kafkajs.Kafka({
    ...{ brokers: [...servers.kafkaBrokers], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 2 } },
    ...{ ssl: kafkaSsl(certificateFiles(servers.kafkaCertificates!, 'operator')) },
    ...options,
  });

async function withAdmin<T>(kafka: kafkajs.Kafka, work: (admin: kafkajs.Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

const clusterId = async (): Promise<string> =>
  (await withAdmin(client(), (admin) => admin.describeCluster())).clusterId;

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const session = new pg.Client({ connectionString: servers.postgresUrl });
  await session.connect();
  try {
    return (await session.query(sql)).rows;
  } finally {
    await session.end();
  }
}

describe('topics', () => {
  const plan: TopicSettings = { name: 'intake.case', partitions: 3, retentionMs: -1, cleanupPolicy: 'delete' };
  const ensure = async (topics: TopicSettings[]) =>
    ensureTopics(await operatorConnection(servers.kafkaBrokers, servers.kafkaCertificates!, ''), topics);

  test('are made where they are missing and left alone where they are as they should be', async () => {
    expect(await ensure([plan])).toEqual(['intake.case']);
    expect(await ensure([plan])).toEqual([]);
    expect(await ensure([])).toEqual([]);
  });

  test('are refused with every difference named', async () => {
    const other = { ...plan, partitions: 6, retentionMs: 1_000 };
    await expect(ensure([other])).rejects.toMatchObject({
      code: 'topic_mismatch',
      message:
        "Kafka's topics are not those of topics.json: " +
        'intake.case has 3 partitions, not 6; intake.case has retention.ms -1, not 1000',
    });
  });

  test('are not made by writing to them', async () => {
    const producer = client({ retry: { retries: 4 } }).producer({ allowAutoTopicCreation: true });
    await producer.connect();
    await expect(producer.send({ topic: 'never.declared', messages: [{ value: 'x' }] })).rejects.toThrow();
    await producer.disconnect();
    expect(await withAdmin(client(), (admin) => admin.listTopics())).not.toContain('never.declared');
  });
});

describe('the access lists', () => {
  const topics = [
    { name: 'access.orders', owner: 'shop', readers: ['kitchen'] },
    { name: 'access.meals', owner: 'kitchen', readers: [] },
  ];
  const ours = (principal: string): boolean => ['shop', 'kitchen'].includes(principal);
  const apply = async (wanted = accessOf(topics)) =>
    applyAccess(await operatorConnection(servers.kafkaBrokers, servers.kafkaCertificates!, ''), wanted, ours);
  const as = async (name: string) => {
    const ssl = kafkaSsl(await issueCertificate(servers.kafkaCertificates!, name));
    return client({ ssl });
  };
  /** Kafka's name of an error, or of what caused it. */
  const typeOf = (error: unknown): string => {
    const { type, cause, message } = error as { type?: string; cause?: unknown; message?: string };
    return type ?? (cause === undefined ? String(message) : typeOf(cause));
  };
  const write = async (name: string, topic: string): Promise<string> => {
    const producer = (await as(name)).producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
    await producer.connect();
    try {
      await producer.send({ topic, acks: -1, messages: [{ value: 'x' }] });
      return 'written';
    } catch (error) {
      return typeOf(error);
    } finally {
      await producer.disconnect();
    }
  };
  const tryToRead = async (name: string, topic: string, groupId: string): Promise<string> => {
    const consumer = (await as(name)).consumer({ groupId, retry: { retries: 5, restartOnFailure: async () => false } });
    const outcome = Promise.withResolvers<string>();
    consumer.on(consumer.events.CRASH, ({ payload }) => outcome.resolve(typeOf(payload.error)));
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ eachMessage: async () => outcome.resolve('read') });
      return await outcome.promise;
    } catch (error) {
      return typeOf(error);
    } finally {
      await consumer.disconnect();
    }
  };

  /** A broker that has just started loads its groups first. */
  const read = async (...what: Parameters<typeof tryToRead>): Promise<string> => {
    for (;;) {
      const outcome = await tryToRead(...what);
      if (outcome !== 'GROUP_LOAD_IN_PROGRESS') return outcome;
    }
  };

  beforeAll(async () => {
    await withAdmin(client(), (admin) =>
      admin.createTopics({ topics: topics.map(({ name }) => ({ topic: name, numPartitions: 1 })) }),
    );
    await apply();
  });

  test('let the owner alone write a topic', async () => {
    expect(await write('shop', 'access.orders')).toBe('written');
    expect(await write('kitchen', 'access.orders')).toBe('TOPIC_AUTHORIZATION_FAILED');
    expect(await write('stranger', 'access.orders')).toMatch(/AUTHORIZATION_FAILED|not authorized/i);
  });

  test('let its readers alone read it, in groups of their own', async () => {
    expect(await read('kitchen', 'access.orders', 'kitchen.meals')).toBe('read');
    // kafkajs says of a group that is not ours only that it has no coordinator.
    expect(await read('kitchen', 'access.orders', 'shop.orders')).toMatch(
      /GROUP_AUTHORIZATION_FAILED|group coordinator/,
    );
    expect(await read('stranger', 'access.orders', 'stranger.x')).toMatch(
      /AUTHORIZATION_FAILED|not authorized|group coordinator/i,
    );
    expect(await write('kitchen', 'access.meals')).toBe('written');
    expect(await read('shop', 'access.meals', 'shop.meals')).toBe('TOPIC_AUTHORIZATION_FAILED');
  });

  test('let nobody but the operator change them, or make topics', async () => {
    const kitchen = await as('kitchen');
    await expect(withAdmin(kitchen, (admin) => admin.describeAcls({} as never))).rejects.toThrow();
    await expect(
      withAdmin(kitchen, (admin) => admin.createTopics({ topics: [{ topic: 'access.own', numPartitions: 1 }] })),
    ).rejects.toThrow();
  });

  test('are made once; what is wanted no more is taken, at once, and what is of others stays', async () => {
    expect(await apply()).toEqual({ given: 0, taken: 0 });
    const others = accessOf([{ name: 'access.orders', owner: 'partner.1', readers: [] }]);
    const connection = await operatorConnection(servers.kafkaBrokers, servers.kafkaCertificates!, '');
    expect(await applyAccess(connection, others, (principal) => principal === 'partner.1')).toMatchObject({ taken: 0 });
    const producer = (await as('shop')).producer({ retry: { retries: 0 } });
    await producer.connect();
    await producer.send({ topic: 'access.orders', acks: -1, messages: [{ value: 'before' }] });
    // As for a certificate that is revoked: the connection is open, and may do nothing any more.
    const { taken } = await apply(accessOf(topics).filter(({ principal }) => principal !== 'shop'));
    expect(taken).toBeGreaterThan(0);
    await expect(
      producer.send({ topic: 'access.orders', acks: -1, messages: [{ value: 'after' }] }),
    ).rejects.toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED' });
    await producer.disconnect();
    expect(await write('partner.1', 'access.orders')).toBe('written');
  });

  test.each(['kafka', 'kafkaController'] as const)('%s takes nobody without a certificate of ours', async (port) => {
    const brokers = [`127.0.0.1:${ports.server(port)}`];
    const listTopics = (kafka: kafkajs.Kafka) => withAdmin(kafka, (admin) => admin.listTopics());
    const { ssl: _, ...plain } = { ssl: true, brokers, logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 0 } };
    await expect(
      listTopics(new kafkajs.Kafka({ ...plain, connectionTimeout: 2_000, requestTimeout: 2_000 })),
    ).rejects.toThrow();
    const ca = [readFileSync(certificateFiles(servers.kafkaCertificates!, 'x').authority, 'utf8')];
    await expect(listTopics(client({ brokers, ssl: { ca }, retry: { retries: 0 } }))).rejects.toThrow();
    const elsewhere = await ensureForeignCertificate();
    await expect(listTopics(client({ brokers, ssl: { ...elsewhere, ca }, retry: { retries: 0 } }))).rejects.toThrow();
  });
});

/** A certificate under the operator's name, from another authority. */
async function ensureForeignCertificate(): Promise<{ key: string; cert: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'foreign-'));
  await ensureBrokerCertificate(folder);
  const { key, certificate } = await issueCertificate(folder, 'operator');
  const pair = { key: readFileSync(key, 'utf8'), cert: readFileSync(certificate, 'utf8') };
  rmSync(folder, { recursive: true });
  return pair;
}

describe("the partners' listener", () => {
  const partner = async (name: string) => {
    const ssl = kafkaSsl(await issueCertificate(certificateFolder(dataFolder), name));
    return client({ brokers: [servers.kafkaPartner!], ssl });
  };

  test('shows a partner the topics that its access list names and no others', async () => {
    const topics = ['partner.one.case-events', 'partner.two.case-events'].map((topic) => ({ topic, numPartitions: 1 }));
    await withAdmin(client(), async (admin) => {
      await admin.createTopics({ topics });
      await admin.createAcls({
        acl: [
          {
            resourceType: kafkajs.AclResourceTypes.TOPIC,
            resourceName: 'partner.one.',
            resourcePatternType: kafkajs.ResourcePatternTypes.PREFIXED,
            principal: 'User:one',
            host: '*',
            operation: kafkajs.AclOperationTypes.READ,
            permissionType: kafkajs.AclPermissionTypes.ALLOW,
          },
        ],
      });
    });
    const seen = async (name: string) => withAdmin(await partner(name), (admin) => admin.listTopics());
    expect(await seen('one')).toEqual(['partner.one.case-events']);
    expect(await seen('two')).toEqual([]);
  });

  test('refuses who has no certificate of ours', async () => {
    const ca = [readFileSync(join(certificateFolder(dataFolder), 'authority.pem'), 'utf8')];
    const stranger = client({ brokers: [servers.kafkaPartner!], ssl: { ca }, retry: { retries: 0 } });
    await expect(withAdmin(stranger, (admin) => admin.listTopics())).rejects.toThrow();
  });

  test('keeps keys to their owner and takes no odd names', async () => {
    const files = await issueCertificate(certificateFolder(dataFolder), 'one');
    expect(statSync(files.key).mode & 0o777).toBe(0o600);
    expect(statSync(files.keyAndCertificate).mode & 0o777).toBe(0o600);
    for (const name of ['../escape', 'a/CN=admin', '', ' one']) {
      await expect(issueCertificate(certificateFolder(dataFolder), name)).rejects.toMatchObject({ code: 'refused' });
    }
  });
});

describe('PostgreSQL', () => {
  test('keeps what it confirmed on the disk, takes passwords only by scram, and opens no socket in the file system', async () => {
    const [settings] = await query(
      `select current_setting('fsync') fsync, current_setting('synchronous_commit') synchronous_commit,
              current_setting('password_encryption') password_encryption, current_setting('TimeZone') time_zone,
              current_setting('unix_socket_directories') sockets, current_setting('server_version') like '18.%' as version_18`,
    );
    expect(settings).toEqual({
      ...{ fsync: 'on', synchronous_commit: 'on', password_encryption: 'scram-sha-256', time_zone: 'UTC', sockets: '' },
      version_18: true,
    });
    const wrong = new URL(servers.postgresUrl);
    wrong.password = 'guessed';
    const session = new pg.Client({ connectionString: wrong.toString() });
    await expect(session.connect()).rejects.toThrow('password authentication failed');
  });
});

describe('a kill -9 of every server', () => {
  test('is cleared up by the next start on the same data, and nothing that was confirmed is lost', async () => {
    await query('create table kept (id int); insert into kept select generate_series(1, 1000)');
    const producer = client().producer();
    await producer.connect();
    await producer.send({ topic: 'intake.case', acks: -1, messages: [{ key: 'case-1', value: 'kept' }] });
    await producer.disconnect();
    const cluster = await clusterId();
    const killed = supervisor.running();
    expect(killed.map((known) => known.name).sort()).toEqual(['kafka', 'postgres', 'redis']);
    for (const known of killed) signal(known.identity, 'SIGKILL');
    await expect
      .poll(() => killed.some((known) => isRunning(known.identity)), { timeout: 10_000, interval: 1 })
      .toBe(false);
    // Who has ended holds no port any more, or the next start would take the dying broker for its own.
    expect(await answersAt(ports.server('kafka'))).toBe(false);

    await clearUp(dataFolder);
    await start();

    expect(killed.some((known) => isRunning(known.identity))).toBe(false);
    expect(await query('select count(*)::int from kept')).toEqual([{ count: 1_000 }]);
    const offsets = await withAdmin(client(), (admin) => admin.fetchTopicOffsets('intake.case'));
    expect(offsets.reduce((sum, { high }) => sum + Number(high), 0)).toBe(1);
    expect(await clusterId()).toBe(cluster);
    expect(await answersPing(ports.server('redis'))).toBe(true);
  }, 120_000);

  test('that are still running is refused with the name of the port that is taken', async () => {
    const second = createSupervisor({
      dataFolder: join(dataFolder, 'logs'),
      plan: 'x',
      watched: identityOf(process.pid)!,
    });
    await expect(
      startServers({
        ...{ supervisor: second, ports, secrets: ensureSecrets(dataFolder), progress: silent },
        settings: { dataFolder, portBase: ports.base, instances: 1, external: {}, durability: 'fast' },
      }),
    ).rejects.toThrow(`port ${ports.server('kafka')}, meant for kafka, is taken`);
  });
});

describe('Kafka that lost its data', () => {
  test('comes back as another cluster, so that no offset of the lost one passes for its own', async () => {
    const lost = await clusterId();
    await supervisor.stop('kafka');
    rmSync(join(dataFolder, 'kafka'), { recursive: true });
    await ensureKafka({
      ...{ supervisor, ports, secrets: ensureSecrets(dataFolder), progress: silent },
      settings: { dataFolder, portBase: ports.base, instances: 1, external: {}, durability: 'fast' },
    });
    const next = await clusterId();
    expect(next).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
    expect(next).not.toBe(lost);
    expect(await withAdmin(client(), (admin) => admin.listTopics())).toEqual([]);
  }, 120_000);
});
