import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DayOutcome, type DayProgress, hasEnded, readProgress } from '@vienuviet/simulation';
import { eventually } from '@vienuviet/testing';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await testPlatform();
});

afterAll(async () => {
  await platform.release();
});

const date = '2026-11-20';

/** Plays a day of some centres; each seed is another day. */
const day = async (seed: string, ...more: string[]) => {
  const args = ['simulate', 'day', '--date', date, '--seed', seed, '--json', ...more];
  const { exitCode, stdout, stderr } = await platform.vienuviet(...args);
  return { exitCode, stderr, outcome: (stdout === '' ? {} : JSON.parse(stdout)) as DayOutcome };
};

/** Waits until a part of the commands of a seed's day was answered. */
const untilPlayed = (seed: string, part: number): Promise<DayProgress> =>
  eventually(
    `a day played to ${part}`,
    () => {
      const progress = readProgress(platform.dataFolder);
      const ours = progress?.request.seed === seed;
      if (ours && hasEnded(progress)) throw new Error('the day ended before it was disturbed');
      return ours && progress.done >= progress.total * part ? progress : undefined;
    },
    60_000,
  );

/** Messages on the topic of cases. */
const caseEvents = async (): Promise<number> => {
  const topics = JSON.parse((await platform.vienuviet('topics', '--json')).stdout);
  return topics.find(({ topic }: { topic: string }) => topic === 'intake.case').messages;
};

describe('a simulated day', () => {
  test('agrees with feed, items and reports, and is not played twice when it is started again', async () => {
    const first = await day('undisturbed', '--centres', '15');
    expect(first).toMatchObject({ exitCode: 0, outcome: { differences: [] } });
    expect(first.outcome.cases).toBeGreaterThan(10);
    expect(first.outcome.countedServices).toBeGreaterThan(5);
    const events = await caseEvents();

    const again = await day('undisturbed', '--centres', '15');
    expect(again).toMatchObject({ exitCode: 0, outcome: { differences: [], commands: first.outcome.commands } });
    expect(await caseEvents()).toBe(events);
  });

  test('is another day with another seed, beside the first', async () => {
    const other = await day('another', '--centres', '15');
    expect(other).toMatchObject({ exitCode: 0, outcome: { differences: [] } });
  });

  test('that one waits for in the background prints the same', async () => {
    const playing = day('waited for', '--centres', '15');
    await untilPlayed('waited for', 0);
    const waited = await platform.vienuviet('simulate', 'wait', '--json');
    expect(waited.exitCode).toBe(0);
    expect(JSON.parse(waited.stdout)).toEqual((await playing).outcome);
  });
});

describe('a simulated day agrees although in the middle of it somebody kills', () => {
  test.each([
    // The relay to Kafka lives in intake.
    ['the services, one after the other', ['intake', 'status-feed', 'reporting', 'identity']],
    ['the servers, one after the other', ['kafka', 'postgres', 'redis']],
  ])('%s', async (what, names) => {
    const playing = day(what, '--centres', '80', '--concurrency', '4');
    for (const [index, name] of names.entries()) {
      await untilPlayed(what, (index + 1) / (names.length + 2));
      await platform.kill(name);
      await pause(500);
      await platform.start(name);
    }
    const { exitCode, outcome, stderr } = await playing;
    expect({ exitCode, differences: outcome.differences }, stderr).toEqual({ exitCode: 0, differences: [] });
    expect(outcome.retries).toBeGreaterThan(0);
  });

  test('the simulation itself, which goes on when it is started again', async () => {
    const seed = 'kill the simulation';
    const killed = simulate(seed);
    const { done } = await untilPlayed(seed, 0.3);
    killed.kill('SIGKILL');
    await new Promise((resolve) => killed.once('exit', resolve));
    const { exitCode, outcome } = await day(seed, '--centres', '40');
    expect({ exitCode, differences: outcome.differences }).toEqual({ exitCode: 0, differences: [] });
    expect(done).toBeLessThan(outcome.commands);
  });
});

const simulate = (seed: string): ChildProcess =>
  spawn(
    process.execPath,
    [
      join(import.meta.dirname, 'main.ts'),
      ...['simulate', 'day', '--date', date, '--seed', seed, '--centres', '40', '--concurrency', '4'],
    ],
    { env: { ...process.env, VIENUVIET_DATA: platform.dataFolder }, stdio: 'ignore' },
  );

describe('the operators’ command on a running platform', () => {
  test('says that every service is ready', async () => {
    const { exitCode, stdout } = await platform.vienuviet('status', '--json');
    const states = JSON.parse(stdout).map(({ service, state }: Record<string, string>) => `${service} ${state}`);
    expect(states).toEqual(
      ['identity', 'intake', 'status-feed', 'reporting', 'schema-registry'].map((name) => `${name} ready`),
    );
    expect(exitCode).toBe(0);
  });

  test('has imported the whole catalogue: 7,656 entries, each event of it on its topic', async () => {
    const { stdout } = await platform.vienuviet(
      'events',
      'show',
      '--type',
      'ServiceListed',
      '--limit',
      '10000',
      '--json',
    );
    const listed = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).data);
    expect(listed).toHaveLength(7_656);
    expect(new Set(listed.map(({ description }) => description.titleLv.toLocaleLowerCase('lv'))).size).toBe(3_369);
  });

  test('opens no centre twice', async () => {
    const centres = join(import.meta.dirname, '../../simulation/data/invented/centres.csv');
    const { exitCode, stdout } = await platform.vienuviet('centres', 'open', centres, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ opened: 0, known: 587, rejected: [] });
  });

  test('imports a table again without a change', async () => {
    const table = join(import.meta.dirname, '../../simulation/data/source/t08_top15_in_person.csv');
    const { exitCode, stdout } = await platform.vienuviet('catalogue', 'import', table, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ entries: 11, listed: 0, changed: 0, unchanged: 11, retired: 0 }]);
  });

  test('rebuilds a projection, and refuses to rebuild a reaction', async () => {
    const { exitCode, stdout } = await platform.vienuviet('projection', 'rebuild', 'items', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ service: 'status-feed', name: 'items', rebuild: { phase: 'done' } });
    const refused = await platform.vienuviet('projection', 'rebuild', 'feed');
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is a reaction') });
  });

  test('ends with 4 where a service refuses: somebody who may not, or nobody', async () => {
    for (const account of ['clerk.cesis.1', 'nobody']) {
      const refused = await platform.vienuviet('projection', 'list', '--as', account);
      expect(refused.exitCode, refused.stderr).toBe(4);
    }
    expect((await platform.vienuviet('token', 'nobody')).exitCode).toBe(4);
  });

  test('finds nothing parked, and no lag that stays', async () => {
    expect((await platform.vienuviet('parked', 'list')).stdout).toBe('nothing is parked\n');
    await eventually('no lag', async () => {
      const consumers = JSON.parse((await platform.vienuviet('topics', '--json')).stdout).flatMap(
        ({ consumers }: { consumers: { lag: number }[] }) => consumers,
      );
      return consumers.length > 3 && consumers.every(({ lag }: { lag: number }) => lag === 0) ? true : undefined;
    });
  });
});
