/** Runs every command of `docs/tasks/follow-the-status-feed.md`, in order and in one shell, as a reader would. */
import { type RunPage, runPage, type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let platform: TestPlatform;
let page: RunPage;
beforeAll(async () => {
  platform = await testPlatform();
  page = await runPage('docs/tasks/follow-the-status-feed.md', { dataFolder: platform.dataFolder, timeoutMs: 90_000 });
});
afterAll(() => platform?.release());

const told = (text: string): string => page.told(text);

describe('the page on following the feed', () => {
  test('comes to the end of the feed', () => {
    expect(told('at the end')).toMatch(/at the end: [0-9a-f]{8}\.\d+/);
  });

  test('is told of the case that is registered while it waits', () => {
    expect(told('wait=30').trim()).toBe('registered');
  });

  test('gets the same as a stream', () => {
    expect(told('text/event-stream')).toMatch(
      /^id: [0-9a-f]{8}\.\d+\nevent: item-status-changed\ndata: \{.*"milestone":"registered"/m,
    );
  });

  test("shows the person's item in English", () => {
    expect(told('subject-tokens')).toMatch(/"text":"Not started".*"name":"Registered"/);
  });

  test('is told that the cursor is of another history', () => {
    expect(told('00000000.1').trim()).toBe('feed_epoch_changed');
  });
});
