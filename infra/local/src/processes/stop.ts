import { setTimeout as pause } from 'node:timers/promises';
import { isRunning, signal } from './identity.ts';
import type { RecordedProcess } from './record.ts';

/**
 * Ends processes, rank by rank from the highest down, each asked in its own manner and killed when it takes longer
 * than its patience. Who is gone already is passed over. A stopped (SIGSTOP) process is woken so that it can obey.
 */
export async function stopProcesses(processes: readonly RecordedProcess[]): Promise<void> {
  const ranks = [...new Set(processes.map((known) => known.rank))].sort((a, b) => b - a);
  for (const rank of ranks) {
    await Promise.all(processes.filter((known) => known.rank === rank).map(stopProcess));
  }
}

async function stopProcess(known: RecordedProcess): Promise<void> {
  if (!signal(known.identity, known.stop.signal)) return;
  signal(known.identity, 'SIGCONT');
  if (await ended(known, known.stop.patience)) return;
  signal(known.identity, 'SIGKILL');
  if (!(await ended(known, 5_000))) throw new Error(`process ${known.identity.pid} (${known.name}) cannot be ended`);
}

async function ended(known: RecordedProcess, patience: number): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (isRunning(known.identity)) {
    if (Date.now() > deadline) return false;
    await pause(20);
  }
  return true;
}
