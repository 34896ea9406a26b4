import { setTimeout as pause } from 'node:timers/promises';
import type { Endpoints } from '../platform/endpoints.ts';
import { isRunning } from '../processes/identity.ts';
import { lastLines, type Supervisor } from '../processes/supervisor.ts';
import { DAY_PROCESS, dayState } from '../sample/day.ts';
import { startLiveLine } from './live-line.ts';
import { addresses, outcome } from './outcome.ts';

export interface WatchOptions {
  readonly supervisor: Supervisor;
  readonly endpoints: Endpoints;
  readonly out: { write(text: string): unknown; isTTY?: boolean };
  /** Resolves when it is time to end. */
  readonly asked: Promise<void>;
}

/** Stays with a running copy: shows what flows, what the day gave, and when a process ended by itself. */
export async function watch({ supervisor, endpoints, out, asked }: WatchOptions): Promise<void> {
  let over = false;
  void asked.then(() => {
    over = true;
  });
  const reported = new Set<string>();
  let dayGoesOn = supervisor.find(DAY_PROCESS) !== undefined;
  if (!dayGoesOn) out.write(await summary(endpoints, supervisor.dataFolder));
  let endLine = startLiveLine(Object.values(endpoints.instances).flat(), out);
  const interject = async (text: () => Promise<string>) => {
    endLine();
    out.write(await text());
    endLine = startLiveLine(Object.values(endpoints.instances).flat(), out);
  };
  while (!over) {
    await Promise.race([pause(500), asked]);
    for (const known of supervisor.ended()) {
      if (reported.has(known.name)) continue;
      reported.add(known.name);
      if (known.name === DAY_PROCESS) {
        dayGoesOn = false;
        await interject(() => summary(endpoints, supervisor.dataFolder, lastLines(known.logFile, 40)));
      } else if (!isRunning(known.identity)) {
        await interject(async () => `  ${known.name} ended by itself; its log: ${known.logFile}\n`);
      }
    }
  }
  endLine();
}

async function summary(endpoints: Endpoints, dataFolder: string, dayOutput?: string): Promise<string> {
  const failed = dayOutput !== undefined && dayState(dataFolder) !== 'played';
  return [
    ...(failed ? [`The working day did not end well:\n${dayOutput}`] : []),
    await outcome(endpoints),
    addresses(endpoints),
    'Ctrl-C stops everything.\n',
  ].join('\n\n');
}
