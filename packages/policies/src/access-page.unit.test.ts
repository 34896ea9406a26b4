import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { accessPage } from './access-page.ts';

const line = (says: string): string[] =>
  accessPage()
    .split('\n')
    .find((one) => one.startsWith(`| ${says} |`))!
    .split('|')
    .map((cell) => cell.trim());

describe('the page on who may do what', () => {
  test('is what the table says', () => {
    expect(readFileSync(new URL('../../../docs/access.md', import.meta.url), 'utf8')).toBe(accessPage());
  });

  test('shows whose things each role reaches', () => {
    const header = line('');
    const cellOf = (says: string, role: string) => line(says)[header.indexOf(role)];
    expect(cellOf('Search cases', 'clerk')).toBe('own centre');
    expect(cellOf('Search cases', 'holder system')).toBe('own holder');
    expect(cellOf('Search cases', 'auditor')).toBe('all');
    expect(cellOf('Search cases', 'resident')).toBe('');
    expect(cellOf('See the own items in the portal', 'resident')).toBe('own');
    expect(cellOf('Read a case with its history', 'purpose')).toBe('yes');
    expect(cellOf('Sign in with a second factor', 'auditor')).toBe('must');
    expect(cellOf('Sign in with a second factor', 'clerk')).toBe('');
  });
});
