/** Runs every command of the page on accounts, in order and in one shell, as a reader would. */
import { type RunPage, runPage, type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let platform: TestPlatform;
let page: RunPage;
beforeAll(async () => {
  platform = await testPlatform();
  page = await runPage('docs/tasks/keep-accounts.md', { dataFolder: platform.dataFolder });
});
afterAll(() => platform?.release());

describe('the page on accounts', () => {
  test('gives a role and takes it away', () => {
    expect(page.told('account grant')).toMatch(/supervisor +832c856f.* 2030-01-01T00:00:00.* supervisor\.cesis/);
    expect(page.told('account revoke')).not.toContain('2030-01-01');
  });

  test('names a substitute', () => {
    expect(page.told('account substitute')).toContain('clerk.cesis.2 acts for it from');
  });

  test('says that the person is back', () => {
    expect(page.told('account back')).toMatch(/^supervisor\.cesis: /);
    expect(page.told('account back')).not.toContain('acts for it');
  });

  test('switches an account off and on', () => {
    const [off = '', on = ''] = page.told('account deactivate').split('clerk.aizkraukle.2: ').slice(1);
    expect(off).toContain('switched off');
    expect(off).toMatch(/clerk\.aizkraukle\.2 +no/);
    expect(on).not.toContain('switched off');
  });
});
