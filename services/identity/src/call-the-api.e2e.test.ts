/** Runs every command of `docs/tasks/call-the-api.md`, in order and in one shell, as a reader would. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/tasks/call-the-api.md'), 'utf8');
const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, commands = '']) => commands);
const blockWith = (text: string) => blocks.findIndex((commands) => commands.includes(text));
const divider = '=== next ===';

let platform: TestPlatform;
/** What each block of commands printed. */
let printed: string[];

beforeAll(async () => {
  platform = await testPlatform();
  const script = ['set -euo pipefail', ...blocks.map((commands) => `${commands}\necho; echo '${divider}'`)].join('\n');
  const output = await new Promise<string>((resolve, reject) => {
    const env = { ...process.env, VIENUVIET_DATA: platform.dataFolder };
    execFile('bash', ['-c', script], { cwd: root, env, timeout: 60_000 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${stdout}\n${stderr}`, { cause: error })),
    );
  });
  printed = output.split(`${divider}\n`);
});
afterAll(() => platform?.release());

const told = (text: string) => printed[blockWith(text)] ?? '';

describe('the page on calling the API', () => {
  test('finds the services and the people', () => {
    expect(told('health/ready')).toContain('"status":"ready"');
    expect(told('/v1/people')).toContain('supervisor.cesis');
  });

  test('searches the catalogue', () => {
    expect(told('q=pensija')).toMatch(/"titleLv":"[^"]*pensij/i);
  });

  test('registers a case once, however often it is sent, and reads it', () => {
    expect(told('register()')).toMatch(/"stream":"case-[0-9a-f-]{36}".*idempotency-replayed: true/is);
    const { caseId } = JSON.parse(told('register()').split('\n')[0] ?? '') as { caseId: string };
    expect(told('work-queue?view=mine')).toContain(caseId);
    expect(told('purpose: service_provision')).toContain(caseId);
  });

  test('gets the problems that it says it gets', () => {
    const commands = blocks[blockWith('problem()')] ?? '';
    const said = [...commands.matchAll(/^(?:AS=.*)?problem .*# (\w+)$/gm)].map(([, code]) => code);
    expect(said.length).toBeGreaterThan(5);
    expect(told('problem()').trim().split('\n')).toEqual(said);
  });

  test('is told what is allowed when a command is refused', () => {
    expect(told('/reopen')).toContain('close');
  });
});
