/** Runs every command of the pages on operating and on simulating a day, in order, as a reader would. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
let platform: TestPlatform;

beforeAll(async () => {
  platform = await testPlatform();
});

afterAll(async () => {
  await platform.release();
});

const commandsOf = (page: string): string[] =>
  [...readFileSync(join(root, 'docs/tasks', page), 'utf8').matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, block = '']) => block.split('\n'))
    .filter((line) => line !== '');

/** Runs a line in a shell; rejects with what it printed when it ends with anything but 0. */
const run = (line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, VIENUVIET_DATA: platform.dataFolder };
    execFile('bash', ['-c', line], { cwd: root, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${line}\n${stdout}\n${stderr}`, { cause: error })),
    );
  });

describe('the page on simulating a day', () => {
  test('plans, plays and compares a day, and finds it played when it is started again', async () => {
    const printed: string[] = [];
    for (const command of commandsOf('simulate-a-day.md')) printed.push(await run(command));
    const [planned, , first, signedIn, second, waited] = printed;
    expect(planned).toContain('2026-11-20, seed guide:');
    expect(first).toContain('What was done and what is shown agree');
    expect(Number(signedIn)).toBeGreaterThan(0);
    expect(second).toContain('What was done and what is shown agree');
    expect(waited).toBe(second);
  });
});

describe('the page on operating', () => {
  test.each(commandsOf('operate.md'))('has a command that works: %s', async (command) => {
    await run(command);
  });
});
