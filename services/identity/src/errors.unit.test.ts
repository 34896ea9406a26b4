import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scimStatuses } from './directories/scim/errors.ts';
import { refusals } from './errors.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
/** The codes of a status, as the README lists them. */
const listed = (status: number) => new RegExp(`^\\| ${status} \\| (.*) \\|$`, 'm').exec(readme)?.[1];

test.each(Object.entries(refusals))('the README names the refusal %s among those of %i', (code, status) => {
  expect(listed(status)).toContain(`\`${code}\``);
});

test.each(Object.keys(scimStatuses))('the README names what SCIM is told by scim_%s', (type) => {
  expect(readme).toContain(`\`scim_${type}\``);
});
