import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePortBase } from '../platform/port-plan.ts';
import { readRecord } from '../processes/record.ts';

/** Top of the checkout. */
export const root = join(import.meta.dirname, '../../../..');

export interface Place {
  readonly dataFolder: string;
  readonly portBase: number;
}

/** The commands in `scripts/` on a data folder, with servers of its own. */
export interface ScriptsUnderTest {
  readonly dataFolder: string;
  /** Runs one to its end. */
  run(name: string, ...args: string[]): Promise<{ exitCode: number; output: string }>;
  /** Starts one and leaves it running. */
  start(name: string, ...args: string[]): { child: ChildProcess; output(): string };
  processes(): ReturnType<typeof processesOf>;
  /** Stops what runs and removes the data. */
  remove(): Promise<void>;
}

const processesOf = (dataFolder: string) => readRecord(dataFolder)?.processes ?? [];

/** A data folder and ports of a test file's own. */
export const ownPlace = async (name: string): Promise<Place> => ({
  ...{ dataFolder: join(root, '.vienuviet-tests', name), portBase: await freePortBase(60) },
});

/**
 * Those of the platform of this test run. The files after this one go on with the data, so that only one start imports
 * the whole catalogue.
 */
export function sharedPlace(env: NodeJS.ProcessEnv = process.env): Place {
  const [dataFolder, portBase] = [env['VIENUVIET_TEST_PLATFORM'], Number(env['VIENUVIET_TEST_PLATFORM_PORTS'])];
  if (!dataFolder || !portBase) throw new Error('run end-to-end tests by ./scripts/test e2e');
  return { dataFolder, portBase };
}

export async function scriptsUnderTest({ dataFolder, portBase }: Place): Promise<ScriptsUnderTest> {
  const { VIENUVIET_KAFKA_BROKERS: _1, VIENUVIET_POSTGRES_URL: _2, VIENUVIET_REDIS_URL: _3, ...own } = process.env;
  const env = { ...own, VIENUVIET_DATA: dataFolder, VIENUVIET_PORT_BASE: `${portBase}` };
  const file = (name: string) => join(root, 'scripts', name);
  const run: ScriptsUnderTest['run'] = (name, ...args) =>
    new Promise((resolve) => {
      execFile(file(name), args, { env, cwd: '/', maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) =>
        resolve({ exitCode: error ? Number(error.code) : 0, output: stdout + stderr }),
      );
    });
  await run('stop');
  return {
    ...{ dataFolder, run },
    start(name, ...args) {
      const child = spawn(file(name), args, { env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      }
      return { child, output: () => output };
    },
    processes: () => processesOf(dataFolder),
    async remove() {
      await run('stop');
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
