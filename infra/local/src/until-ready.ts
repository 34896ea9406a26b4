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

/** Waits until a process serves. One that ended instead is reported with the last lines it wrote. */
export async function untilReady({ process, seconds, ready }: ReadyOptions): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await ready())) {
    if (!isRunning(process.identity)) {
      throw new LocalError('process_exited', `${process.name} ended early. ${whatItWrote(process)}`);
    }
    if (Date.now() > deadline) {
      throw new LocalError('not_ready', `${process.name} was not ready within ${seconds} s. ${whatItWrote(process)}`);
    }
    await pause(50);
  }
}

const whatItWrote = (process: RecordedProcess): string =>
  `It wrote (${process.logFile}):\n${lastLines(process.logFile)}`;
