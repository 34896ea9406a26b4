import { describe, expect, test } from 'vitest';
import { answerFault, noteStored, type StoredOffsets } from './answer-check.ts';

const sent = [
  { topic: 'case', partition: 0, count: 3 },
  { topic: 'case', partition: 1, count: 2 },
];
const answer = (partition: number, baseOffset: string | undefined, errorCode = 0) => ({
  topicName: 'case',
  partition,
  errorCode,
  ...(baseOffset === undefined ? {} : { baseOffset }),
});

describe('an answer is accepted', () => {
  test('when it names every partition at an offset', () => {
    expect(answerFault(sent, [answer(0, '0'), answer(1, '900')], new Map())).toBeUndefined();
  });
});

describe('an answer is refused', () => {
  test.each([
    ['lacks a partition', [answer(0, '0')], /does not name case\/1/],
    ['is empty', [], /does not name case\/0/],
    ['names a partition twice', [answer(0, '0'), answer(0, '3'), answer(1, '0')], /names case\/0 twice/],
    ['carries an error', [answer(0, '0'), answer(1, '0', 7)], /error 7 for case\/1/],
    ['has no offset', [answer(0, '0'), answer(1, undefined)], /no offset for case\/1/],
    ['has the offset -1 of a duplicate', [answer(0, '0'), answer(1, '-1')], /no offset for case\/1/],
  ])('when it %s', (_, given, reason) => {
    expect(answerFault(sent, given, new Map())).toMatch(reason);
  });

  test('when it puts messages before what was stored earlier', () => {
    const stored: StoredOffsets = new Map();
    noteStored(sent, [answer(0, '10'), answer(1, '20')], stored);
    expect(answerFault(sent, [answer(0, '12'), answer(1, '22')], stored)).toMatch(/case\/0 at 12, but 13/);
    expect(answerFault(sent, [answer(0, '13'), answer(1, '30')], stored)).toBeUndefined();
  });
});
