import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ProcessToStart, Supervisor } from '../processes/supervisor.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { untilReady } from '../until-ready.ts';
import { ensureBrokerCertificate } from './certificates.ts';
import { ensureJars } from './jars.ts';
import { type BrokerPlan, serverProperties } from './server-properties.ts';

export interface BrokerOptions {
  readonly supervisor: Supervisor;
  readonly ports: BrokerPlan['ports'];
  readonly internal: BrokerPlan['internal'];
  /**
   * A broker of a short life, for tests, is compiled by the first compiler alone: it starts with half of the CPU
   * (3.3 s instead of 6.3 s, 2 cores) and is slower later.
   */
  readonly life: 'short' | 'long';
  readonly progress: Progress;
  readonly cache?: string;
}

const LOGGING = join(import.meta.dirname, '../../kafka/log4j2.properties');
const JAVA_ENV = ['PATH', 'JAVA_HOME', 'LANG', 'TZ'];

/** Folder of the certificates of a data folder. */
export const certificateFolder = (dataFolder: string): string => join(dataFolder, 'certificates');

/** Starts Apache Kafka on the data folder, which is formatted the first time, and waits until it serves. */
export async function startBroker(options: BrokerOptions): Promise<{ brokers: string[]; partner: string }> {
  const { supervisor, ports, progress } = options;
  const jars = await ensureJars(progress, options.cache);
  await progress.step('Apache Kafka', async () => {
    const folder = join(supervisor.dataFolder, 'kafka');
    const logFolder = join(folder, 'data');
    mkdirSync(folder, { recursive: true });
    const certificates = await ensureBrokerCertificate(certificateFolder(supervisor.dataFolder));
    const properties = join(folder, 'server.properties');
    writeFileSync(
      properties,
      serverProperties({
        ports,
        logFolder,
        internal: options.internal,
        authority: certificates.authority,
        brokerKeyAndCertificate: certificates.broker,
      }),
    );
    if (!existsSync(join(logFolder, 'meta.properties'))) await format(jars, properties);
    const started = await supervisor.start(brokerProcess(jars, properties, options.life));
    await untilReady({ process: started, seconds: 60, ready: () => answersAt(ports.internal) });
  });
  return { brokers: [`127.0.0.1:${ports.internal}`], partner: `localhost:${ports.partner}` };
}

/**
 * Makes the data folder under a cluster id of its own, which is kept in its `meta.properties`. A broker that starts
 * empty is another cluster: offsets that were read from the one before never pass for its own.
 */
async function format(jars: string, properties: string): Promise<void> {
  await runCommand('java', [
    ...['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Dlog4j2.configurationFile=${LOGGING}`],
    ...['-cp', `${jars}/*`, 'kafka.tools.StorageTool', 'format', '-t', newClusterId(), '-c', properties],
  ]);
}

/** 22 characters, base64url of 16 bytes; Kafka's tools take a leading dash for an option. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

function brokerProcess(jars: string, properties: string, life: BrokerOptions['life']): ProcessToStart {
  return {
    name: 'kafka',
    command: 'java',
    args: [
      ...['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError'],
      ...(life === 'short' ? ['-XX:TieredStopAtLevel=1'] : []),
      ...[`-Dlog4j2.configurationFile=${LOGGING}`, '-cp', `${jars}/*`, 'kafka.Kafka', properties],
    ],
    env: Object.fromEntries(JAVA_ENV.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
    stop: { signal: 'SIGTERM', patience: 20_000 },
    rank: 0,
  };
}

/** The broker opens its port once it has caught up with its controller. */
export function answersAt(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
