import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { freshNonce, nonceBytes } from '../envelope/nonces.ts';
import { PrivacyError } from '../errors.ts';

/** The keys of the configuration that wrap the keys of persons: the current one, and older ones that still unwrap. */
export interface WrappingKeys {
  /** Name of the one that wraps. */
  readonly current: string;
  /** Names of all, the current one among them. */
  readonly names: readonly string[];
  /** Wraps a key of 32 bytes; `bound` are the bytes that it belongs to. */
  wrap(key: Buffer, bound: Buffer): Buffer;
  /** Throws `PrivacyError` `wrapping_keys`. */
  unwrap(wrapped: Buffer, by: string, bound: Buffer): Buffer;
}

/** Content of the file: `{ "current": "2026-11-22", "keys": { "2026-11-22": "<base64 of 32 bytes>" } }`. */
export interface WrappingKeyFile {
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
}

const keyBytes = 32;
const tagBytes = 16;
const wrappedBytes = nonceBytes + keyBytes + tagBytes;
const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Reads the file. Throws `PrivacyError` `wrapping_keys` that says what is wrong, and nothing of the keys. */
export function readWrappingKeys(file: string): WrappingKeys {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw wrong('the file of wrapping keys cannot be read', cause);
  }
  return wrappingKeysOf(text);
}

/** The same from the text of a file. */
export function wrappingKeysOf(text: string): WrappingKeys {
  const { current, keys } = parse(text);
  const known = new Map(Object.entries(keys).map(([name, key]) => [name, keyOf(name, key)]));
  if (!known.has(current)) throw wrong(`the current wrapping key ${JSON.stringify(current)} is not among the keys`);
  return {
    current,
    names: [...known.keys()],
    wrap: (key, bound) => wrap(known.get(current)!, key, bound),
    unwrap: (wrapped, by, bound) => {
      const key = known.get(by);
      if (key === undefined) throw wrong(`the wrapping key ${JSON.stringify(by)} is not in the file`);
      return unwrap(key, wrapped, bound, by);
    },
  };
}

/**
 * Name of a wrapping key that is made now, `20261122T021530Z`: never given twice, so that what an old backup says was
 * wrapped by a key that is gone is not tried with another one.
 */
export const keyNameAt = (at: Date): string => at.toISOString().replace(/[-:]|\.\d+/g, '');

/** A file with a new current key and the keys before it, as text. `name` is new. */
export function withNewKey(text: string | undefined, name: string): string {
  const before = text === undefined ? {} : parse(text).keys;
  if (Object.hasOwn(before, name)) throw wrong(`there is a wrapping key ${name} already`);
  const keys = { ...before, [name]: randomBytes(keyBytes).toString('base64') };
  return `${JSON.stringify({ current: name, keys } satisfies WrappingKeyFile, null, 2)}\n`;
}

/** The file without the keys that wrap nothing any more. */
export function withoutOldKeys(text: string): string {
  const { current, keys } = parse(text);
  return `${JSON.stringify({ current, keys: { [current]: keys[current]! } } satisfies WrappingKeyFile, null, 2)}\n`;
}

function parse(text: string): WrappingKeyFile {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The parser's words repeat what stands there.
    throw wrong('the file of wrapping keys is no JSON');
  }
  const { current, keys } = (content ?? {}) as Partial<WrappingKeyFile>;
  if (typeof current !== 'string' || typeof keys !== 'object' || keys === null || Array.isArray(keys)) {
    throw wrong('the file of wrapping keys has no "current" or no "keys"');
  }
  return { current, keys };
}

function keyOf(called: string, text: unknown): KeyObject {
  if (!name.test(called)) throw wrong('a wrapping key is named by letters, digits, ., _ and -, at most 64');
  const key = typeof text === 'string' ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (key.length !== keyBytes || key.toString('base64') !== text) {
    throw wrong(`the wrapping key ${called} is not the base64 of ${keyBytes} bytes`);
  }
  return createSecretKey(key);
}

function wrap(wrapping: KeyObject, key: Buffer, bound: Buffer): Buffer {
  const nonce = Buffer.from(freshNonce());
  const cipher = createCipheriv('aes-256-gcm', wrapping, nonce).setAAD(bound);
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
}

function unwrap(wrapping: KeyObject, wrapped: Buffer, bound: Buffer, by: string): Buffer {
  if (wrapped.length !== wrappedBytes) throw wrong('a wrapped key has another length than it should have');
  try {
    const decipher = createDecipheriv('aes-256-gcm', wrapping, wrapped.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
      .setAAD(bound)
      .setAuthTag(wrapped.subarray(nonceBytes + keyBytes));
    return Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, nonceBytes + keyBytes)), decipher.final()]);
  } catch (cause) {
    throw wrong(`the wrapping key ${by} of the file is not the one that the keys were wrapped with`, cause);
  }
}

const wrong = (message: string, cause?: unknown): PrivacyError =>
  new PrivacyError('wrapping_keys', message, cause === undefined ? {} : { cause });
