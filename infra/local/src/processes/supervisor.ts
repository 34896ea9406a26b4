import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { LocalError } from '../errors.ts';
import { identityOf, isRunning, type ProcessIdentity } from './identity.ts';
import {
  type ProcessRecord,
  type RecordedProcess,
  readRecord,
  removeRecord,
  type StopManner,
  writeRecord,
} from './record.ts';
import { stopProcesses } from './stop.ts';

export interface ProcessToStart {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Who runs it, where not the caller: PostgreSQL refuses to run as root. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly stop: StopManner;
  readonly rank: number;
}

/** Starts processes of one data folder and keeps the record of them. */
export interface Supervisor {
  readonly dataFolder: string;
  /** Starts a process that outlives this one. Resolves as soon as it is recorded and let go. */
  start(process: ProcessToStart): Promise<RecordedProcess>;
  /** Stops one process and takes it out of the record. */
  stop(name: string): Promise<void>;
  /** Stops all, what uses servers before the servers, and starts nothing any more. */
  stopAll(): Promise<void>;
  find(name: string): RecordedProcess | undefined;
  running(): readonly RecordedProcess[];
  /** What ended without being asked. */
  ended(): readonly RecordedProcess[];
  /** Hands the processes over to nobody: they go on after this process ends. */
  detach(): void;
}

/**
 * A process waits behind a gate until it is in the record: were this process killed between the fork and the record,
 * the gate's pipe closes and the child ends without having run anything. So there is never a process that the next
 * start does not know. `exec` keeps pid and start time.
 */
const GATE = 'read -r go <&3 && exec 3<&- && exec "$@"';

/** Opens the supervision of a data folder; the caller holds the folder's lock and has cleared up what ran before. */
export function createSupervisor(options: { dataFolder: string; plan: string; watched: ProcessIdentity }): Supervisor {
  const { dataFolder } = options;
  let record: ProcessRecord = {
    runner: options.watched,
    plan: options.plan,
    startedAt: new Date().toISOString(),
    processes: readRecord(dataFolder)?.processes.filter((known) => isRunning(known.identity)) ?? [],
  };
  const save = (change: Partial<ProcessRecord>): void => {
    record = { ...record, ...change };
    writeRecord(dataFolder, record);
  };
  const forget = (name: string): void => save({ processes: record.processes.filter((known) => known.name !== name) });
  save({});
  let closed = false;

  return {
    dataFolder,
    find: (name) => record.processes.find((known) => known.name === name),
    ended: () => record.processes.filter((known) => !isRunning(known.identity)),
    running: () => record.processes.filter((known) => isRunning(known.identity)),

    async start(toStart) {
      if (closed) throw new LocalError('refused', `${toStart.name} was not started: everything is being stopped`);
      const logFile = logFileOf(dataFolder, toStart.name);
      const child = fork(toStart, logFile);
      const gate = child.stdio[3] as Writable;
      gate.on('error', () => undefined);
      const identity = child.pid === undefined ? undefined : identityOf(child.pid);
      if (!identity) {
        const cause = await failure(child);
        throw new LocalError('process_exited', `${toStart.name} could not be started`, { cause });
      }
      const started = { name: toStart.name, identity, stop: toStart.stop, rank: toStart.rank, logFile };
      try {
        save({ processes: [...record.processes.filter((known) => known.name !== toStart.name), started] });
      } catch (error) {
        gate.destroy();
        throw error;
      }
      await new Promise<void>((resolve) => gate.end('go\n', () => resolve()));
      child.unref();
      return started;
    },

    async stop(name) {
      const known = record.processes.find((candidate) => candidate.name === name);
      if (known) await stopProcesses([known]);
      forget(name);
    },

    async stopAll() {
      closed = true;
      await stopProcesses(record.processes);
      removeRecord(dataFolder);
    },

    detach() {
      const { runner: _, ...rest } = record;
      record = rest;
      writeRecord(dataFolder, record);
    },
  };
}

function fork(toStart: ProcessToStart, logFile: string): ChildProcess {
  mkdirSync(join(logFile, '..'), { recursive: true });
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn('/bin/sh', ['-c', GATE, 'gate', toStart.command, ...toStart.args], {
      env: toStart.env,
      cwd: toStart.cwd,
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
      ...toStart.user,
    });
    // Without a listener a failed spawn would end this process; start() reports it.
    child.on('error', () => undefined);
    return child;
  } finally {
    closeSync(log);
  }
}

const failure = (child: ChildProcess): Promise<Error> =>
  new Promise((resolve) => {
    child.once('error', resolve);
    setTimeout(() => resolve(new Error('no process id')), 1_000).unref();
  });

export const logFileOf = (dataFolder: string, name: string): string => join(dataFolder, 'logs', `${name}.log`);

/** The last lines a process wrote, for the message when it ended too early. */
export function lastLines(logFile: string, count = 15): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}
