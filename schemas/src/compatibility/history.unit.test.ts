import { describe, expect, test } from 'vitest';
import { schemasFolder } from '../index.ts';
import { committedTexts, lockHistoryProblems, topicHistoryProblems } from './history.ts';

const entry = { id: 1, subject: 'lv.vienuviet.test.Painted', version: 1, identity: 'aa' };
const before = [JSON.stringify([entry])];

describe('the lock', () => {
  test('may grow and may retire ids', () => {
    expect(
      lockHistoryProblems(
        [
          { ...entry, retired: true },
          { ...entry, id: 2, version: 2 },
        ],
        before,
      ),
    ).toEqual([]);
  });

  test.each([
    { what: 'lost an id', lock: [], said: 'the id 1 was given to lv.vienuviet.test.Painted v1 and is gone' },
    {
      what: 'gives an id to another schema',
      lock: [{ ...entry, identity: 'bb' }],
      said: 'with another schema or name',
    },
    {
      what: 'gives an id to another event',
      lock: [{ ...entry, subject: 'lv.vienuviet.test.Drawn' }],
      said: 'is lv.vienuviet.test.Drawn v1',
    },
  ])('is refused when it $what, even if its files agree with it', ({ lock, said }) => {
    expect(lockHistoryProblems(lock, before)[0]?.problem).toContain(said);
  });
});

describe('a topic', () => {
  const earlier = [JSON.stringify({ topics: { 'test.painting': { partitions: 3 } } })];

  test.each([
    {
      what: 'has another number of partitions',
      topics: [{ name: 'test.painting', partitions: 6 }],
      said: 'had 3 partitions and has 6',
    },
    { what: 'is gone', topics: [], said: 'had 3 partitions and is gone' },
  ])('that $what is refused', ({ topics, said }) => {
    expect(topicHistoryProblems(topics, earlier)[0]?.problem).toContain(said);
  });

  test('that is new or as it was is fine', () => {
    const topics = [
      { name: 'test.painting', partitions: 3 },
      { name: 'test.other', partitions: 1 },
    ];
    expect(topicHistoryProblems(topics, earlier)).toEqual([]);
  });
});

test('without git there is nothing to compare with, and that is told', () => {
  expect(committedTexts('/', 'lock.json')).toBeUndefined();
});

test('the committed states of a file are found', () => {
  const texts = committedTexts(schemasFolder, 'lock.json');
  expect(texts === undefined || texts.every((text) => text.startsWith('['))).toBe(true);
});
