import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountOf, addRevokedName, certificateNameOf, revokedNames } from './accounts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'accounts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('an account comes in under its own name, and under the next one after that was revoked', () => {
  expect(certificateNameOf(folder, 'intake')).toBe('intake');
  addRevokedName(folder, 'intake');
  expect(certificateNameOf(folder, 'intake')).toBe('intake.2');
  addRevokedName(folder, 'intake.2');
  expect(certificateNameOf(folder, 'intake')).toBe('intake.3');
  expect(certificateNameOf(folder, 'reporting')).toBe('reporting');
});

test('what was revoked is written down once, for its owner alone', () => {
  expect(revokedNames(folder)).toEqual([]);
  addRevokedName(folder, 'intake');
  addRevokedName(folder, 'reporting');
  addRevokedName(folder, 'intake');
  expect(revokedNames(folder)).toEqual(['intake', 'reporting']);
  expect(statSync(join(folder, 'revoked.json')).mode & 0o777).toBe(0o600);
});

test.each([
  ['intake', 'intake'],
  ['intake.2', 'intake'],
  ['partner-gateway.12', 'partner-gateway'],
])('%s is a certificate of %s', (name, account) => {
  expect(accountOf(name)).toBe(account);
});
