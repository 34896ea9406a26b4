/** Runs every command of `docs/tasks/follow-the-status-feed.md`, in order and in one shell, as a reader would. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/tasks/follow-the-status-feed.md'), 'utf8');
const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, commands = '']) => commands);
const divider = '=== next ===';

let platform: TestPlatform;
/** What each block of commands printed. */
let printed: string[];

beforeAll(async () => {
  platform = await testPlatform();
  const script = ['set -euo pipefail', ...blocks.map((commands) => `${commands}\necho; echo '${divider}'`)].join('\n');
  const output = await new Promise<string>((resolve, reject) => {
    const env = { ...process.env, VIENUVIET_DATA: platform.dataFolder };
    execFile('bash', ['-c', script], { cwd: root, env, timeout: 90_000 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${stdout}\n${stderr}`, { cause: error })),
    );
  });
  printed = output.split(`${divider}\n`);
});
afterAll(() => platform?.release());

const told = (text: string) => printed[blocks.findIndex((commands) => commands.includes(text))] ?? '';

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
