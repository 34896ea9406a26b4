import { setTimeout as pause } from 'node:timers/promises';
import { LocalError } from './errors.ts';
import { isRunning } from './processes/identity.ts';
import type { RecordedProcess } from './processes/record.ts';
import { lastLines } from './processes/supervisor.ts';

export interface ReadyOptions {
  readonly process: RecordedProcess;
  readonly seconds: number;
  readonly ready: () => Promise<boolean>;
}

/**
 * Waits until a process serves. One that ended instead is reported with what it said last of the reason, and else with the
 * last lines it wrote.
 */
export async function untilReady({ process, seconds, ready }: ReadyOptions): Promise<void> {
  const begun = Date.now();
  const deadline = Date.now() + seconds * 1_000;
  while (!(await ready())) {
    if (!isRunning(process.identity)) {
      const reason = reasonIn(lastLines(process.logFile), begun - 1_000);
      const why = reason === undefined ? `. ${whatItWrote(process)}` : `: ${reason}\nIts log: ${process.logFile}`;
      throw new LocalError('process_exited', `${process.name} ended early${why}`);
    }
    if (Date.now() > deadline) {
      throw new LocalError('not_ready', `${process.name} was not ready within ${seconds} s. ${whatItWrote(process)}`);
    }
    await pause(50);
  }
}

/**
 * What a service of ours said why it ends: the message of the last fatal line of its log that is not of an earlier
 * start; undefined where there is none.
 */
export function reasonIn(log: string, since: number): string | undefined {
  const reasons = log.split('\n').flatMap((line) => {
    if (!line.startsWith('{"level":"fatal"')) return [];
    try {
      const { time, err } = JSON.parse(line) as { time: string; err?: { message?: string } };
      return Date.parse(time) >= since && err?.message ? [err.message] : [];
    } catch {
      return [];
    }
  });
  return reasons.at(-1);
}

const whatItWrote = (process: RecordedProcess): string =>
  `It wrote (${process.logFile}):\n${lastLines(process.logFile)}`;
