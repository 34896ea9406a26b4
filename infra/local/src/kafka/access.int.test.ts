/** What Kafka lets whom do, on one of this file's own that takes nobody without a certificate. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessOf, applyAccess, kafkaSsl, type TopicSettings } from '@vienuviet/event-bus';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorConnection } from './access.ts';
import { tryToWrite, typeOf } from './answers.ts';
import { certificateFiles, ensureBrokerCertificate, issueCertificate } from './certificates.ts';
import { type OwnBroker, operatorClient, startOwnBroker, withAdmin } from './own-broker.ts';
import { ensureTopics } from './topics.ts';

let kafka: OwnBroker;
beforeAll(async () => {
  kafka = await startOwnBroker();
  await issueCertificate(kafka.folder, 'operator');
}, 120_000);
afterAll(() => kafka?.remove());

const client = (options: Partial<kafkajs.KafkaConfig> = {}) =>
  operatorClient({ brokers: kafka.brokers, certificates: kafka.folder }, options);

describe('topics', () => {
  const plan: TopicSettings = { name: 'intake.case', partitions: 3, retentionMs: -1, cleanupPolicy: 'delete' };
  const ensure = async (topics: TopicSettings[]) =>
    ensureTopics(await operatorConnection(kafka.brokers, kafka.folder, ''), topics);

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
    applyAccess(await operatorConnection(kafka.brokers, kafka.folder, ''), wanted, ours);
  const as = async (name: string) => {
    const ssl = kafkaSsl(await issueCertificate(kafka.folder, name));
    return client({ ssl });
  };
  const write = async (name: string, topic: string) => tryToWrite(await as(name), topic);
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
    const connection = await operatorConnection(kafka.brokers, kafka.folder, '');
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
    const brokers = [`127.0.0.1:${kafka.ports.server(port)}`];
    const listTopics = (from: kafkajs.Kafka) => withAdmin(from, (admin) => admin.listTopics());
    const { ssl: _, ...plain } = { ssl: true, brokers, logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 0 } };
    await expect(
      listTopics(new kafkajs.Kafka({ ...plain, connectionTimeout: 2_000, requestTimeout: 2_000 })),
    ).rejects.toThrow();
    const ca = [readFileSync(certificateFiles(kafka.folder, 'x').authority, 'utf8')];
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
    const ssl = kafkaSsl(await issueCertificate(kafka.folder, name));
    return client({ brokers: [kafka.partner], ssl });
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
    const ca = [readFileSync(join(kafka.folder, 'authority.pem'), 'utf8')];
    const stranger = client({ brokers: [kafka.partner], ssl: { ca }, retry: { retries: 0 } });
    await expect(withAdmin(stranger, (admin) => admin.listTopics())).rejects.toThrow();
  });

  test('keeps keys to their owner and takes no odd names', async () => {
    const files = await issueCertificate(kafka.folder, 'one');
    expect(statSync(files.key).mode & 0o777).toBe(0o600);
    expect(statSync(files.keyAndCertificate).mode & 0o777).toBe(0o600);
    for (const name of ['../escape', 'a/CN=admin', '', ' one']) {
      await expect(issueCertificate(kafka.folder, name)).rejects.toMatchObject({ code: 'refused' });
    }
  });
});
