import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOwnerUrls, readServiceConfig, readStoreConfig } from './config.ts';

const base = {
  PORT: '0',
  ISSUER: 'http://issuer.test',
  JWKS_URL: 'http://issuer.test/jwks.json',
  REDIS_URL: 'redis://intake:a-password@127.0.0.1:6379',
};
const database = {
  DATABASE_URL: 'postgres://writer:a-password@db/x',
  DATABASE_OWNER_URL: 'postgres://owner:a-password@db/x',
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The words of the error and of what caused it. */
function wordsOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return `${(error as Error).message} ${String((error as Error).cause)}`;
  }
  return 'no error';
}

describe('settings', () => {
  test('that are missing are all named at once', () => {
    expect(() => readServiceConfig({}, ['COOKIE_KEYS'])).toThrow(
      'not set in the environment: PORT, ISSUER, JWKS_URL, REDIS_URL, COOKIE_KEYS',
    );
  });

  test('may lie in files, as secrets do where they are mounted', () => {
    const file = join(folder, 'url');
    writeFileSync(file, `${database.DATABASE_URL}\n`);
    expect(readOwnerUrls({ DATABASE_OWNER_URL_FILE: file }, {})).toEqual({ ownerUrl: database.DATABASE_URL });
    const own = join(folder, 'own');
    writeFileSync(own, 'a key of cookies');
    const { own: read } = readServiceConfig({ ...base, A_FILE: own, B_FILE: own }, ['A'], ['B', 'C']);
    expect(read).toEqual({ A: 'a key of cookies', B: 'a key of cookies' });
    expect(() => readOwnerUrls({ DATABASE_OWNER_URL_FILE: join(folder, 'nothing') }, {})).toThrow(
      'DATABASE_OWNER_URL_FILE names a file that cannot be read',
    );
  });

  test('of keys are asked of a service that keeps personal data, and of no other', () => {
    expect(() => readOwnerUrls(database, { personalData: true })).toThrow('KEY_DATABASE_OWNER_URL');
    expect(() => readStoreConfig(database, { personalData: true })).toThrow(/KEY_DATABASE_URL, WRAPPING_KEYS_FILE$/);
    expect(() => readStoreConfig(database, {})).not.toThrow(/KEY_DATABASE|WRAPPING/);
  });

  test('name the proxies that are believed, and none where nothing is said', () => {
    expect(readServiceConfig(base).trustedProxies).toEqual([]);
    const { trustedProxies } = readServiceConfig({ ...base, TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.1,' });
    expect(trustedProxies).toEqual(['10.0.0.0/8', '192.0.2.1']);
  });

  test.each([
    [
      'REDIS_URL',
      'redis://:hunter/2#x@host',
      () => readServiceConfig({ ...base, REDIS_URL: 'redis://:hunter/2#x@host' }),
    ],
    ['REDIS_URL', 'another protocol', () => readServiceConfig({ ...base, REDIS_URL: 'http://hunter2@host' })],
    [
      'DATABASE_OWNER_URL',
      'postgres://writer:hunter/2@host/x',
      () => readOwnerUrls({ DATABASE_OWNER_URL: 'postgres://writer:hunter/2@host/x' }, {}),
    ],
    ['DATABASE_READER_URL', 'hunter2', () => readStoreConfig({ ...database, DATABASE_READER_URL: 'hunter2' }, {})],
  ])('that hold a password and are no address are refused without being repeated: %s as %s', (name, _text, work) => {
    const words = wordsOf(work);
    expect(words).toContain(`${name} is not an address of that kind of server`);
    expect(words).not.toContain('hunter');
  });
});
