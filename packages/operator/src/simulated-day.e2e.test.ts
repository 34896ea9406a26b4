import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, renameSync } from 'node:fs';
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

  test('of another seed is another day beside the first; who waits for it in the background is told the same', async () => {
    const playing = day('waited for', '--centres', '15');
    await untilPlayed('waited for', 0);
    const waited = await platform.vienuviet('simulate', 'wait', '--json');
    expect(waited.exitCode).toBe(0);
    const { outcome } = await playing;
    expect(outcome.differences).toEqual([]);
    expect(JSON.parse(waited.stdout)).toEqual(outcome);
  });
});

describe('the people of a simulated day', () => {
  interface LogLine {
    readonly event?: string;
    readonly actorId?: string;
  }
  const logOfIdentity = (): LogLine[] =>
    readFileSync(join(platform.dataFolder, 'logs/identity.log'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine);

  /** Tokens that were given for a name, as the operators' other commands get theirs. */
  const tokensByName = async (): Promise<string | undefined> => {
    const metrics = await (await fetch(`${platform.endpoints.identity}/metrics`)).text();
    return metrics.split('\n').find((line) => /_count\{.*route="\/v1\/tokens"/.test(line));
  };

  test('sign in by the page before they act, each once, and sign out at the end', async () => {
    const before = { lines: logOfIdentity().length, byName: await tokensByName() };
    const { exitCode, outcome } = await day('signed in', '--centres', '15');
    expect(exitCode).toBe(0);
    const journal = join(platform.dataFolder, 'simulation', `${date}-${outcome.digest.slice(0, 12)}`, 'journal.jsonl');
    const accounts = readFileSync(journal, 'utf8')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { account: string }).account]));
    const log = logOfIdentity().slice(before.lines);
    const signedIn = log.filter(({ event }) => event === 'signed_in').map(({ actorId }) => actorId);
    // Who reads the reports to compare them is a person too.
    expect(signedIn.toSorted()).toEqual([...new Set([...accounts, 'auditor', 'clerk.aizkraukle.1'])].toSorted());
    expect(log.filter(({ event }) => event === 'signed_out')).toHaveLength(signedIn.length);
    expect(await tokensByName()).toBe(before.byName);
  });

  test('do nothing without their password, and somebody is told which file it is in', async () => {
    const file = join(platform.dataFolder, 'identity/sample-password');
    renameSync(file, `${file}.away`);
    try {
      const { exitCode, stderr } = await day('no password', '--centres', '2');
      expect({ exitCode, stderr }).toEqual({
        exitCode: 3,
        stderr: expect.stringContaining(`${file} cannot be read: nobody can sign in without it`),
      });
    } finally {
      renameSync(`${file}.away`, file);
    }
  });
});

describe('a simulated day agrees although in the middle of it somebody kills', () => {
  test('every service and every server, one after the other', async () => {
    // The relay to Kafka lives in intake.
    const names = ['intake', 'kafka', 'status-feed', 'postgres', 'reporting', 'redis', 'identity'];
    const seed = 'kill the others';
    // On a slow machine the feed goes on half a minute after the broker is back.
    const playing = day(seed, '--centres', '80', '--concurrency', '4', '--settle', '120');
    for (const [index, name] of names.entries()) {
      await untilPlayed(seed, (index + 1) / (names.length + 2));
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

test('figures altered behind the back of the platform are found, and gone after a rebuild', async () => {
  const seed = 'altered';
  const alter = async (service: string, statement: string) => {
    const client = new pg.Client({ connectionString: platform.endpoints.postgres[service]?.main });
    await client.connect();
    const { rowCount } = await client.query(statement).finally(() => client.end());
    expect(rowCount).toBeGreaterThan(0);
  };
  expect(await day(seed, '--centres', '15')).toMatchObject({ exitCode: 0, outcome: { differences: [] } });
  await alter('reporting', `update facts.counted_service set channel = 'post' where corrected_at is null`);
  await alter('status-feed', `update items.item set status = 'decided' where status = 'closed'`);

  const altered = await day(seed, '--centres', '15', '--settle', '1');
  expect(altered.exitCode).toBe(1);
  expect(new Set(altered.outcome.differences.map(({ where }) => where))).toEqual(new Set(['reports', 'items']));

  for (const projection of ['reporting/facts', 'status-feed/items']) {
    expect((await platform.vienuviet('projection', 'rebuild', projection)).exitCode).toBe(0);
  }
  expect(await day(seed, '--centres', '15')).toMatchObject({ exitCode: 0, outcome: { differences: [] } });
});
