import { readdirSync, readFileSync } from 'node:fs';
import { isRunning } from '../processes/identity.ts';
import type { RecordedProcess } from '../processes/record.ts';

/**
 * Memory of the processes and of what they started (PostgreSQL's sessions), in bytes: the sum of their proportional
 * set sizes, in which a page shared by n processes counts an nth for each.
 */
export function memoryOf(processes: readonly RecordedProcess[]): number {
  const wanted = new Set(processes.filter((known) => isRunning(known.identity)).map((known) => known.identity.pid));
  const parents = parentOfEach();
  for (const pid of parents.keys()) {
    if (ancestors(pid, parents).some((ancestor) => wanted.has(ancestor))) wanted.add(pid);
  }
  return [...wanted].reduce((sum, pid) => sum + proportionalSize(pid), 0);
}

/** Reads `Pss:` of `/proc/<pid>/smaps_rollup`, given in kB of 1024 bytes. */
export function parsePss(rollup: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1_024;
}

function proportionalSize(pid: number): number {
  try {
    return parsePss(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  } catch {
    return 0; // ended in between, or another user's
  }
}

function parentOfEach(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // ended in between
    }
  }
  return parents;
}

function ancestors(pid: number, parents: ReadonlyMap<number, number>): number[] {
  const found: number[] = [];
  for (let parent = parents.get(pid); parent !== undefined && parent > 1; parent = parents.get(parent)) {
    found.push(parent);
  }
  return found;
}
