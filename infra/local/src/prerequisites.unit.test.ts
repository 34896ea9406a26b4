import { expect, test } from 'vitest';
import { javaVersion } from './prerequisites.ts';

test.each([
  ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime …', 17],
  ['openjdk version "21" 2023-09-19', 21],
  ['openjdk version "25-ea" 2025-09-16', 25],
  ['java version "1.8.0_392"', 8],
  ['', 0],
  ['sh: java: not found', 0],
])('the version of Java is read from %j', (text, version) => {
  expect(javaVersion(text)).toBe(version);
});
