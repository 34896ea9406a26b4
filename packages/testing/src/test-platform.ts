import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import {
  clearUp,
  contextOf,
  createProgress,
  createSupervisor,
  type Endpoints,
  identityOf,
  isRunning,
  lockDataFolder,
  prepareSample,
  readEndpoints,
  readRecord,
  type ServiceName,
  type Settings,
  type Supervisor,
  serviceEnvironment,
  servicesOf,
  signal,
  startAgain,
  startPlatform,
  vienuvietCommand,
} from '@vienuviet/infra-local';
import { root } from './test-folders.ts';

export { type RunPage, runPage } from './run-page.ts';

/** The whole platform of a test run, with the sample catalogue and centres, and no day played yet. */
export interface TestPlatform {
  readonly endpoints: Endpoints;
  readonly dataFolder: string;
  /** Names of processes: `kafka`, `postgres`, `redis`, `intake`, `intake-2`, … */
  kill(name: string): Promise<void>;
  /** SIGSTOP: the process stands still and its connections stay open. */
  freeze(name: string): void;
  thaw(name: string): void;
  /** Asks the process to end and waits until it has. */
  stop(name: string): Promise<void>;
  /** Starts a process again, or an instance more (`intake-2`), and waits until it is ready. */
  start(name: string): Promise<void>;
  isRunning(name: string): boolean;
  readonly services: readonly ServiceName[];
  /** The environment of one more process of a service, on a free port. */
  environmentOf(service: ServiceName): Record<string, string>;
  /** Runs the operators' command. */
  vienuviet(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** Lets go of the platform for the next test file; it goes on running. Starts again what the tests ended. */
  release(): Promise<void>;
}

const settings = (dataFolder: string, portBase: number): Settings => ({
  ...{ dataFolder, portBase, instances: 1, external: {}, durability: 'fast' },
});

/** The platform of this test run: started by the first who asks, taken over as it is by the next. */
export async function testPlatform(env: NodeJS.ProcessEnv = process.env): Promise<TestPlatform> {
  const dataFolder = env['VIENUVIET_TEST_PLATFORM'];
  const portBase = Number(env['VIENUVIET_TEST_PLATFORM_PORTS']);
  if (!dataFolder || !portBase) throw new Error('run end-to-end tests by ./scripts/test e2e');
  return openTestPlatform(settings(dataFolder, portBase));
}

/** A platform on a folder and ports of one's own; for tests that must not share one. */
export async function openTestPlatform(wanted: Settings): Promise<TestPlatform> {
  const { dataFolder } = wanted;
  const unlock = await lockDataFolder(dataFolder);
  const supervisor = await takeOverOrStart(wanted);
  const context = contextOf(wanted, root);
  const known = (name: string) => {
    const process = supervisor.find(name);
    if (!process) throw new Error(`there is no process ${name}`);
    return process.identity;
  };
  const own = supervisor.running().map(({ name }) => name);
  const start = (name: string) => startAgain({ supervisor, settings: wanted, context, name });

  return {
    endpoints: readEndpoints(dataFolder),
    dataFolder,
    async kill(name) {
      const identity = known(name);
      signal(identity, 'SIGKILL');
      while (isRunning(identity)) await pause(10);
    },
    freeze: (name) => void signal(known(name), 'SIGSTOP'),
    thaw: (name) => void signal(known(name), 'SIGCONT'),
    stop: (name) => supervisor.stop(name),
    start,
    isRunning: (name) => isRunning(known(name)),
    services: servicesOf(root),
    environmentOf: (service) => ({ ...serviceEnvironment(context, service, 1), PORT: '0' }),
    vienuviet: (...args) => runVienuviet(dataFolder, args),
    async release() {
      for (const { name, identity } of supervisor.running()) {
        signal(identity, 'SIGCONT');
        if (!own.includes(name)) await supervisor.stop(name);
      }
      const running = new Set(supervisor.running().map(({ name }) => name));
      for (const name of own) if (!running.has(name)) await start(name);
      supervisor.detach();
      await unlock();
    },
  };
}

async function takeOverOrStart(wanted: Settings): Promise<Supervisor> {
  const { dataFolder } = wanted;
  const record = readRecord(dataFolder);
  const processes = record?.processes ?? [];
  const isThere = processes.length > 0 && processes.every(({ identity }) => isRunning(identity));
  if (!isThere) await clearUp(dataFolder);
  const supervisor = createSupervisor({ dataFolder, plan: 'tests', watched: identityOf(process.pid)! });
  if (!isThere) {
    const progress = createProgress(process.stderr);
    await startPlatform({ supervisor, settings: wanted, root, progress });
    await prepareSample({ root, dataFolder, progress });
  }
  return supervisor;
}

function runVienuviet(dataFolder: string, args: string[]) {
  const { command, args: all, env, cwd } = vienuvietCommand({ root, dataFolder, args });
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    execFile(command, all, { env, cwd, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr }),
    );
  });
}
