import { rmSync } from 'node:fs';
import { clearUp, throwAwayData } from '../platform/clear-up.ts';
import { type Endpoints, endpointsFile, readEndpoints } from '../platform/endpoints.ts';
import { healthOf } from '../platform/health.ts';
import { memoryOf } from '../platform/memory.ts';
import type { Settings } from '../platform/settings.ts';
import { startPlatform } from '../platform/start.ts';
import { identityOf, isRunning, signal } from '../processes/identity.ts';
import { lockDataFolder } from '../processes/lock.ts';
import { readRecord } from '../processes/record.ts';
import { createSupervisor, type Supervisor } from '../processes/supervisor.ts';
import type { Progress } from '../progress.ts';
import { startDay } from '../sample/day.ts';
import { prepareSample } from '../sample/prepare.ts';
import type { Command } from './arguments.ts';
import { Interrupted, listenForInterruption } from './interruption.ts';
import { addresses } from './outcome.ts';
import { watch } from './watch.ts';

export interface RunOptions {
  readonly settings: Settings;
  readonly root: string;
  readonly command: Extract<Command, { name: 'run' }>;
  readonly progress: Progress;
  readonly out: { write(text: string): unknown; isTTY?: boolean };
  /** When the person at the keyboard pressed return, in milliseconds since 1970. */
  readonly since: number;
}

const INTERRUPTED = 130;

/**
 * Starts everything and plays the day; stays in the foreground until it is told to end, or returns when everything
 * is ready. What was started and is still ready from a detached start is taken over as it is.
 */
export async function run(options: RunOptions): Promise<number> {
  const { settings, root, command, progress } = options;
  const { dataFolder } = settings;
  const unlock = await lockDataFolder(dataFolder);
  const plan = planOf(settings);
  const takenOver = !command.fresh && (await isAsWanted(dataFolder, plan));
  if (!takenOver) await clearUpBefore(options);
  const supervisor = createSupervisor({ dataFolder, plan, watched: identityOf(process.pid)! });
  const interruption = listenForInterruption(() => killAll(supervisor));
  const stopAll = async () => {
    await progress.step('stopping', () => supervisor.stopAll());
    rmSync(endpointsFile(dataFolder), { force: true });
  };

  const bringUp = async (): Promise<void> => {
    if (takenOver) progress.say('Everything is running already.');
    else await startPlatform({ supervisor, settings, root, progress });
    await prepareSample({ root, dataFolder, progress });
    tellReady(options, supervisor);
    if (command.sample) await startDay({ root, dataFolder, supervisor, progress });
  };

  try {
    await Promise.race([bringUp(), interruption.raised]);
    if (command.detach) {
      supervisor.detach();
      progress.say(`\n${addresses(readEndpoints(dataFolder), dataFolder)}\n`);
      progress.say(`Everything goes on in the background; its logs are in ${dataFolder}/logs. ./scripts/stop ends it.`);
      return 0;
    }
    await watch({ ...options, supervisor, endpoints: readEndpoints(dataFolder), asked: interruption.asked });
    await stopAll();
    return 0;
  } catch (error) {
    await stopAll();
    if (error instanceof Interrupted) return INTERRUPTED;
    throw error;
  } finally {
    interruption.end();
    await unlock();
  }
}

/** What was asked for; a start with another plan does not take over what runs. */
function planOf({ portBase, instances, external, identity }: Settings): string {
  return JSON.stringify({ portBase, instances, external: Object.keys(external).sort(), identity });
}

async function isAsWanted(dataFolder: string, plan: string): Promise<boolean> {
  const record = readRecord(dataFolder);
  if (!record || record.runner || record.plan !== plan) return false;
  const lasting = record.processes.filter((known) => known.rank < 2);
  if (lasting.length === 0 || !lasting.every((known) => isRunning(known.identity))) return false;
  let endpoints: Endpoints;
  try {
    endpoints = readEndpoints(dataFolder);
  } catch {
    return false;
  }
  const health = await Promise.all(Object.values(endpoints.instances).flat().map(healthOf));
  return health.every(({ ready }) => ready);
}

async function clearUpBefore({ settings, command, progress }: RunOptions): Promise<void> {
  const { dataFolder } = settings;
  const ended = await progress.step('clearing up after an earlier run', () => clearUp(dataFolder));
  if (ended > 0) progress.say(`  ended ${ended} processes that an earlier run left behind`);
  if (command.fresh) throwAwayData(dataFolder);
}

function tellReady({ progress, since }: RunOptions, supervisor: Supervisor): void {
  const seconds = ((Date.now() - since) / 1_000).toFixed(1);
  const megabytes = Math.round(memoryOf(supervisor.running()) / 2 ** 20);
  progress.say(`Ready after ${seconds} s, with ${megabytes} MB of memory.`);
}

function killAll(supervisor: Supervisor): void {
  for (const known of supervisor.running()) signal(known.identity, 'SIGKILL');
}
