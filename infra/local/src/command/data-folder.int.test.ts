import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endpointsFile, readEndpoints } from '../platform/endpoints.ts';
import { identityOf } from '../processes/identity.ts';
import { lockDataFolder } from '../processes/lock.ts';
import { writeRecord } from '../processes/record.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'command-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** The command as the scripts start it; one that hangs is killed after ten seconds and has no exit code. */
const command = (dataFolder: string, ...args: string[]) =>
  new Promise<{ exitCode: unknown; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { PATH: process.env['PATH'], VIENUVIET_DATA: dataFolder }, timeout: 10_000 };
    execFile(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], options, (error, stdout, stderr) =>
      resolve({ exitCode: error ? error.code : 0, stdout, stderr }),
    );
  });

describe('a data folder that cannot be one', () => {
  test.each([
    ['run', '/dev/null/x', 'ENOTDIR'],
    ['run', '/proc/nope', 'ENOENT'],
    ['run', '/proc', 'ENOENT'],
    ['stop', '/dev/null/x', 'ENOTDIR'],
    ['status', '/dev/null/x', 'ENOTDIR'],
  ])('is refused by %s with a sentence: %s', async (name, dataFolder, code) => {
    expect(await command(dataFolder, name)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `the data folder ${dataFolder} cannot be used (${code}): let VIENUVIET_DATA name a folder that you may write to\n`,
    });
  });

  test('is also a file', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'years of work');
    expect(await command(file, 'run')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('(ENOTDIR)') });
  });
});

test('a data folder is made with all that lies above it, and holds nothing that was only tried', async () => {
  const deep = join(folder, 'not/there/yet');
  const unlock = await lockDataFolder(deep);
  expect(readdirSync(deep)).toEqual([]);
  await unlock();
});

test.each([
  ['stop', 0, 'Nothing was running.\n'],
  ['status', 1, 'Nothing is running: ./scripts/run starts it.\n'],
])('a data folder that is not there is not made by %s', async (name, exitCode, stdout) => {
  const absent = join(folder, 'not/there');
  expect(await command(absent, name)).toEqual({ exitCode, stdout, stderr: '' });
  expect(existsSync(join(folder, 'not'))).toBe(false);
});

describe('a damaged endpoints.json', () => {
  const whole = {
    ...{ kafka: '127.0.0.1:9', schemaRegistry: 'http://a', redis: 'redis://a', issuer: 'http://a', topicPrefix: '' },
    postgres: { intake: { main: 'postgres://a', keys: 'postgres://a', reader: 'postgres://a' } },
    instances: { intake: ['http://a'] },
  };
  const damaged: [string, string][] = [
    ['[]', 'it holds no object'],
    ['null', 'it holds no object'],
    ['{"kafka":', 'it holds no object'],
    ['{"intake":5}', 'kafka is missing'],
    ...Object.entries({
      kafka: '127.0.0.1',
      redis: '',
      postgres: { intake: {} },
      instances: { intake: 'http://a' },
      topicPrefix: null,
    }).map(([name, value]): [string, string] => [JSON.stringify({ ...whole, [name]: value }), `${name} is missing`]),
  ];

  test.each(damaged)('is refused: %s', (text, fault) => {
    writeFileSync(endpointsFile(folder), text);
    expect(() => readEndpoints(folder)).toThrow(`${endpointsFile(folder)} is damaged: ${fault}`);
    writeFileSync(endpointsFile(folder), JSON.stringify(whole));
    expect(readEndpoints(folder)).toEqual(whole);
  });

  test.each(['[]', 'null', '{"intake":5}'])('ends status with a sentence and 1: %s', async (text) => {
    const runner = identityOf(process.pid)!;
    writeRecord(folder, { runner, plan: '', startedAt: '', processes: [] });
    writeFileSync(endpointsFile(folder), text);
    const { exitCode, stdout, stderr } = await command(folder, 'status');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^.*endpoints\.json is damaged: .*; \.\/scripts\/run starts everything anew and writes it\n$/,
    );
  });
});
