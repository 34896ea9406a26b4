import { readFileSync } from 'node:fs';

/**
 * Which process it is, beyond doubt: a pid is given again after its process died, the pair of pid and start time is
 * not, and the boot id keeps apart what happened before the machine was restarted.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of `/proc/<pid>/stat`: clock ticks between boot and the start of the process. */
  readonly startTime: number;
  readonly bootId: string;
}

interface ProcessStat {
  readonly startTime: number;
  readonly state: string;
  readonly threads: number;
}

/** Reads the fields we need of a line of `/proc/<pid>/stat`. The name in it may hold spaces and brackets. */
export function parseStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const threads = Number(fields[17]);
  const startTime = Number(fields[19]);
  if (!state || !Number.isSafeInteger(startTime)) throw new Error(`not a line of /proc/<pid>/stat: ${line}`);
  return { state, startTime, threads };
}

let ownBootId: string | undefined;

function bootId(): string {
  ownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return ownBootId;
}

function statOf(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/** The identity of a running process; undefined when there is none with this pid. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = statOf(pid);
  return stat ? { pid, startTime: stat.startTime, bootId: bootId() } : undefined;
}

/** Whether this very process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  if (identity.bootId !== bootId()) return false;
  const stat = statOf(identity.pid);
  return stat !== undefined && stat.startTime === identity.startTime && !hasEnded(stat);
}

/**
 * A zombie has ended and only waits for its parent to read the exit code; but not while it has threads: a killed JVM
 * is shown as a zombie for as long as its threads take to go, and holds its ports until then.
 */
function hasEnded({ state, threads }: ProcessStat): boolean {
  return state === 'X' || (state === 'Z' && threads <= 1);
}

/** Sends a signal to this very process; false when it is gone. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    process.kill(identity.pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
