import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readAwaitedProgress, rigaDay, workingDayBefore } from '@vienuviet/simulation';
import { programEnvironment } from '../processes/program-environment.ts';
import type { Supervisor } from '../processes/supervisor.ts';
import type { Progress } from '../progress.ts';
import { changeSampleState, readSampleState, type SampleState } from './state.ts';

export const DAY_PROCESS = 'simulation';

export const dayState = (dataFolder: string): SampleState['day'] => readSampleState(dataFolder).day;

export interface DayOptions {
  readonly root: string;
  readonly dataFolder: string;
  readonly supervisor: Supervisor;
  readonly progress: Progress;
}

/**
 * Lets the working day be played beside everything else, once for a data folder. A day that was interrupted goes on:
 * the same seed gives the same commands with the same idempotency keys, and what happened already happens not again.
 */
export async function startDay({ root, dataFolder, supervisor, progress }: DayOptions): Promise<void> {
  const state = dayState(dataFolder);
  if (state === 'played') {
    progress.say('The working day was played on this data before (--fresh starts anew).');
    return;
  }
  if (supervisor.running().some((known) => known.name === DAY_PROCESS)) {
    progress.say('The working day is being played.');
    return;
  }
  const date = readSampleState(dataFolder).date ?? workingDayBefore(rigaDay(Date.now()));
  changeSampleState(dataFolder, { day: 'playing', date });
  progress.say(state === 'playing' ? `The working day ${date} goes on.` : `The working day ${date} begins.`);
  const startedAt = Date.now();
  await supervisor.start({
    name: DAY_PROCESS,
    command: process.execPath,
    args: [join(import.meta.dirname, 'play-day.ts'), root, dataFolder, date],
    env: programEnvironment(),
    cwd: root,
    stop: { signal: 'SIGTERM', patience: 10_000 },
    rank: 2,
  });
  await untilBegun(dataFolder, supervisor, startedAt);
}

/** So that whoever waits for the day from here on waits for this one, not for what an earlier run left. */
async function untilBegun(dataFolder: string, supervisor: Supervisor, startedAt: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if ((readAwaitedProgress(dataFolder)?.updatedAt ?? 0) >= startedAt) return;
    if (supervisor.ended().some(({ name }) => name === DAY_PROCESS)) return;
    await pause(50);
  }
}
