import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clearUp } from '../platform/clear-up.ts';
import { identityOf, isRunning, type ProcessIdentity, signal } from './identity.ts';
import { lockDataFolder } from './lock.ts';
import { readRecord, recordFile, writeRecord } from './record.ts';
import { createSupervisor, lastLines, type ProcessToStart, type Supervisor } from './supervisor.ts';

let dataFolder: string;
const own = identityOf(process.pid)!;
const open = (): Supervisor => createSupervisor({ dataFolder, plan: 'test', watched: own });

const shell = (name: string, script: string, more: Partial<ProcessToStart> = {}): ProcessToStart => ({
  ...{ name, command: '/bin/sh', args: ['-c', script], env: { PATH: process.env['PATH']! }, rank: 1 },
  stop: { signal: 'SIGTERM', patience: 300 },
  ...more,
});

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let attempt = 0; !condition(); attempt++) {
    if (attempt > 200) throw new Error(`waited in vain for ${what}`);
    await pause(25);
  }
}

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'supervisor-'));
});

afterEach(async () => {
  await clearUp(dataFolder);
  rmSync(dataFolder, { recursive: true });
});

describe('a supervised process', () => {
  test('is recorded with its identity, writes to its log, and is gone from the record when stopped', async () => {
    const supervisor = open();
    const started = await supervisor.start(shell('talker', 'echo hello; echo bad >&2; exec sleep 60'));
    expect(isRunning(started.identity)).toBe(true);
    expect(readRecord(dataFolder)?.processes).toEqual([started]);
    expect(statSync(recordFile(dataFolder)).mode & 0o777).toBe(0o600);
    await until(() => readFileSync(started.logFile, 'utf8').includes('bad'), 'the log');
    expect(lastLines(started.logFile, 2)).toBe('hello\nbad');
    await supervisor.stop('talker');
    expect(isRunning(started.identity)).toBe(false);
    expect(readRecord(dataFolder)?.processes).toEqual([]);
  });

  test('runs nothing when it could not be recorded', async () => {
    const supervisor = open();
    const witness = join(dataFolder, 'it-ran');
    mkdirSync(`${recordFile(dataFolder)}.next`);
    await expect(supervisor.start(shell('unrecorded', `touch ${witness}`))).rejects.toThrow('EISDIR');
    await pause(300);
    expect(existsSync(witness)).toBe(false);
  });

  test('is killed when it does not end within its patience, and woken when it was stopped', async () => {
    const supervisor = open();
    const stubborn = await supervisor.start(shell('stubborn', "trap '' TERM; while :; do sleep 0.1; done"));
    const asleep = await supervisor.start(
      shell('asleep', "trap 'exit' TERM; while :; do sleep 0.05; done", {
        stop: { signal: 'SIGTERM', patience: 5_000 },
      }),
    );
    await pause(100);
    signal(asleep.identity, 'SIGSTOP');
    const started = performance.now();
    await supervisor.stopAll();
    expect(isRunning(stubborn.identity)).toBe(false);
    expect(isRunning(asleep.identity)).toBe(false);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(readRecord(dataFolder)).toBeUndefined();
  });

  test('is stopped after what uses it', async () => {
    const supervisor = open();
    const order = join(dataFolder, 'order');
    const teller = (name: string) =>
      `trap 'sleep 0.1; echo ${name} >> ${order}; exit' TERM; while :; do sleep 0.02; done`;
    await supervisor.start(
      shell('server', teller('server'), { rank: 0, stop: { signal: 'SIGTERM', patience: 5_000 } }),
    );
    await supervisor.start(
      shell('service', teller('service'), { rank: 1, stop: { signal: 'SIGTERM', patience: 5_000 } }),
    );
    await pause(200);
    await supervisor.stopAll();
    expect(readFileSync(order, 'utf8')).toBe('service\nserver\n');
    await expect(supervisor.start(shell('late', 'true'))).rejects.toThrow('everything is being stopped');
  });

  test('shows as ended when it ended by itself', async () => {
    const supervisor = open();
    await supervisor.start(shell('brief', 'exit 3'));
    await until(() => supervisor.ended().length === 1, 'its end');
    expect(supervisor.running()).toEqual([]);
  });

  test('that is no program is reported by its log, not by an unhandled error', async () => {
    const supervisor = open();
    const started = await supervisor.start(shell('nothing', '', { command: '/no/such/program', args: [] }));
    await until(() => !isRunning(started.identity), 'its end');
    expect(lastLines(started.logFile)).toContain('/no/such/program');
  });
});

describe('after a kill -9 of who started everything', () => {
  let runner: ChildProcess;

  async function startAndKill(): Promise<ProcessIdentity> {
    const fixture = join(import.meta.dirname, 'start-and-be-killed.fixture.ts');
    runner = spawn(process.execPath, [fixture, dataFolder, 'sleep', '60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => runner.stdout!.once('data', resolve));
    const left = readRecord(dataFolder)!.processes[0]!.identity;
    await expect(lockDataFolder(dataFolder)).rejects.toThrow('another command works on');
    const ended = new Promise((resolve) => runner.once('exit', resolve));
    runner.kill('SIGKILL');
    await ended;
    return left;
  }

  test('the lock is free and what was left running is ended by the next start', async () => {
    const left = await startAndKill();
    expect(isRunning(left)).toBe(true);
    const unlock = await lockDataFolder(dataFolder);
    expect(await clearUp(dataFolder)).toBe(1);
    expect(isRunning(left)).toBe(false);
    expect(readRecord(dataFolder)).toBeUndefined();
    await unlock();
  });

  test('a process that was given the pid of one of ours meanwhile is left alone', async () => {
    const supervisor = open();
    const stranger = await supervisor.start(shell('stranger', 'exec sleep 60'));
    const ours = { ...stranger, identity: { ...stranger.identity, startTime: stranger.identity.startTime - 100 } };
    writeRecord(dataFolder, { plan: 'test', startedAt: '', processes: [ours] });
    expect(await clearUp(dataFolder)).toBe(0);
    expect(isRunning(stranger.identity)).toBe(true);
    signal(stranger.identity, 'SIGKILL');
  });
});

describe('the lock of a data folder', () => {
  test('is given to one, and to the next after it', async () => {
    const unlock = await lockDataFolder(dataFolder);
    await expect(lockDataFolder(dataFolder)).rejects.toMatchObject({ code: 'busy' });
    await unlock();
    await (await lockDataFolder(dataFolder))();
  });

  test('does not keep another folder from being used', async () => {
    const other = mkdtempSync(join(tmpdir(), 'supervisor-'));
    const unlocks = [await lockDataFolder(dataFolder), await lockDataFolder(other)];
    await Promise.all(unlocks.map((unlock) => unlock()));
    rmSync(other, { recursive: true });
  });
});
