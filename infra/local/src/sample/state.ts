import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of the sample data is in a data folder already; kept with the data, so that throwing it away forgets it. */
export interface SampleState {
  /** Content of the files that were imported, as one hash. */
  readonly imported?: string;
  readonly day?: 'playing' | 'played';
  /** The day that is or was played, `YYYY-MM-DD`. One that was interrupted goes on as that day, also a week later. */
  readonly date?: string;
}

const fileOf = (dataFolder: string): string => join(dataFolder, 'sample.json');

export function readSampleState(dataFolder: string): SampleState {
  try {
    return JSON.parse(readFileSync(fileOf(dataFolder), 'utf8')) as SampleState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

export function changeSampleState(dataFolder: string, change: Partial<SampleState>): void {
  const file = fileOf(dataFolder);
  writeFileSync(`${file}.next`, `${JSON.stringify({ ...readSampleState(dataFolder), ...change }, null, 2)}\n`);
  renameSync(`${file}.next`, file);
}
