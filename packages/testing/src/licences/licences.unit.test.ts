import { expect, test } from 'vitest';
import { isAllowed, licenceFaults } from './licences.ts';

test.each([
  ['MIT', true],
  ['MIT OR GPL-3.0-only', true],
  ['(ISC AND CC-BY-3.0)', true],
  ['MIT AND GPL-3.0-only', false],
  ['AGPL-3.0-only', false],
  ['SSPL-1.0', false],
  ['', false],
])('%j is taken: %s', (expression, taken) => expect(isAllowed(expression)).toBe(taken));

test('what states no licence, or one that we do not take, is named with its version', () => {
  const faults = licenceFaults([
    { name: 'fine', version: '1.0.0', licenses: [{ license: { id: 'MIT' } }] },
    { group: '@event-driven-io', name: 'emmett', version: '0.42.0' },
    { group: '@somebody', name: 'silent', version: '2.0.0' },
    { name: 'copyleft', version: '3.1.0', licenses: [{ expression: 'AGPL-3.0-only' }] },
  ]);
  expect(faults).toEqual(['@somebody/silent@2.0.0: states no licence', 'copyleft@3.1.0: AGPL-3.0-only']);
});
