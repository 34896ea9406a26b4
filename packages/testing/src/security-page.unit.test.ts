import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './test-folders.ts';

const page = readFileSync(join(root, 'docs/security.md'), 'utf8');
const rows = [...page.matchAll(/^\| (\d+\.\d+\.\d+) \| ([12]) \| (met|partly|open|–) \| (.+) \|$/gm)].map(
  ([, id = '', , state = '', where = '']) => ({ id, state, where }),
);

/**
 * Requirements of levels 1 and 2 of OWASP ASVS 5.0.0 (tag v5.0.0_release): by section, the number of the last one and
 * those between that are of level 3.
 */
const sections: Readonly<Record<string, readonly [last: number, ...level3: number[]]>> = {
  '1.1': [2],
  '1.2': [9],
  '1.3': [11],
  '1.4': [3],
  '1.5': [2],
  '2.1': [3],
  '2.2': [3],
  '2.3': [4],
  '2.4': [1],
  '3.2': [2],
  '3.3': [4],
  '3.4': [6],
  '3.5': [5],
  '3.7': [2],
  '4.1': [3],
  '4.2': [1],
  '4.3': [2],
  '4.4': [4],
  '5.1': [1],
  '5.2': [3],
  '5.3': [2],
  '5.4': [3],
  '6.1': [3],
  '6.2': [12],
  '6.3': [4],
  '6.4': [4],
  '6.5': [5],
  '6.6': [3],
  '6.8': [4],
  '7.1': [3],
  '7.2': [4],
  '7.3': [2],
  '7.4': [5],
  '7.5': [2],
  '7.6': [2],
  '8.1': [2],
  '8.2': [3],
  '8.3': [1],
  '8.4': [1],
  '9.1': [3],
  '9.2': [4],
  '10.1': [2],
  '10.2': [2],
  '10.3': [4],
  '10.4': [11],
  '10.5': [5],
  '10.6': [2],
  '10.7': [3],
  '11.1': [2],
  '11.2': [3],
  '11.3': [3],
  '11.4': [4],
  '11.5': [1],
  '11.6': [1],
  '12.1': [3],
  '12.2': [2],
  '12.3': [4],
  '13.1': [1],
  '13.2': [5],
  '13.3': [2],
  '13.4': [5],
  '14.1': [2],
  '14.2': [4],
  '14.3': [3],
  '15.1': [3],
  '15.2': [3],
  '15.3': [7],
  '16.1': [1],
  '16.2': [5],
  '16.3': [4],
  '16.4': [3],
  '16.5': [3],
  '17.1': [1],
  '17.2': [4],
  '17.3': [2],
};

const idsOf = (section: string): string[] => {
  const [last, ...level3] = sections[section]!;
  const numbers = Array.from({ length: last }, (_, index) => index + 1);
  return numbers.filter((number) => !level3.includes(number)).map((number) => `${section}.${number}`);
};

/** Files that a text names: in ticks or behind a link. */
const filesIn = (text: string): string[] =>
  [...text.matchAll(/`((?:[\w-]+\/)+[\w.-]+\.\w+|Dockerfile|\.dockerignore|[A-Z]+\.md)`/g)].map(
    ([, file = '']) => file,
  );

describe('docs/security.md', () => {
  test('lists each requirement of levels 1 and 2 once, in their order', () => {
    expect(rows.map(({ id }) => id)).toEqual(Object.keys(sections).flatMap(idsOf));
    expect(rows).toHaveLength(253);
  });

  test.each(['Open', 'Partly'])('names at its top what is %s, and no more', (word) => {
    const [, listed = ''] = new RegExp(`^- \\*\\*${word}:\\*\\* (.*?)\\.$`, 'm').exec(page) ?? [];
    const state = word.toLowerCase();
    expect(listed.split(', ')).toEqual(rows.filter((row) => row.state === state).map(({ id }) => id));
  });

  test('counts what it lists', () => {
    const count = (state: string) => rows.filter((row) => row.state === state).length;
    expect(page).toContain(
      `${count('met')} met, ${count('partly')} partly, ${count('open')} open, ${count('–')} that do not apply`,
    );
  });

  test('names no file that is not there', () => {
    const files = [...filesIn(page), ...filesIn(readFileSync(join(root, 'SECURITY.md'), 'utf8'))];
    expect(files.length).toBeGreaterThan(70);
    expect([...new Set(files)].filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});
