import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { problems } from './errors.ts';
import { problemPage } from './problem-page.ts';

test('docs/problems.md is what errors.ts says', () => {
  expect(readFileSync(join(import.meta.dirname, '../../../docs/problems.md'), 'utf8')).toBe(problemPage());
});

test('every code of the list is answered somewhere', () => {
  const folder = join(import.meta.dirname, '../../..');
  const answering = globSync('{packages,services}/*/src/**/*.ts', { cwd: folder })
    .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('errors.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  expect(Object.keys(problems).filter((code) => !answering.includes(`'${code}'`))).toEqual([]);
});

test('codes are in snake_case and statuses are errors', () => {
  for (const [code, { status, title }] of Object.entries(problems)) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).not.toMatch(/\.$/);
  }
});
