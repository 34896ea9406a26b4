/**
 * What is kept of a day in `<data>/simulation`: the journal and what was seen before it began, in a folder of its own,
 * and how far it is: `current.json` of the last day, whoever plays it, and `sample.json` of the one that the platform
 * plays by itself, so that a small day played later does not take the place of its outcome.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanRequest } from '../plan/make-plan.ts';
import type { DayOutcome } from './day-outcome.ts';

/** Seen before the first command, so that only what the day added is compared. */
export interface Beginning {
  readonly feedCursor: string | null;
  readonly topServices: readonly Readonly<Record<string, unknown>>[];
  readonly casesByState: readonly Readonly<Record<string, unknown>>[];
}

export type Phase = 'playing' | 'comparing' | 'agrees' | 'differs' | 'failed' | 'interrupted';

export interface DayProgress {
  readonly request: PlanRequest;
  readonly digest: string;
  readonly phase: Phase;
  /** Commands answered, and all of the plan. */
  readonly done: number;
  readonly total: number;
  /** What the clock in the simulated centres shows. */
  readonly clock: string;
  /** Why the day failed. */
  readonly reason?: string;
  readonly pid: number;
  /** ms; renewed every second while the day goes on. */
  readonly updatedAt: number;
}

const simulationFolder = (dataFolder: string): string => join(dataFolder, 'simulation');
const currentFile = (dataFolder: string): string => join(simulationFolder(dataFolder), 'current.json');
const sampleFile = (dataFolder: string): string => join(simulationFolder(dataFolder), 'sample.json');

export interface DayFiles {
  readonly journal: string;
  readonly beginning: string;
  readonly outcome: string;
}

/** Files of one day; days with another plan have others. */
export function dayFiles(dataFolder: string, date: string, digest: string): DayFiles {
  const folder = join(simulationFolder(dataFolder), `${date}-${digest.slice(0, 12)}`);
  return {
    journal: join(folder, 'journal.jsonl'),
    beginning: join(folder, 'beginning.json'),
    outcome: join(folder, 'outcome.json'),
  };
}

/** The file's value, undefined when it is not there. */
export const readJson = <Value>(file: string): Value | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Value) : undefined;

/** Whole or not at all, also when the writer is killed. */
export function writeJson(file: string, value: unknown): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(`${file}.next`, `${JSON.stringify(value)}\n`);
  renameSync(`${file}.next`, file);
}

/** Of the day that was played last, or is being played. */
export const readProgress = (dataFolder: string): DayProgress | undefined => readJson(currentFile(dataFolder));

/** Of the day to wait for: the platform's own; where it plays none, the last one. */
export const readAwaitedProgress = (dataFolder: string): DayProgress | undefined =>
  readJson<DayProgress>(sampleFile(dataFolder)) ?? readProgress(dataFolder);

export function writeProgress(dataFolder: string, progress: DayProgress, isSample: boolean): void {
  writeJson(currentFile(dataFolder), progress);
  if (isSample) writeJson(sampleFile(dataFolder), progress);
}

export const readOutcome = (dataFolder: string, { request, digest }: DayProgress): DayOutcome | undefined =>
  readJson(dayFiles(dataFolder, request.date, digest).outcome);

/** True when nothing more will come of a day: it is over, or the process that played it is gone. */
export const hasEnded = ({ phase }: DayProgress): boolean => phase !== 'playing' && phase !== 'comparing';

export function isAbandoned(progress: DayProgress, now: number): boolean {
  if (hasEnded(progress) || now - progress.updatedAt < 15_000) return false;
  try {
    process.kill(progress.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
