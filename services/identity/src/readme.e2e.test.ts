/** Runs every command of this service's README, in order and in one shell, as a reader would. */
import { type RunPage, runPage, type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let platform: TestPlatform;
let page: RunPage;
beforeAll(async () => {
  platform = await testPlatform();
  page = await runPage('services/identity/README.md', { dataFolder: platform.dataFolder });
});
afterAll(() => platform?.release());

const told = (text: string): string => page.told(text);

describe('the README of identity', () => {
  test('shows the password of sample people', () => {
    expect(told('sample-password')).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}\n/);
  });

  test('gets a token as a machine and reads the catalogue with it', () => {
    expect(JSON.parse(told('client_assertion'))).toMatchObject({ items: [{ serviceId: expect.any(String) }] });
  });

  test('rotates the signing keys', () => {
    expect(JSON.parse(told('signing-keys'))).toMatchObject({ kid: expect.any(String) });
  });

  test('takes off a device, where there is one', () => {
    expect(JSON.parse(told('second-factors'))).toMatchObject({ code: 'not_found' });
  });
});
