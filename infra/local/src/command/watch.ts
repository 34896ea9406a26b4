import { setTimeout as pause } from 'node:timers/promises';
import type { Endpoints } from '../platform/endpoints.ts';
import type { RecordedProcess } from '../processes/record.ts';
import { lastLines, type Supervisor } from '../processes/supervisor.ts';
import { DAY_PROCESS, dayState } from '../sample/day.ts';
import { startLiveLine } from './live-line.ts';
import { addresses, outcome } from './outcome.ts';

export interface WatchOptions {
  readonly supervisor: Supervisor;
  readonly endpoints: Endpoints;
  /** Top of the checkout. */
  readonly root: string;
  readonly out: { write(text: string): unknown; isTTY?: boolean };
  /** Resolves when it is time to end. */
  readonly asked: Promise<void>;
}

/** Stays with a running copy: shows what flows, what the day gave, and when a process ended by itself. */
export async function watch({ supervisor, endpoints, root, out, asked }: WatchOptions): Promise<void> {
  let over = false;
  void asked.then(() => {
    over = true;
  });
  const { dataFolder } = supervisor;
  const reported = new Set(supervisor.ended().map(({ name }) => name));
  const start = () => startLiveLine({ addresses: Object.values(endpoints.instances).flat(), dataFolder, out });
  const dayGoesOn = supervisor.running().some(({ name }) => name === DAY_PROCESS);
  out.write(await summary(root, endpoints, dataFolder, dayGoesOn));
  let endLine = start();
  while (!over) {
    await Promise.race([pause(500), asked]);
    for (const known of supervisor.ended()) {
      if (over || reported.has(known.name)) continue;
      reported.add(known.name);
      endLine();
      if (known.name !== DAY_PROCESS) out.write(`  ${known.name} ended by itself; its log: ${known.logFile}\n`);
      else out.write(await dayEnded(root, endpoints, dataFolder, known));
      endLine = start();
    }
  }
  endLine();
}

async function dayEnded(root: string, endpoints: Endpoints, dataFolder: string, day: RecordedProcess): Promise<string> {
  const complaint =
    dayState(dataFolder) === 'played' ? '' : `\nThe working day did not end well:\n${lastLines(day.logFile, 30)}\n`;
  return complaint + (await summary(root, endpoints, dataFolder));
}

async function summary(root: string, endpoints: Endpoints, dataFolder: string, dayGoesOn = false): Promise<string> {
  const played = dayGoesOn ? undefined : await outcome(root, dataFolder);
  return `\n${[...(played ? [played] : []), addresses(endpoints, dataFolder), 'Ctrl-C stops everything.'].join('\n\n')}\n\n`;
}
