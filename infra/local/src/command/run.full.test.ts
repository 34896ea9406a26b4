import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEndpoints } from '../platform/endpoints.ts';
import { isRunning, signal } from '../processes/identity.ts';
import { readRecord } from '../processes/record.ts';
import { ownPlace, type ScriptsUnderTest, scriptsUnderTest } from './scripts-under-test.ts';

/** What takes several starts of the whole platform, and a working day. */
let one: ScriptsUnderTest;
let other: ScriptsUnderTest;

beforeAll(async () => {
  one = await scriptsUnderTest(await ownPlace('commands-one'));
  other = await scriptsUnderTest(await ownPlace('commands-other'));
});

afterAll(async () => {
  await one.remove();
  await other.remove();
});

const PATIENCE = { timeout: 400_000, interval: 200 };
const ended = (child: { exitCode: number | null; signalCode: string | null }) => child.exitCode ?? child.signalCode;
const playedAt = (output: string) => output.match(/What was done and what is shown agree/g)?.length ?? 0;

describe('./scripts/run in the foreground', () => {
  test('plays the day, prints what came out and where everything is, and ends everything by Ctrl-C', async () => {
    const run = one.start('run', '--fresh');
    await expect.poll(run.output, PATIENCE).toContain('Cases by state');
    expect(run.output()).toContain('Top services by channel');
    expect(playedAt(run.output())).toBe(1);
    expect(run.output()).toMatch(/intake +http:\/\/127\.0\.0\.1:\d+ +http:\/\/127\.0\.0\.1:\d+\/docs/);
    const started = one.processes().map((known) => known.identity);
    run.child.kill('SIGINT');
    await expect.poll(() => ended(run.child), PATIENCE).toBe(0);
    expect(started.some(isRunning)).toBe(false);
    expect(readRecord(one.dataFolder)).toBeUndefined();
  });

  test('does not play the day again on the same data, and a kill -9 of it is cleared up by the next start', async () => {
    const run = one.start('run');
    await expect.poll(run.output, PATIENCE).toContain('Ctrl-C stops everything.');
    expect(run.output()).toContain('was played on this data before');
    const left = one.processes().map((known) => known.identity);
    signal(readRecord(one.dataFolder)!.runner!, 'SIGKILL');
    await expect.poll(() => ended(run.child), PATIENCE).not.toBeNull();
    expect(left.every(isRunning)).toBe(true);

    const again = await one.run('run', '--detach');
    expect(again).toMatchObject({ exitCode: 0, output: expect.stringContaining('an earlier run left behind') });
    expect(left.some(isRunning)).toBe(false);
  });

  test('is ended by ./scripts/stop, also in the middle of its start', async () => {
    await one.run('stop');
    const run = one.start('run');
    await expect.poll(run.output, PATIENCE).toContain('PostgreSQL');
    expect((await one.run('stop')).exitCode).toBe(0);
    await expect.poll(() => ended(run.child), PATIENCE).toBe(130);
    expect(one.processes()).toEqual([]);
  });
});

describe('two copies', () => {
  test('run side by side, one of them with two instances of each service', async () => {
    expect((await one.run('run', '--detach', '--no-sample')).exitCode).toBe(0);
    const second = await other.run('run', '--detach', '--no-sample', '--fresh', '--instances', '2');
    expect(second.exitCode, second.output).toBe(0);
    expect((await one.run('status')).exitCode).toBe(0);
    const status = await other.run('status');
    expect(status.exitCode, status.output).toBe(0);
    expect(status.output).toMatch(/intake-2 .*ready/);
    const { instances } = readEndpoints(other.dataFolder);
    expect(Object.values(instances).every((addresses) => addresses.length === 2)).toBe(true);
    const [first, more] = [one.processes(), other.processes()];
    expect(more.length).toBe(first.length + Object.keys(instances).length);
  });

  test('the day is played on two instances of each service, and waited for from outside', async () => {
    await other.run('run', '--detach', '--instances', '2');
    const waited = await other.run('vienuviet', 'simulate', 'wait');
    expect(waited.exitCode, waited.output).toBe(0);
    expect(playedAt(waited.output)).toBe(1);
  });
});
