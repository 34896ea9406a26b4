import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { foldHistory } from '../compare/fold-history.ts';
import { type ModelIntake, type ModelIntakeSettings, modelIntake } from '../compare/model-intake.ts';
import { commandsIn, type ServiceName } from '../plan/case-script.ts';
import { makePlan } from '../plan/make-plan.ts';
import { caseRunner } from './case-runner.ts';
import { heapBy, type Queued, runQueue } from './day-queue.ts';
import type { IntakePort } from './intake-port.ts';
import { type Entry, openJournal } from './journal.ts';

const plan = makePlan({ seed: 'run', date: '2026-11-20', centres: 60 });
const serviceIdOf = ({ holderId, titleLv }: ServiceName): string => `${holderId}/${titleLv}`;
const centreIdOf = (slug: string): string => slug;
const model = (settings: Partial<ModelIntakeSettings> = {}): ModelIntake => modelIntake({ serviceIdOf, ...settings });

const play = (intake: IntakePort, record: (entry: Entry) => void, earlier: readonly Entry[] = [], concurrency = 8) => {
  const byCase = Map.groupBy(earlier, (entry) => entry.case);
  const runners = plan.cases.map((script) =>
    caseRunner(script, { intake, serviceIdOf, centreIdOf, record, earlier: byCase.get(script.name) ?? [] }),
  );
  return runQueue(runners, { concurrency });
};

/** What each case came to, without what chance may decide between runs (who wins a claim). */
const results = (entries: readonly Entry[]) =>
  foldHistory(plan, entries).cases.map(({ name, model: { stage, shown, counted }, version }) => ({
    name,
    stage,
    shown,
    counted,
    version,
  }));

const played = async (intake: IntakePort): Promise<Entry[]> => {
  const entries: Entry[] = [];
  await play(intake, (entry) => entries.push(entry));
  return entries;
};

const undisturbed = results(await played(model()));

describe('a day', () => {
  test('is played to the end of every script', async () => {
    const entries = await played(model());
    expect(foldHistory(plan, entries).differences).toEqual([]);
    expect(results(entries)).toEqual(undisturbed);
    expect(undisturbed).toHaveLength(plan.cases.length);
  });

  test('names the centre of the desk where a case is registered, whose clerk may work at several', async () => {
    const intake = model();
    await played(intake);
    const registered = [...intake.executed.values()].filter(({ command }) => command === 'register');
    expect(registered).toHaveLength(plan.cases.length);
    for (const { account, body } of registered) expect(account).toMatch(`clerk.${body['centreId']}.`);
  });

  test('sends as many commands as its plan counts, those of rivals among them', async () => {
    const entries = await played(model());
    expect(entries.filter(({ part }) => part === 'rival').length).toBeGreaterThan(0);
    expect(entries).toHaveLength(commandsIn(plan));
  });

  test('comes to the same with one clerk at a time and with many', async () => {
    for (const concurrency of [1, 64]) {
      const entries: Entry[] = [];
      await play(model(), (entry) => entries.push(entry), [], concurrency);
      expect(results(entries)).toEqual(undisturbed);
    }
  });

  test('lets exactly one of two clerks have the claim', async () => {
    const entries = await played(model());
    const contested = entries.filter(({ part }) => part === 'rival');
    expect(contested.length).toBeGreaterThan(5);
    for (const rival of contested) {
      const act = entries.find(
        ({ case: name, step, part }) => name === rival.case && step === rival.step && part === 'act',
      );
      expect([act?.status, rival.status].sort()).toEqual([200, 409]);
    }
  });

  test('takes a claim anew that ran out in real time, and goes on', async () => {
    let ranOut = 0;
    const intake = model({
      claimRanOut: ({ command }) => command === 'consultations' && ++ranOut % 3 === 1,
    });
    const entries = await played(intake);
    expect(entries.some(({ part }) => part === 'claim_anew')).toBe(true);
    expect(foldHistory(plan, entries).differences).toEqual([]);
  });

  test('stops a case whose command is refused, and says so', async () => {
    const intake = model();
    const refusing: IntakePort = {
      send: async (command) =>
        command.command === 'decide' ? { status: 422, body: { code: 'no_reason' } } : intake.send(command),
    };
    const { differences } = foldHistory(plan, await played(refusing));
    expect(differences.length).toBeGreaterThan(0);
    expect(new Set(differences.map(({ what }) => what))).toEqual(new Set(['case_stopped']));
  });

  test('notices an intake that answers twins or repeats otherwise', async () => {
    const intake = model();
    let answers = 0;
    const forgetful: IntakePort = {
      send: async (command) => {
        const answer = await intake.send(command);
        return { ...answer, body: { ...answer.body, at: ++answers } };
      },
    };
    const { differences } = foldHistory(plan, await played(forgetful));
    expect(differences.every(({ what }) => what === 'unexpected_answer')).toBe(true);
    expect(differences.some(({ found }) => found.startsWith('two answers'))).toBe(true);
    expect(differences.some(({ found }) => found.startsWith('a command came again'))).toBe(true);
  });

  test('notices an intake that gives one claim to two', async () => {
    const intake = model();
    const generous: IntakePort = {
      send: async (command) => {
        const answer = await intake.send(command);
        const lost = command.command === 'claim' && answer.status === 409;
        return lost ? { status: 200, body: { stream: `case-${command.caseId}`, version: 99 } } : answer;
      },
    };
    const { differences } = foldHistory(plan, await played(generous));
    expect(differences.some(({ found }) => found === 'two clerks hold one claim')).toBe(true);
  });
});

describe('an interrupted day', () => {
  class Killed extends Error {}

  /** Plays with one intake over and over, killed after some commands each time, before or after their execution. */
  const playInPieces = async (piece: number, where: 'before' | 'after') => {
    let sent = 0;
    const kill = () => {
      if (++sent % piece === 0) throw new Killed();
    };
    const intake = model({ [where]: kill });
    const journal: Entry[] = [];
    for (let runs = 1; ; runs += 1) {
      try {
        await play(intake, (entry) => journal.push(entry), [...journal]);
        return { journal, intake, runs };
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
  };

  test.each([
    [97, 'before'],
    [97, 'after'],
    [13, 'after'],
  ] as const)(
    'goes on, killed after every %i commands %s they were executed, and does nothing twice',
    async (piece, where) => {
      const { journal, intake, runs } = await playInPieces(piece, where);
      expect(runs).toBeGreaterThan(3);
      expect(foldHistory(plan, journal).differences).toEqual([]);
      expect(results(journal)).toEqual(undisturbed);
      const registrations = [...intake.executed.values()].filter(({ command }) => command === 'register');
      expect(registrations).toHaveLength(plan.cases.length);
    },
  );

  test('that was finished sends nothing more', async () => {
    const entries = await played(model());
    let sent = 0;
    await play(model({ before: () => sent++ }), () => {}, entries);
    expect(sent).toBe(0);
  });
});

describe('the journal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const entry: Entry = {
    case: 'a/1',
    step: 0,
    part: 'act',
    account: 'clerk.a.1',
    key: 'k',
    status: 200,
    answer: { stream: 'case-ž' },
  };

  test('gives back what was recorded, and drops a line that a kill cut off', () => {
    const file = join(folder, 'deep', 'journal.jsonl');
    openJournal(file).record(entry);
    appendFileSync(file, JSON.stringify({ ...entry, step: 1 }).slice(0, 30));
    const reopened = openJournal(file);
    expect(reopened.earlier).toEqual([entry]);
    reopened.record({ ...entry, step: 1 });
    expect(openJournal(file).earlier.map(({ step }) => step)).toEqual([0, 1]);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
  });
});

describe('the queue of a day', () => {
  const queuedAt = (times: number[], done: number[], ms = 0): Queued => ({
    nextAt: () => times[0],
    step: async () => {
      done.push(times.shift() ?? 0);
      await new Promise((resolve) => setTimeout(resolve, ms));
    },
  });

  test('does what happens first first, also across cases', async () => {
    const done: number[] = [];
    await runQueue([queuedAt([1, 4, 5], done), queuedAt([2, 3, 6], done), queuedAt([], done)], { concurrency: 1 });
    expect(done).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('never runs two steps of one case at the same time, nor more than it may', async () => {
    let [running, most] = [0, 0];
    const busy = new Set<number>();
    const cases = Array.from({ length: 20 }, (_, index): Queued => {
      let left = 5;
      return {
        nextAt: () => (left > 0 ? 100 - left : undefined),
        step: async () => {
          expect(busy.has(index)).toBe(false);
          busy.add(index);
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 1));
          left -= 1;
          running -= 1;
          busy.delete(index);
        },
      };
    });
    await runQueue(cases, { concurrency: 7 });
    expect(most).toBe(7);
  });

  test('waits for the clock when a speed is given', async () => {
    const started = Date.now();
    await runQueue([queuedAt([0, 1_000, 2_000], [])], { concurrency: 4, speed: 20 });
    expect(Date.now() - started).toBeGreaterThanOrEqual(95);
  });

  test('ends early when it is told to, after the steps under way', async () => {
    const done: number[] = [];
    const stop = new AbortController();
    const cases = [
      queuedAt(
        Array.from({ length: 1000 }, (_, at) => at),
        done,
        1,
      ),
    ];
    setTimeout(() => stop.abort(), 20);
    await runQueue(cases, { concurrency: 4, signal: stop.signal });
    expect(done.length).toBeGreaterThan(0);
    expect(done.length).toBeLessThan(1000);
  });

  test('fails with the first error of a step', async () => {
    const failing: Queued = { nextAt: () => 1, step: () => Promise.reject(new Error('no')) };
    await expect(runQueue([failing, queuedAt([2], [])], { concurrency: 2 })).rejects.toThrow('no');
  });

  test('rests on a heap that gives the smallest first', () => {
    const heap = heapBy<number>((number) => number);
    const numbers = Array.from({ length: 500 }, (_, index) => (index * 7919) % 503);
    for (const number of numbers) heap.push(number);
    expect(Array.from({ length: 500 }, () => heap.pop())).toEqual(numbers.toSorted((one, other) => one - other));
    expect(heap.pop()).toBeUndefined();
  });
});
