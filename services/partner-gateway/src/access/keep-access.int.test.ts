/** What a partner's certificate opens and what not, on a broker of this file's own that takes nobody without one. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  accessOf,
  applyAccess,
  createKafkaPublisher,
  createMissingTopics,
  grantorAccess,
  type KafkaConnection,
  kafkaSsl,
} from '@vienuviet/event-bus';
import {
  clearUp,
  createSupervisor,
  ensureSecrets,
  freePortBase,
  identityOf,
  isRunning,
  issueCertificate,
  type PortPlan,
  portPlan,
  type RunningServers,
  type Supervisor,
  signal,
  silent,
  startServers,
  throwAwayData,
} from '@vienuviet/infra-local';
import { tryToWrite, typeOf } from '@vienuviet/infra-local/kafka-answers';
import { topics } from '@vienuviet/schemas';
import { createLog } from '@vienuviet/telemetry';
import { eventually } from '@vienuviet/testing';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partnerTopic } from '../case-events/partner-stream.ts';
import type { OpenSubscription } from '../subscriptions/open-subscriptions.ts';
import { type AccessKeeping, makeTopic, startAccessKeeping } from './keep-access.ts';

const [vsaa, nva] = ['90001669496', '90001634668'] as const;
const subscription = (registrationNumber: string, holderId: string): OpenSubscription => ({
  ...{ registrationNumber, holderId, certificateName: `partner.${registrationNumber}` },
});

let dataFolder: string;
let ports: PortPlan;
let supervisor: Supervisor;
let servers: RunningServers;
let operator: KafkaConnection;
let gateway: KafkaConnection;
let keeping: AccessKeeping;
/** The subscriptions that are open, as the gateway's table would say. */
let open: OpenSubscription[] = [];

async function startKafka(): Promise<void> {
  supervisor = createSupervisor({ dataFolder, plan: 'test', watched: identityOf(process.pid)! });
  // Of the servers only Kafka is asked for here.
  const external = { postgresUrl: 'postgres://127.0.0.1:1/none', redisUrl: 'redis://127.0.0.1:1' };
  servers = await startServers({
    ...{ supervisor, ports, secrets: ensureSecrets(dataFolder), progress: silent },
    settings: { dataFolder, portBase: ports.base, instances: 1, external, durability: 'fast' },
  });
}

async function connectionOf(name: string): Promise<KafkaConnection> {
  const ssl = kafkaSsl(await issueCertificate(servers.kafkaCertificates!, name));
  return { brokers: servers.kafkaBrokers, clientId: name, ssl };
}

beforeAll(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'partners-'));
  await chmod(dataFolder, 0o755);
  ports = portPlan(await freePortBase(40));
  await startKafka();
  operator = await connectionOf('operator');
  gateway = await connectionOf('partner-gateway');
  await createMissingTopics(operator, topics);
  const rights = [...accessOf(topics), ...grantorAccess('partner-gateway', 'partner.')];
  await applyAccess(operator, rights, (principal) => !principal.startsWith('partner.'));
  open = [subscription(vsaa, 'vsaa'), subscription(nva, 'nva')];
  keeping = startAccessKeeping({
    ...{ connection: gateway, open: async () => open, log: createLog({ service: 'test', level: 'silent' }) },
    everyMs: 1_000,
  });
  await Promise.all([vsaa, nva].map((number) => makeTopic(gateway, number)));
  await eventually('the access lists', async () => ((await seen(vsaa)).length === 1 ? true : undefined), 30_000);
  await Promise.all([vsaa, nva].map((number) => publish(number, 'first')));
}, 120_000);

afterAll(async () => {
  await keeping?.stop();
  await clearUp(dataFolder);
  throwAwayData(dataFolder);
  rmSync(dataFolder, { recursive: true });
});

/** What the gateway's relay does. */
async function publish(number: string, text: string): Promise<void> {
  const publisher = createKafkaPublisher(gateway);
  const topic = partnerTopic(number);
  try {
    await publisher.publish([{ topic, partition: 0, key: 'partner-1', value: Buffer.from(text), headers: {} }]);
  } finally {
    await publisher.close();
  }
}

/** A partner, coming in where partners do. */
const partner = async (number: string, options: Partial<kafkajs.KafkaConfig> = {}) =>
  new kafkajs.Kafka({
    ...{ brokers: [servers.kafkaPartner!], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 2 } },
    ssl: kafkaSsl(await issueCertificate(servers.kafkaCertificates!, `partner.${number}`)),
    ...options,
  });

async function seen(number: string): Promise<string[]> {
  const admin = (await partner(number)).admin();
  try {
    await admin.connect();
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

/** Reads until the first message, or until Kafka refuses. */
async function read(number: string, topic: string, groupId = `partner.${number}.reader`): Promise<string> {
  for (;;) {
    const kafka = await partner(number);
    const consumer = kafka.consumer({ groupId, retry: { retries: 3, restartOnFailure: async () => false } });
    const outcome = Promise.withResolvers<string>();
    consumer.on(consumer.events.CRASH, ({ payload }) => outcome.resolve(typeOf(payload.error)));
    let found: string;
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => outcome.resolve(String(message.value)) });
      found = await outcome.promise;
    } catch (error) {
      found = typeOf(error);
    } finally {
      await consumer.disconnect();
    }
    // A broker that has just started looks for its groups first.
    if (found !== 'GROUP_LOAD_IN_PROGRESS' && !found.includes('not the correct coordinator')) return found;
  }
}

const refused = /AUTHORIZATION_FAILED|not authorized|group coordinator/i;

describe('the certificate of a partner', () => {
  test('reads the own topic, over and over, in groups of its own', async () => {
    expect(await read(vsaa, partnerTopic(vsaa), `partner.${vsaa}.one`)).toBe('first');
    expect(await read(nva, partnerTopic(nva))).toBe('first');
    expect(await seen(vsaa)).toEqual([partnerTopic(vsaa)]);
  });

  test('is refused the topic of another partner, and every topic of ours', async () => {
    expect(await read(vsaa, partnerTopic(nva))).toMatch(refused);
    for (const topic of ['intake.case', 'intake.service']) expect(await read(vsaa, topic)).toMatch(refused);
  });

  test('is refused a group of another partner, or of a service', async () => {
    expect(await read(vsaa, partnerTopic(vsaa), `partner.${nva}.reader`)).toMatch(refused);
    expect(await read(vsaa, partnerTopic(vsaa), 'status-feed.feed')).toMatch(refused);
  });

  test('writes nothing, not even on the own topic', async () => {
    for (const topic of [partnerTopic(vsaa), partnerTopic(nva), 'intake.case']) {
      expect(await tryToWrite(await partner(vsaa), topic)).toMatch(refused);
    }
  });

  test('that no subscription names opens nothing', async () => {
    expect(await seen('90001733697')).toEqual([]);
    expect(await read('90001733697', partnerTopic(vsaa), `partner.${vsaa}.reader`)).toMatch(refused);
  });

  test('is asked for: nobody comes in without one', async () => {
    const ca = [readFileSync((await issueCertificate(servers.kafkaCertificates!, 'x')).authority, 'utf8')];
    const admin = (await partner(vsaa, { ssl: { ca }, retry: { retries: 0 } })).admin();
    await expect(admin.connect().then(() => admin.listTopics())).rejects.toThrow();
    await admin.disconnect();
  });
});

describe('the certificate of the gateway', () => {
  test('makes and writes topics of partners alone', async () => {
    const { brokers, ssl } = gateway;
    const kafka = new kafkajs.Kafka({
      ...{ brokers: [...brokers], ssl: ssl!, logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 0 } },
    });
    const admin = kafka.admin();
    await admin.connect();
    await expect(admin.createTopics({ topics: [{ topic: 'intake.partner.x', numPartitions: 1 }] })).rejects.toThrow();
    await expect(admin.deleteTopics({ topics: [partnerTopic(vsaa)] })).rejects.toThrow();
    await admin.disconnect();
    expect(await tryToWrite(kafka, 'intake.case')).toMatch(refused);
    expect(await tryToWrite(kafka, partnerTopic(nva))).toBe('written');
  });
});

test('a comparison that does not end keeps no other from being made', async () => {
  let looks = 0;
  const silent = startAccessKeeping({
    ...{ connection: gateway, everyMs: 10, patienceMs: 50 },
    log: createLog({ service: 'test', level: 'silent' }),
    open: () => {
      looks++;
      return new Promise(() => undefined);
    },
  });
  await eventually('several looks', () => (looks > 3 ? true : undefined));
  await silent.stop();
});

describe('after the end of a subscription', () => {
  test('reading ends within 60 s on a connection that is open', async () => {
    const consumer = (await partner(vsaa)).consumer({
      ...{ groupId: `partner.${vsaa}.open`, retry: { retries: 0, restartOnFailure: async () => false } },
    });
    const got: string[] = [];
    const crashed = Promise.withResolvers<string>();
    consumer.on(consumer.events.CRASH, ({ payload }) => crashed.resolve(typeOf(payload.error)));
    await consumer.connect();
    await consumer.subscribe({ topic: partnerTopic(vsaa), fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void got.push(String(message.value)) });
    await eventually('the first message', () => (got.includes('first') ? true : undefined), 30_000);
    const ended = performance.now();
    open = [subscription(nva, 'nva')];
    expect(await crashed.promise).toMatch(refused);
    expect(performance.now() - ended).toBeLessThan(60_000);
    await publish(vsaa, 'after the end');
    await consumer.disconnect();
    expect(got).not.toContain('after the end');
    expect(await read(vsaa, partnerTopic(vsaa))).toMatch(refused);
    expect(await read(nva, partnerTopic(nva), `partner.${nva}.after`)).toBe('first');
  }, 90_000);

  test('rights are taken also when Kafka was away at that moment, and what somebody gave by hand', async () => {
    const [kafka] = supervisor.running();
    signal(kafka!.identity, 'SIGKILL');
    await eventually('the end of Kafka', () => (isRunning(kafka!.identity) ? undefined : true));
    open = [];
    // Rounds go wrong meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    supervisor.detach();
    await startKafka();
    const back = performance.now();
    await eventually('the end of access', async () => ((await seen(nva)).length === 0 ? true : undefined), 60_000);
    expect(performance.now() - back).toBeLessThan(60_000);
    const byHand = accessOf([{ name: partnerTopic(nva), owner: 'nobody', readers: [`partner.${nva}`] }]);
    await applyAccess(operator, byHand, () => false);
    await eventually('the end of what was given', async () => ((await seen(nva)).length === 0 ? true : undefined));
    expect(await read(nva, partnerTopic(nva))).toMatch(refused);
  }, 120_000);
});
