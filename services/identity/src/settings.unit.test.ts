import { expect, test } from 'vitest';
import { readIdentitySettings } from './settings.ts';

const own = { NODE_ENV: 'production', COOKIE_KEYS: 'k'.repeat(32), KEY_SEAL_SECRET: 's'.repeat(32) };

test('limits of an address count everywhere in production', () => {
  expect(readIdentitySettings({ own }).sharedAddresses).toEqual([]);
  expect(() => readIdentitySettings({ own: { ...own, SIGN_IN_SHARED_ADDRESSES: '192.0.2.1' } })).toThrow(
    'not in production: SIGN_IN_SHARED_ADDRESSES',
  );
  const local = { ...own, NODE_ENV: 'development', SIGN_IN_SHARED_ADDRESSES: '127.0.0.1,::1' };
  expect(readIdentitySettings({ own: local }).sharedAddresses).toEqual(['127.0.0.1', '::1']);
});
