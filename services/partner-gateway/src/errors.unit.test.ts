import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refusals } from './errors.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
/** The codes of a status, as the README lists them. */
const listed = (status: number) => new RegExp(`^\\| ${status} \\| (.*) \\|$`, 'm').exec(readme)?.[1];

test.each(Object.entries(refusals))('the README names the refusal %s among those of %i', (code, status) => {
  expect(listed(status)).toContain(`\`${code}\``);
});
