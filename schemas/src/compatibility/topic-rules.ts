import type { Contracts } from '../contracts/contracts.ts';
import type { Topic } from '../topics.ts';
import type { Problem } from './problem.ts';

const file = 'topics.json';

/**
 * Problems of the topics: each names its owner and carries only that service's events, none on two topics. An event of
 * a package that runs in several services (`audit.…`) is on a topic of each that is named for the package, `<service>.audit`.
 */
export function topicProblems(topics: readonly Topic[], contracts: Pick<Contracts, 'byType'>): Problem[] {
  const topicOf = new Map<string, string>();
  return topics
    .flatMap((topic) => [
      ...settingProblems(topic),
      ...topic.events.flatMap((type) => {
        const other = topicOf.get(type);
        topicOf.set(type, topic.name);
        const contract = contracts.byType.get(type);
        if (contract === undefined) return [`${topic.name} carries ${type}, which has no contract`];
        if (isShared(topic, contract.owner)) return [];
        if (other !== undefined) return [`${type} is on ${other} and on ${topic.name}`];
        return contract.owner === topic.name.split('.')[0] ? [] : [`${topic.name} carries ${type} of another owner`];
      }),
    ])
    .map((problem) => ({ file, problem }));
}

/** Whether a topic is one of several with the same events, one a service: `intake.audit` for those of `audit`. */
const isShared = ({ name }: Topic, owner: string): boolean => name.split('.').slice(1).join('.') === owner;

function settingProblems(topic: Topic): string[] {
  const { name, doc, owner, partitions, retentionMs, cleanupPolicy, key, readers, events } = topic;
  const problems: string[] = [];
  const expect = (fits: boolean, what: string): void => {
    if (!fits) problems.push(`${name}: ${what}`);
  };
  expect(/^[a-z][a-z0-9]*(\.[a-z][a-z0-9-]*)+$/.test(name), 'is not named like intake.case');
  expect(
    [doc, owner, key].every((text) => typeof text === 'string' && text !== ''),
    'doc, owner and key are texts',
  );
  expect(Number.isInteger(partitions) && partitions > 0, 'partitions is a number from 1');
  expect(retentionMs === -1 || (Number.isInteger(retentionMs) && retentionMs > 0), 'retentionMs is -1 or a time');
  expect(cleanupPolicy === 'delete' || cleanupPolicy === 'compact', 'cleanupPolicy is delete or compact');
  expect(Array.isArray(readers) && new Set(readers).size === readers.length, 'readers are services, each once');
  expect(Array.isArray(events) && events.length > 0, 'carries no event');
  return problems;
}
