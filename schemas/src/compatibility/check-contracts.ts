import type { Contract, Contracts } from '../contracts/contracts.ts';
import { giveIds } from '../contracts/give-ids.ts';
import type { Topic } from '../topics.ts';
import type { Problem } from './problem.ts';
import { resolutionProblems } from './resolution.ts';
import { ruleProblems } from './rules.ts';
import { sharedNameProblems } from './shared-names.ts';
import { topicProblems } from './topic-rules.ts';
import { changeProblems } from './unchanged.ts';

/** Everything that is wrong with a folder of contracts, as its files stand now. */
export function contractProblems(contracts: Contracts, topics: readonly Topic[]): Problem[] {
  const topicByType = new Map(topics.flatMap(({ name, events }) => events.map((type) => [type, name])));
  const { given, refusals } = giveIds(contracts);
  return [
    ...[...contracts.byType.values()].flatMap((contract) => [
      ...contract.versions.flatMap((version) => ruleProblems(contract, version, topicByType.get(contract.type))),
      ...versionProblems(contract),
    ]),
    ...sharedNameProblems(contracts.byType.values()),
    ...topicProblems(topics, contracts),
    ...refusals.map((problem) => ({ file: 'lock.json', problem })),
    ...given.map(({ subject, version }) => ({
      file: 'lock.json',
      problem: `${subject} v${version} has no id: run node schemas/src/generate.ts`,
    })),
  ];
}

/** Problems of the versions of one contract against one another, in every pair; an experimental one may change. */
export function versionProblems({ experimental, versions }: Contract): Problem[] {
  return experimental ? [] : [...resolutionProblems(versions), ...changeProblems(versions)];
}
