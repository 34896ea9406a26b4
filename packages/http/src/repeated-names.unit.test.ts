import { expect, test } from 'vitest';
import { hasRepeatedNames } from './repeated-names.ts';

test.each([
  '{"sub":"a","sub":"b"}',
  '{ "sub" : "a", "aud": ["x"], "sub" : "a" }',
  '{"sub":"a","\\u0073ub":"b"}',
  '{"grants":[{"role":"clerk"},{"role":"clerk","centreId":"a","role":"auditor"}]}',
  '{"a":"\\"","a":1}',
  '{"__proto__":1,"__proto__":2}',
])('%s names something twice', (json) => {
  expect(JSON.parse(json)).toBeDefined();
  expect(hasRepeatedNames(json)).toBe(true);
});

test.each([
  '{}',
  '[]',
  '"a:a"',
  '{"sub":"sub","aud":"sub"}',
  '{"grants":[{"role":"clerk"},{"role":"clerk"}],"role":1}',
  '{"a":{"a":{"a":1}},"b":{"a":"}"}}',
  '{"a":"\\\\","b":"{\\"a\\":1}"}',
  '{"a":"b\\":","c":1}',
])('%s does not', (json) => {
  expect(JSON.parse(json)).toBeDefined();
  expect(hasRepeatedNames(json)).toBe(false);
});
