/**
 * What was committed before and must still be there. A lock that is edited together with the file it locks agrees with
 * itself; only its history knows better.
 */
import { execFileSync } from 'node:child_process';
import { type LockEntry, parseLock } from '../contracts/lock.ts';
import type { Problem } from './problem.ts';

/** All texts that a file had in the commits behind the present one, newest first; undefined where there is no git. */
export function committedTexts(folder: string, file: string): string[] | undefined {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const commits = git('log', '--full-history', '--format=%H', '--diff-filter=AM', '--', file).split('\n');
    return commits.filter(Boolean).map((commit) => git('show', `${commit}:./${file}`));
  } catch {
    return undefined;
  }
}

/** Ids that once stood for a schema and now stand for another one or for none. */
export function lockHistoryProblems(lock: readonly LockEntry[], earlier: readonly string[]): Problem[] {
  const now = new Map(lock.map((entry) => [entry.id, entry]));
  const problems = new Map<number, Problem>();
  for (const { id, subject, version, identity } of earlier.flatMap(lockedEntries)) {
    const entry = now.get(id);
    if (entry?.subject === subject && entry.version === version && entry.identity === identity) continue;
    const is = entry === undefined ? 'is gone' : `is ${entry.subject} v${entry.version} with another schema or name`;
    problems.set(id, { file: 'lock.json', problem: `the id ${id} was given to ${subject} v${version} and ${is}` });
  }
  return [...problems.values()];
}

/** Entries of an earlier lock. Before the first release of the contracts entries had no identity; those bind nobody. */
const lockedEntries = (text: string): LockEntry[] => parseLock(text).filter(({ identity }) => identity !== undefined);

interface TopicShape {
  readonly name: string;
  readonly partitions: number;
}

/** Topics that had another number of partitions, or are gone: keys would change places, or events lose theirs. */
export function topicHistoryProblems(topics: readonly TopicShape[], earlier: readonly string[]): Problem[] {
  const now = new Map(topics.map(({ name, partitions }) => [name, partitions]));
  const problems = new Map<string, Problem>();
  for (const text of earlier) {
    const { topics: before } = JSON.parse(text) as { topics: Record<string, TopicShape> };
    for (const [name, { partitions }] of Object.entries(before)) {
      const is = now.get(name);
      if (is === partitions) continue;
      const problem = `${name} had ${partitions} partitions and ${is === undefined ? 'is gone' : `has ${is}`}`;
      problems.set(name, { file: 'topics.json', problem });
    }
  }
  return [...problems.values()];
}
