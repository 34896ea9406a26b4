import { expect, test } from 'vitest';
import { dayText } from './live-line.ts';

test.each([
  [{ phase: 'playing', done: 0, total: 0, clock: '' }, 'day 0 %'],
  [{ phase: 'playing', done: 45, total: 100, clock: '10:32' }, 'day 45 % (10:32)'],
  [{ phase: 'comparing', done: 100, total: 100, clock: '18:00' }, 'day compared'],
] as const)('how far the day is, in words: %o', (progress, text) => expect(dayText(progress)).toBe(text));
