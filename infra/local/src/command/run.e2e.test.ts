import { statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpointsFile, readEndpoints } from '../platform/endpoints.ts';
import { ensureSecrets } from '../platform/secrets.ts';
import { isRunning, signal } from '../processes/identity.ts';
import { type ScriptsUnderTest, scriptsUnderTest, sharedPlace } from './scripts-under-test.ts';

/** The commands themselves: the first end-to-end test, on the data of all that follow. */
let scripts: ScriptsUnderTest;
let dataFolder: string;

beforeAll(async () => {
  scripts = await scriptsUnderTest(sharedPlace());
  dataFolder = scripts.dataFolder;
});

afterAll(() => scripts.run('stop'));

/** Everything that the commands have printed. */
let printed = '';
async function script(name: string, ...args: string[]) {
  const done = await scripts.run(name, ...args);
  printed += done.output;
  return done;
}
const running = () => scripts.processes();
const named = (name: string) => running().find((known) => known.name === name)!.identity;

describe('./scripts/run, status and stop', () => {
  test('status says that nothing runs before the first start', async () => {
    const status = await script('status');
    expect(status).toMatchObject({ exitCode: 1, output: expect.stringContaining('Nothing is running') });
  });

  test('a detached start returns when everything is ready, and says how long it took and what it weighs', async () => {
    const run = await script('run', '--detach', '--fresh', '--no-sample');
    expect(run.output).toMatch(/Ready after \d+\.\d s, with \d+ MB of memory\./);
    expect(run.output).toMatch(/intake +http:\/\/127\.0\.0\.1:\d+ +http:\/\/127\.0\.0\.1:\d+\/docs/);
    expect(run.output).toMatch(/✓ catalogue: [\d,]+ entries of \d+ tables, [\d,]+ of them new/);
    expect(run.exitCode).toBe(0);
    expect(await script('status')).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('Everything is ready.'),
    });
    expect(statSync(endpointsFile(dataFolder)).mode & 0o777).toBe(0o600);
  });

  test('every service answers its health and its OpenAPI document at the address that is written down', async () => {
    const endpoints = readEndpoints(dataFolder);
    const services = Object.keys(endpoints.instances);
    expect(services).toEqual(
      expect.arrayContaining(['identity', 'intake', 'partner-gateway', 'reporting', 'schema-registry', 'status-feed']),
    );
    for (const service of services) {
      const address = endpoints[service as keyof typeof endpoints] as string;
      expect((await fetch(`${address}/health/ready`)).status, service).toBe(200);
      const document = (await (await fetch(`${address}/openapi.json`)).json()) as { openapi: string };
      expect(document.openapi, service).toMatch(/^3\.1\./);
    }
    expect(endpoints.schemaRegistry).toBe(endpoints['schema-registry']);
    expect(endpoints.issuer).toBe(endpoints.identity);
    const withStore = ['identity', 'intake', 'partner-gateway', 'reporting', 'status-feed'];
    expect(Object.keys(endpoints.postgres).sort()).toEqual(withStore);
  });

  test('the address for BI tools that is written down reads the reports', async () => {
    const client = new pg.Client({ connectionString: readEndpoints(dataFolder).postgres['reporting']!.reader });
    await client.connect();
    const { rows } = await client.query('select current_user as role');
    await client.end();
    expect(rows).toEqual([{ role: 'reporting_reader' }]);
  });

  test('no secret is printed, by the start or by a command', async () => {
    await script('status');
    const { postgres, redis } = readEndpoints(dataFolder);
    const urls = [...Object.values(postgres).flatMap((each) => Object.values(each)), redis];
    const secrets = [...Object.values(ensureSecrets(dataFolder)), ...urls.map((url) => new URL(url).password)];
    expect(printed).toContain('Ready after');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(printed.includes(secret)).toBe(false);
    }
  });

  test('a second start takes over what runs', async () => {
    const before = running().map((known) => known.identity.pid);
    const run = await script('run', '--detach', '--no-sample');
    expect(run).toMatchObject({ exitCode: 0, output: expect.stringContaining('Everything is running already.') });
    expect(running().map((known) => known.identity.pid)).toEqual(before);
  });

  test('after a kill -9 status says so, and the next start brings everything back on the same data', async () => {
    const left = running().map((known) => known.identity);
    signal(named('intake'), 'SIGKILL');
    signal(named('postgres'), 'SIGKILL');
    const status = await script('status');
    expect(status).toMatchObject({ exitCode: 1, output: expect.stringMatching(/intake .*NOT READY/) });

    const run = await script('run', '--detach', '--no-sample');
    expect(run).toMatchObject({ exitCode: 0, output: expect.stringContaining('an earlier run left behind') });
    expect(run.output).not.toContain('catalogue');
    expect(left.some(isRunning)).toBe(false);
    expect((await script('status')).exitCode).toBe(0);
  });

  test('stop ends every process and keeps the data', async () => {
    const ended = running().map((known) => known.identity);
    expect(ended.length).toBeGreaterThanOrEqual(8);
    expect(await script('stop')).toMatchObject({ exitCode: 0, output: expect.stringContaining('Stopped.') });
    expect(ended.some(isRunning)).toBe(false);
    expect((await script('stop')).output).toContain('Nothing was running.');
    expect((await script('status')).exitCode).toBe(1);
    expect(statSync(join(dataFolder, 'secrets.json')).isFile()).toBe(true);
  });

  test.each([
    [['run', '--fast'], "Unknown option '--fast'"],
    [['run', '--instances', '0'], '--instances takes a number from 1'],
  ])('%j is refused with help', async ([name = '', ...args], message) => {
    const refused = await script(name, ...args);
    expect(refused).toMatchObject({ exitCode: 2, output: expect.stringContaining(message) });
  });
});
