import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readDirectories } from './directory.ts';

test('the settings on the page about connecting a directory are read', () => {
  const page = readFileSync(new URL('../../../../docs/tasks/connect-a-directory.md', import.meta.url), 'utf8');
  const [, settings = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
  expect(readDirectories('the page', settings).map(({ source }) => source.kind)).toEqual(['scim', 'ldap']);
});
