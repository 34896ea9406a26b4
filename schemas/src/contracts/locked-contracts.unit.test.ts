import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLockedContracts } from './locked-contracts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contracts-'));
  cpSync(join(import.meta.dirname, '..', '..'), folder, {
    recursive: true,
    filter: (path) => !/node_modules|\/src/.test(path.slice(import.meta.dirname.length - '/src/contracts'.length)),
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (): string => join(folder, 'intake/CaseClosed/v1.avsc');

test('the committed contracts are read', () => {
  expect(readLockedContracts(folder).byType.size).toBeGreaterThan(20);
});

test('a contract that was changed after it got its id is refused: no service starts with it', () => {
  const schema = JSON.parse(readFileSync(file(), 'utf8'));
  schema.fields.pop();
  writeFileSync(file(), JSON.stringify(schema));
  expect(() => readLockedContracts(folder)).toThrow(/lv\.vienuviet\.intake\.CaseClosed v1 .*was changed/);
});

test('a contract that is gone is refused', () => {
  rmSync(join(folder, 'intake/CaseClosed'), { recursive: true });
  expect(() => readLockedContracts(folder)).toThrow(/CaseClosed v1 .*its file is gone/);
});
