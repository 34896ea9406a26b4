import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DayOutcome, type DayProgress, hasEnded, readProgress } from '@vienuviet/simulation';
import { eventually } from '@vienuviet/testing';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import pg from 'pg';
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
  ])(
    '%s',
    async (what, names) => {
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
    },
    240_000,
  );

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

describe('a figure altered behind the back of the platform', () => {
  test.each([
    ['reports', 'reporting', 'facts', `update facts.counted_service set channel = 'post' where corrected_at is null`],
    ['items', 'status-feed', 'items', `update items.item set status = 'decided' where status = 'closed'`],
  ])('in the %s is found, and gone after a rebuild', async (where, service, projection, statement) => {
    const seed = `altered ${where}`;
    expect(await day(seed, '--centres', '15')).toMatchObject({ exitCode: 0, outcome: { differences: [] } });
    const client = new pg.Client({ connectionString: platform.endpoints.postgres[service]?.main });
    await client.connect();
    const { rowCount } = await client.query(statement).finally(() => client.end());
    expect(rowCount).toBeGreaterThan(0);

    const altered = await day(seed, '--centres', '15', '--settle', '1');
    expect(altered.exitCode).toBe(1);
    expect(new Set(altered.outcome.differences.map((difference) => difference.where))).toEqual(new Set([where]));

    expect((await platform.vienuviet('projection', 'rebuild', `${service}/${projection}`)).exitCode).toBe(0);
    expect(await day(seed, '--centres', '15')).toMatchObject({ exitCode: 0, outcome: { differences: [] } });
  });
});
