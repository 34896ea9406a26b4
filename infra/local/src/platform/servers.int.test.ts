import { mkdtempSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answersAt } from '../kafka/broker.ts';
import { issueCertificate } from '../kafka/certificates.ts';
import { operatorClient, withAdmin } from '../kafka/own-broker.ts';
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

const client = () => operatorClient({ brokers: servers.kafkaBrokers, certificates: servers.kafkaCertificates! });

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
    await withAdmin(client(), (admin) => admin.createTopics({ topics: [{ topic: 'intake.case', numPartitions: 3 }] }));
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
