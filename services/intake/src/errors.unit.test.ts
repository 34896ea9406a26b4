import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refusals } from './errors.ts';

test('the README names every refusal that callers see', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const [code, status] of Object.entries(refusals)) {
    if (status !== 404) expect(readme, code).toContain(`\`${code}\``);
  }
});
