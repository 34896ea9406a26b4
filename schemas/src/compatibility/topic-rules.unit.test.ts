import { expect, test } from 'vitest';
import { field, painted, paintedIn, uuid } from '../testing/contracts.ts';
import type { Topic } from '../topics.ts';
import { topicProblems } from './topic-rules.ts';

const topic: Topic = {
  name: 'test.painting',
  doc: 'Paintings.',
  owner: 'test',
  partitions: 3,
  retentionMs: -1,
  cleanupPolicy: 'delete',
  key: 'painting-<id>',
  readers: ['reporting'],
  events: ['test.Painted'],
};
const contract = paintedIn(painted([field('id', uuid)]));
const problemsOf = (...topics: Topic[]): string[] =>
  topicProblems(topics, { byType: new Map([[contract.type, contract]]) }).map(({ problem }) => problem);

test('a topic as it should be has no problems', () => {
  expect(problemsOf(topic)).toEqual([]);
});

test('an event of a package is on a topic of each service that runs it, named for both', () => {
  const shared = ['intake', 'identity'].map((owner) => ({ ...topic, name: `${owner}.test`, owner }));
  expect(problemsOf(...shared)).toEqual([]);
});

test.each<{ what: string; topics: Topic[]; said: string }>([
  {
    what: 'an event on two topics',
    topics: [topic, { ...topic, name: 'test.other' }],
    said: 'test.Painted is on test.painting and on test.other',
  },
  {
    what: 'an event without a contract',
    topics: [{ ...topic, events: ['test.Gone'] }],
    said: 'carries test.Gone, which has no contract',
  },
  {
    what: 'an event of another owner',
    topics: [{ ...topic, name: 'intake.painting' }],
    said: 'carries test.Painted of another owner',
  },
  { what: 'no event', topics: [{ ...topic, events: [] }], said: 'carries no event' },
  { what: 'no partitions', topics: [{ ...topic, partitions: 0 }], said: 'partitions is a number from 1' },
  { what: 'a retention of nothing', topics: [{ ...topic, retentionMs: 0 }], said: 'retentionMs is -1 or a time' },
  {
    what: 'another clean-up',
    topics: [{ ...topic, cleanupPolicy: 'none' as never }],
    said: 'cleanupPolicy is delete or compact',
  },
  { what: 'a name that no owner has', topics: [{ ...topic, name: 'Painting' }], said: 'is not named like intake.case' },
  { what: 'no owner', topics: [{ ...topic, owner: '' }], said: 'doc, owner and key are texts' },
  { what: 'a reader twice', topics: [{ ...topic, readers: ['a', 'a'] }], said: 'readers are services, each once' },
])('a topic with $what is refused', ({ topics, said }) => {
  expect(problemsOf(...topics).join('\n')).toContain(said);
});
