import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { PrivacyError } from '../errors.ts';
import { keyNameAt, readWrappingKeys, withNewKey, withoutOldKeys, wrappingKeysOf } from './wrapping-keys.ts';

const secret = randomBytes(32).toString('base64');
const bound = Buffer.from('a person and a key');
const wordsOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof PrivacyError && error.code === 'wrapping_keys') return `${error.message} ${error.stack}`;
    throw error;
  }
  return 'no error';
};

describe('wrapping keys', () => {
  const first = withNewKey(undefined, 'first');
  const second = withNewKey(first, 'second');

  test('wrap a key, and unwrap it where it belongs', () => {
    const keys = wrappingKeysOf(first);
    const key = randomBytes(32);
    const wrapped = keys.wrap(key, bound);
    expect(wrapped.includes(key)).toBe(false);
    expect(keys.unwrap(wrapped, 'first', bound)).toEqual(key);
    expect(wordsOf(() => keys.unwrap(wrapped, 'first', Buffer.from('another row')))).toContain('not the one');
  });

  test('are changed by a new one that wraps while the old ones still unwrap, until they are dropped', () => {
    const key = randomBytes(32);
    const wrapped = wrappingKeysOf(first).wrap(key, bound);
    const both = wrappingKeysOf(second);
    expect([both.current, both.names]).toEqual(['second', ['first', 'second']]);
    expect(both.unwrap(wrapped, 'first', bound)).toEqual(key);
    const alone = wrappingKeysOf(withoutOldKeys(second));
    expect(alone.names).toEqual(['second']);
    expect(wordsOf(() => alone.unwrap(wrapped, 'first', bound))).toContain('"first" is not in the file');
  });

  test('are named by the second they were made in', () => {
    const name = keyNameAt(new Date('2026-11-22T02:15:30.123Z'));
    expect(wrappingKeysOf(withNewKey(undefined, name)).current).toBe('20261122T021530Z');
  });

  test('of the same name and other bytes are told apart from those that wrapped', () => {
    const wrapped = wrappingKeysOf(first).wrap(randomBytes(32), bound);
    const other = wrappingKeysOf(withNewKey(undefined, 'first'));
    expect(wordsOf(() => other.unwrap(wrapped, 'first', bound))).toContain(
      'not the one that the keys were wrapped with',
    );
    expect(wordsOf(() => other.unwrap(wrapped.subarray(1), 'first', bound))).toContain('another length');
  });

  test.each([
    ['', 'is no JSON'],
    [secret, 'is no JSON'],
    ['null', 'no "current"'],
    ['[]', 'no "current"'],
    [JSON.stringify({ current: 'a', keys: [] }), 'no "current" or no "keys"'],
    [JSON.stringify({ current: 'a', keys: {} }), '"a" is not among the keys'],
    [JSON.stringify({ current: 'a', keys: { b: secret } }), '"a" is not among the keys'],
    [JSON.stringify({ current: 'a', keys: { a: secret.slice(4) } }), 'not the base64 of 32 bytes'],
    [JSON.stringify({ current: 'a', keys: { a: `${secret}\n` } }), 'not the base64 of 32 bytes'],
    [JSON.stringify({ current: 'a', keys: { a: 7 } }), 'not the base64 of 32 bytes'],
    [JSON.stringify({ current: 'a b', keys: { 'a b': secret } }), 'is named by letters'],
  ])('are refused from a wrong file without a word of it: %#', (text, why) => {
    const words = wordsOf(() => wrappingKeysOf(text));
    expect(words).toContain(why);
    expect(words).not.toContain(secret.slice(4, 20));
  });

  test('are refused from a file that is not there, and never named twice', () => {
    expect(wordsOf(() => readWrappingKeys('/nowhere/wrapping-keys.json'))).toContain('cannot be read');
    expect(wordsOf(() => withNewKey(first, 'first'))).toContain('there is a wrapping key first already');
  });
});
