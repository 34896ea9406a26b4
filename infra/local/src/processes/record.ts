import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unusable } from '../data-folder.ts';
import { LocalError } from '../errors.ts';
import type { ProcessIdentity } from './identity.ts';

/** How a process is asked to end, and how long it may take before it is killed. */
export interface StopManner {
  readonly signal: NodeJS.Signals;
  /** Milliseconds. */
  readonly patience: number;
}

export interface RecordedProcess {
  readonly name: string;
  readonly identity: ProcessIdentity;
  readonly stop: StopManner;
  /** Processes with a higher rank are stopped first: what uses servers before the servers. */
  readonly rank: number;
  readonly logFile: string;
}

export interface ProcessRecord {
  /** Who started the processes; undefined after a detached start, when nobody watches them. */
  readonly runner?: ProcessIdentity;
  /** What was asked for, as one string; a second start with the same finds everything as it wants it. */
  readonly plan: string;
  readonly startedAt: string;
  readonly processes: readonly RecordedProcess[];
}

export const recordFile = (dataFolder: string): string => join(dataFolder, 'processes.json');

/** What was started on this data folder and not stopped since; undefined when nothing was. */
export function readRecord(dataFolder: string): ProcessRecord | undefined {
  const file = recordFile(dataFolder);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(dataFolder, error);
  }
  try {
    return JSON.parse(text) as ProcessRecord;
  } catch (cause) {
    throw new LocalError('refused', `${file} cannot be read: remove it after checking what still runs`, { cause });
  }
}

/** Replaces the record in one step, so that a kill at any moment leaves the old or the new one. */
export function writeRecord(dataFolder: string, record: ProcessRecord): void {
  const file = recordFile(dataFolder);
  mkdirSync(dirname(file), { recursive: true });
  const next = `${file}.next`;
  writeFileSync(next, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
}

export function removeRecord(dataFolder: string): void {
  rmSync(recordFile(dataFolder), { force: true });
}
