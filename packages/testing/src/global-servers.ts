import {
  certificateFolder,
  createProgress,
  createSupervisor,
  ensureSecrets,
  freePortBase,
  identityOf,
  issueCertificate,
  portPlan,
  type Settings,
  settingsFrom,
  startServers,
} from '@vienuviet/infra-local';
import { containersRun, startContainers } from './containers.ts';
import { root, takeTestFolder } from './test-folders.ts';

/**
 * Runs once before integration tests. Servers that the environment names are used; the others are started on free
 * ports, without waiting for the disk, and stopped afterwards: as processes, or in containers where the environment
 * says `VIENUVIET_TEST_PROVIDER=containers` and an engine runs.
 */
export default function provideServersForTests(): Promise<() => Promise<void>> {
  return provideServers('fast');
}

/** The same for whoever wants the servers to wait for the disk. */
export async function provideServers(durability: Settings['durability']): Promise<() => Promise<void>> {
  const named = settingsFrom(process.env, root).external;
  if (named.kafkaBrokers && named.postgresUrl && named.redisUrl) return async () => undefined;
  if (process.env['VIENUVIET_TEST_PROVIDER'] === 'containers' && (await containersRun())) {
    const containers = await startContainers(named);
    name(containers.servers);
    return containers.stop;
  }
  const folder = await takeTestFolder('servers');
  const supervisor = createSupervisor({
    dataFolder: folder.dataFolder,
    plan: 'servers for tests',
    watched: identityOf(process.pid)!,
  });
  try {
    const ports = portPlan(await freePortBase(30));
    const servers = await startServers({
      supervisor,
      ports,
      settings: { ...settingsFrom(process.env, root), dataFolder: folder.dataFolder, durability },
      secrets: ensureSecrets(folder.dataFolder),
      progress: createProgress(process.stderr),
      kafkaListener: 'plaintext',
      oldestPostgres: process.env['VIENUVIET_TEST_POSTGRES'] === '15',
    });
    name(servers);
    if (servers.kafkaPartner !== undefined) await nameTls(servers.kafkaPartner, folder.dataFolder);
    return folder.giveBack;
  } catch (error) {
    await folder.giveBack();
    throw error;
  }
}

/** Tests run in processes of their own, which get this environment. */
function name(servers: { kafkaBrokers: readonly string[]; postgresUrl: string; redisUrl: string }): void {
  process.env['VIENUVIET_KAFKA_BROKERS'] = servers.kafkaBrokers.join(',');
  process.env['VIENUVIET_POSTGRES_URL'] = servers.postgresUrl;
  process.env['VIENUVIET_REDIS_URL'] = servers.redisUrl;
}

async function nameTls(broker: string, dataFolder: string): Promise<void> {
  const { authority, certificate, key } = await issueCertificate(certificateFolder(dataFolder), 'operator');
  const tls = { brokers: [broker], certificate: { authority, certificate, key } };
  process.env['VIENUVIET_TEST_KAFKA_TLS'] = JSON.stringify(tls);
}
