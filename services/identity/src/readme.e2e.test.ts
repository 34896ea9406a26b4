/** Runs every command of this service's README, in order and in one shell, as a reader would. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].map(([, commands = '']) => commands);
const divider = '=== next ===';

let platform: TestPlatform;
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

const told = (text: string) => printed[blocks.findIndex((commands) => commands.includes(text))] ?? '';

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
});
