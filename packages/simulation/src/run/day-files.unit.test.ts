import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DayProgress, readAwaitedProgress, readProgress, writeProgress } from './day-files.ts';

let dataFolder: string;
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'day-files-'));
});
afterEach(() => rmSync(dataFolder, { recursive: true }));

const progress = (seed: string): DayProgress => ({
  ...{ request: { seed, date: '2026-11-20' }, digest: seed, phase: 'agrees', done: 1, total: 1, clock: '12:00' },
  ...{ pid: 1, updatedAt: 0 },
});

test("the platform's own day is waited for, also when a small one was played after it", () => {
  writeProgress(dataFolder, progress('own'), true);
  writeProgress(dataFolder, progress('small'), false);
  expect(readAwaitedProgress(dataFolder)?.digest).toBe('own');
  expect(readProgress(dataFolder)?.digest).toBe('small');
});

test('where the platform plays none, the last day is waited for', () => {
  expect(readAwaitedProgress(dataFolder)).toBeUndefined();
  writeProgress(dataFolder, progress('small'), false);
  expect(readAwaitedProgress(dataFolder)?.digest).toBe('small');
});
