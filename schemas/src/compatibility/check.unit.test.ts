import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { codecOf } from '../codec/codec.ts';
import { readLockedContracts } from '../contracts/locked-contracts.ts';
import { generate } from '../generation/generate.ts';
import { enumOf, field, type Json, optional, painted, slug, stamp, uuid } from '../testing/contracts.ts';
import { check } from './check.ts';

let folder: string;
let lines: string[];
const say = (line: string): void => void lines.push(line);
const file = 'test/Painted/v1.avsc';
const write = (path: string, json: object): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), JSON.stringify(json));
};
const commit = (): void => {
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-qm', 't'],
  ]) {
    execFileSync('git', ['-C', folder, ...args]);
  }
};
const topicOf = (partitions: number, event = 'test.Painted'): Json => ({
  topics: {
    'test.painting': {
      doc: 'Paintings.',
      owner: 'test',
      partitions,
      retentionMs: -1,
      cleanupPolicy: 'delete',
      key: 'painting-<id>',
      readers: [],
      events: [event],
    },
  },
});
const v1 = painted([field('id', uuid), ...stamp]);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contracts-'));
  lines = [];
  write(file, v1);
  write('topics.json', topicOf(3));
  generate(folder, { onlyCheck: false }, () => undefined);
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a folder in order is told as a table and passes', () => {
  expect(check(folder, say)).toBe(0);
  expect(lines.slice(0, 2)).toEqual([
    'event         newest  ids  topic          verdict',
    'test.Painted  v1      1    test.painting  fits',
  ]);
  expect(lines.at(-1)).toBe('1 contracts, 0 pairs of versions resolved, 0 problems.');
});

test('a new version that only adds what can be absent passes, once it has its id', () => {
  write('test/Painted/v2.avsc', painted([field('id', uuid), optional('it', slug), ...stamp]));
  expect(check(folder, say)).toBe(1);
  expect(lines.join('\n')).toContain('lv.vienuviet.test.Painted v2 has no id: run node schemas/src/generate.ts');
  expect(generate(folder, { onlyCheck: true }, say)).toBe(1);
  expect(generate(folder, { onlyCheck: false }, say)).toBe(0);
  expect(lines).toContain('id 2: lv.vienuviet.test.Painted v2');
  expect(check(folder, say)).toBe(0);
  expect(lines).toContain('1 contracts, 2 pairs of versions resolved, 0 problems.');
});

test('a version that was given out cannot be changed', () => {
  write(file, painted([field('id', uuid), field('it', slug), ...stamp]));
  expect(generate(folder, { onlyCheck: false }, say)).toBe(1);
  expect(lines[0]).toContain('test/Painted/v1.avsc was changed: undo that and write the change as v2.avsc');
  expect(check(folder, say)).toBe(1);
});

test('an event with a personal field in clear gets no id, and cannot be used', () => {
  const lock = readFileSync(join(folder, 'lock.json'), 'utf8');
  write('test/Drawn/v1.avsc', { ...painted([field('id', uuid), optional('phone', slug), ...stamp]), name: 'Drawn' });
  expect(generate(folder, { onlyCheck: false }, say)).toBe(1);
  expect(lines).toEqual([expect.stringMatching(/^refused: test\/Drawn\/v1.avsc: phone is called like personal data/)]);
  expect(readFileSync(join(folder, 'lock.json'), 'utf8')).toBe(lock);
  expect(() => codecOf(readLockedContracts(folder))).toThrow('test/Drawn/v1.avsc has no id');
  expect(check(folder, say)).toBe(1);
});

test('sealed, it gets its id', () => {
  const sealed = optional('phone', 'bytes', { pii: 'id' });
  write('test/Drawn/v1.avsc', { ...painted([field('id', uuid), sealed, ...stamp]), name: 'Drawn' });
  expect(generate(folder, { onlyCheck: false }, say)).toBe(0);
  expect(lines).toContain('id 2: lv.vienuviet.test.Drawn v1');
  expect(check(folder, say)).toBe(0);
});

test('nor together with its lock: the history knows', () => {
  commit();
  write(file, painted([field('id', uuid), field('it', slug), ...stamp]));
  rmSync(join(folder, 'lock.json'));
  expect(generate(folder, { onlyCheck: false }, say)).toBe(0);
  expect(check(folder, say)).toBe(1);
  expect(lines.join('\n')).toContain('schemas/lock.json: the id 1 was given to lv.vienuviet.test.Painted v1 and is');
});

test('the number of partitions cannot be changed', () => {
  commit();
  write('topics.json', topicOf(6));
  expect(check(folder, say)).toBe(1);
  expect(lines.join('\n')).toContain('schemas/topics.json: test.painting had 3 partitions and has 6');
});

test('what is wrong between contracts, and with topics, is found too', () => {
  const color = (...symbols: string[]): Json =>
    painted([field('id', uuid), field('color', enumOf('Color', ...symbols)), ...stamp]);
  write('test/Painted/v1.avsc', color('red'));
  write('test/Drawn/v1.avsc', { ...color('red', 'blue'), name: 'Drawn' });
  rmSync(join(folder, 'lock.json'));
  generate(folder, { onlyCheck: false }, () => undefined);
  write('topics.json', topicOf(3, 'test.Gone'));
  expect(check(folder, say)).toBe(1);
  expect(lines.join('\n')).toContain('Color is another one than in test/Drawn/v1.avsc');
  expect(lines.join('\n')).toContain('test.painting carries test.Gone, which has no contract');
});

test('types that were edited by hand are found', () => {
  const types = join(folder, 'src/generated/events.ts');
  writeFileSync(types, readFileSync(types, 'utf8').replace('readonly id', 'readonly key'));
  expect(check(folder, say)).toBe(1);
  expect(lines.join('\n')).toContain('schemas/src/generated/events.ts: is not what the contracts say');
});

test.each([
  {
    what: 'no version 1',
    path: 'test/Drawn/v2.avsc',
    json: { ...v1, name: 'Drawn' },
    said: 'test/Drawn has no v1.avsc',
  },
  {
    what: 'a record of another name',
    path: 'test/Drawn/v1.avsc',
    json: v1,
    said: 'the record is called lv.vienuviet.test.Painted',
  },
  {
    what: 'no record',
    path: 'test/Drawn/v1.avsc',
    json: { type: 'string' },
    said: 'test/Drawn/v1.avsc: an event is a record',
  },
])('a folder with $what cannot be read, and the file is named', ({ path, json, said }) => {
  write(path, json);
  expect(() => check(folder, say)).toThrow(said);
});
