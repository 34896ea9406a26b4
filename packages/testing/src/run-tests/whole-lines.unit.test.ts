import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { wholeLines } from './whole-lines.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is written within a moment is shown together, in whole lines', () => {
  const shown: string[] = [];
  const lines = wholeLines((text) => shown.push(text), 50);
  lines.take('✓ one\n');
  lines.take('  ✓ of one\n✓ t');
  expect(shown).toEqual([]);
  vi.advanceTimersByTime(50);
  expect(shown).toEqual(['✓ one\n  ✓ of one\n']);
  lines.take('wo\n');
  vi.advanceTimersByTime(50);
  expect(shown).toEqual(['✓ one\n  ✓ of one\n', '✓ two\n']);
});

test('a line that goes on waits for its end, the last one not', () => {
  const shown: string[] = [];
  const lines = wholeLines((text) => shown.push(text), 50);
  lines.take('half');
  vi.advanceTimersByTime(1_000);
  expect(shown).toEqual([]);
  lines.take(' and half');
  lines.end();
  expect(shown).toEqual(['half and half\n']);
  lines.end();
  expect(shown).toHaveLength(1);
});
