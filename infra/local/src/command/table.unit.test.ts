import { expect, test } from 'vitest';
import { hidden } from './outcome.ts';
import { table } from './table.ts';

test('a table is as wide as its cells, with numbers to the right', () => {
  expect(
    table(
      ['service', 'count'],
      [
        ['Pabalsts', '7'],
        ['Ķīmija', '1,234'],
      ],
    ),
  ).toBe(['service   count', '────────  ─────', 'Pabalsts      7', 'Ķīmija    1,234'].join('\n'));
  expect(table(['a'], [])).toBe('a\n─');
});

test('an address is shown without its password', () => {
  expect(hidden('postgres://intake_owner:secret@127.0.0.1:7403/intake')).toBe(
    'postgres://intake_owner@127.0.0.1:7403/intake',
  );
});
