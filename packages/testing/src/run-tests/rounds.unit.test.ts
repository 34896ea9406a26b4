import { expect, test } from 'vitest';
import { roundsOf } from './rounds.ts';
import { selectionOf } from './selection.ts';

const rounds = (...args: string[]) => roundsOf(selectionOf(args)!);
const titles = (...args: string[]) => rounds(...args).map((runs) => runs.map(({ title }) => title));

test('the tests on the platform run beside the others', () => {
  expect(titles()).toEqual([['unit, int', 'commands, e2e']]);
});

test.each([
  ['unit', 'unit'],
  ['int', 'int'],
  ['e2e', 'commands, e2e'],
])('%s alone is one run', (level, title) => {
  expect(titles(level)).toEqual([[title]]);
});

test('what takes long runs alone, and so do the tests on the oldest PostgreSQL', () => {
  expect(titles('full')).toEqual([['unit, int', 'commands, e2e'], ['full'], ['int on PostgreSQL 15']]);
  const [, [long] = [], [oldest] = []] = rounds('full');
  expect(long?.env).toMatchObject({ VIENUVIET_TEST_FULL: 'yes' });
  expect(oldest?.env).toEqual({ VIENUVIET_POSTGRES_URL: undefined, VIENUVIET_TEST_POSTGRES: '15' });
});

test('paths are one run, of whatever level their tests are', () => {
  expect(rounds('services/intake', 'schemas')).toEqual([
    [{ title: 'services/intake schemas', projects: [], paths: ['services/intake', 'schemas'], env: {} }],
  ]);
});
