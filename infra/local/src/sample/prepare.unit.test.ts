import { expect, test } from 'vitest';
import { importedText } from './prepare.ts';

test('an import of several tables is told in words', () => {
  const reports = [
    { entries: 11, listed: 0, relisted: 1 },
    { entries: 6_937, listed: 6_900, relisted: 0 },
  ];
  expect(importedText(reports)).toBe('6,948 entries of 2 tables, 6,901 of them new');
});
