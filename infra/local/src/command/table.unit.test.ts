import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addresses, hidden } from './outcome.ts';
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
  expect(table(['a', ''], [['b', '']])).toBe('a\n─\nb');
});

/** A copy with one service. */
const endpoints = {
  ...{ kafka: '127.0.0.1:7400', schemaRegistry: '', redis: 'redis://:secret@127.0.0.1:7404', issuer: '' },
  ...{ instances: { intake: ['http://127.0.0.1:7412'] }, topicPrefix: '' },
  postgres: {
    intake: {
      main: 'postgres://intake_owner:secret@127.0.0.1:7403/intake',
      keys: 'postgres://intake_owner:secret@127.0.0.1:7403/intake_keys',
      reader: 'postgres://intake_reader:secret@127.0.0.1:7403/intake',
    },
  },
};

test('the addresses name the file that has those of the databases, and show no password', () => {
  const shown = addresses(endpoints, '/data');
  expect(shown).toMatch(/^intake +http:\/\/127\.0\.0\.1:7412 +http:\/\/127\.0\.0\.1:7412\/docs$/m);
  expect(shown).toMatch(/^PostgreSQL +127\.0\.0\.1:7403$/m);
  expect(shown).toContain('\n/data/endpoints.json: main is');
  expect(shown).not.toContain('secret');
});

test('beside the addresses stands where the password of sample people is, and not the password', () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'addresses-'));
  mkdirSync(join(dataFolder, 'identity'));
  writeFileSync(join(dataFolder, 'identity/sample-password'), 'abcd-efgh\n');
  const shown = addresses(endpoints, dataFolder);
  expect(shown).toContain(`with the password in ${dataFolder}/identity/sample-password.`);
  expect(shown).not.toContain('abcd-efgh');
  rmSync(dataFolder, { recursive: true });
});

test('an address is shown without its password', () => {
  expect(hidden('postgres://intake_owner:secret@127.0.0.1:7403/intake')).toBe(
    'postgres://intake_owner@127.0.0.1:7403/intake',
  );
});
