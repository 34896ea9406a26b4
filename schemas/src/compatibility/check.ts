import { join } from 'node:path';
import { type Contract, type Contracts, readContracts } from '../contracts/contracts.ts';
import { textOf, typesFile } from '../generation/generate.ts';
import { typesOf } from '../generation/typescript.ts';
import { readTopics, type Topic } from '../topics.ts';
import { contractProblems } from './check-contracts.ts';
import { committedTexts, lockHistoryProblems, topicHistoryProblems } from './history.ts';
import type { Problem } from './problem.ts';

/** Checks a folder of contracts and tells, line by line, what it found. Returns the exit code: 1 for any problem. */
export function check(folder: string, say: (line: string) => void): number {
  const contracts = readContracts(folder);
  const topics = readTopics(folder);
  const locks = committedTexts(folder, 'lock.json');
  const problems: Problem[] = [
    ...contractProblems(contracts, topics),
    ...lockHistoryProblems(contracts.lock, locks ?? []),
    ...topicHistoryProblems(topics, committedTexts(folder, 'topics.json') ?? []),
    ...driftProblems(folder, contracts),
  ];
  for (const line of tableOf(contracts, topics, problems)) say(line);
  say('');
  for (const { file, problem } of problems) say(`schemas/${file}: ${problem}`);
  say(
    locks === undefined
      ? 'Not compared with earlier commits: there is no git history here.'
      : `Compared with ${locks.length} committed states of the lock.`,
  );
  const all = [...contracts.byType.values()];
  const pairs = all.reduce((sum, { versions }) => sum + versions.length * (versions.length - 1), 0);
  say(`${all.length} contracts, ${pairs} pairs of versions resolved, ${problems.length} problems.`);
  return problems.length > 0 ? 1 : 0;
}

const driftProblems = (folder: string, contracts: Contracts): Problem[] =>
  textOf(join(folder, typesFile)) === typesOf(contracts)
    ? []
    : [{ file: typesFile, problem: 'is not what the contracts say: run node schemas/src/generate.ts' }];

function tableOf(contracts: Contracts, topics: readonly Topic[], problems: readonly Problem[]): string[] {
  const topicByType = new Map(topics.flatMap(({ name, events }) => events.map((type) => [type, name])));
  const rows = [...contracts.byType.values()].map((contract) => [
    contract.type,
    `v${contract.versions.length}`,
    idsOf(contract, contracts),
    topicByType.get(contract.type) ?? '(local)',
    verdictOf(contract, problems),
  ]);
  const table = [['event', 'newest', 'ids', 'topic', 'verdict'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

const idsOf = ({ subject }: Contract, { lock }: Contracts): string =>
  lock
    .filter((entry) => entry.subject === subject && !entry.retired)
    .map(({ id }) => id)
    .join(', ');

function verdictOf({ versions, experimental }: Contract, problems: readonly Problem[]): string {
  const files = versions.map(({ file }) => file);
  const count = problems.filter(({ file }) => files.includes(file)).length;
  const verdict = count === 0 ? 'fits' : `${count} problem${count === 1 ? '' : 's'}`;
  return experimental ? `${verdict} (experimental)` : verdict;
}
