/** A working day on a running platform: plan, play, compare. Started again with the same plan, it goes on. */
import { rigaClock } from '../calendar/riga-time.ts';
import { foldHistory } from '../compare/fold-history.ts';
import { sampleCentres } from '../demand/centres.ts';
import { commandsIn, type DayPlan } from '../plan/case-script.ts';
import { makePlan, type PlanRequest, planDigest } from '../plan/make-plan.ts';
import { whyQuiet } from '../plan/quiet-day.ts';
import type { Platform } from '../platform/platform.ts';
import { caseRunner } from './case-runner.ts';
import { readServiceIds, servicesOf } from './catalogue-ids.ts';
import { clientsAt } from './clients.ts';
import { type Comparison, compareDay } from './compare-day.ts';
import {
  type Beginning,
  type DayProgress,
  dayFiles,
  type Phase,
  readJson,
  writeJson,
  writeProgress,
} from './day-files.ts';
import type { ChannelService, DayOutcome } from './day-outcome.ts';
import { runQueue } from './day-queue.ts';
import { intakeOver } from './intake-http.ts';
import { type Entry, openJournal } from './journal.ts';
import { readFeed, readReport } from './readers.ts';

export interface DaySettings {
  readonly platform: Platform;
  readonly dataFolder: string;
  readonly request: PlanRequest;
  readonly concurrency: number;
  /** The day that the platform plays by itself; what came of it is kept when other days follow. */
  readonly isSample?: boolean | undefined;
  /** Simulated seconds in a real one; without it as fast as possible. */
  readonly speed?: number | undefined;
  readonly patienceMs: number;
  readonly signal?: AbortSignal;
  /** Told what goes on, several times a second. */
  readonly onProgress: (progress: DayProgress, note: string) => void;
  readonly retries: () => number;
}

/** Thrown when the day was told to stop; what was done is in the journal. */
export class DayInterrupted extends Error {
  constructor() {
    super('interrupted; started again it goes on');
    this.name = 'DayInterrupted';
  }
}

export async function playDay(settings: DaySettings): Promise<DayOutcome> {
  const started = Date.now();
  const plan = makePlan(settings.request);
  const digest = planDigest(plan);
  const tracker = trackProgress(settings, plan, digest);
  try {
    const files = dayFiles(settings.dataFolder, plan.date, digest);
    const centreIdOf = centreIds();
    const serviceIdOf = await readServiceIds(settings.platform, clerkOf(plan), servicesOf(plan));
    const beginning = readJson<Beginning>(files.beginning) ?? (await begin(settings, plan.date, files.beginning));
    const journal = openJournal(files.journal);
    const entries: Entry[] = [...journal.earlier];
    tracker.answered(entries.length);
    await play(settings, plan, { serviceIdOf, centreIdOf, entries, journal, tracker });
    if (settings.signal?.aborted) throw new DayInterrupted();
    tracker.phase('comparing');
    const history = foldHistory(plan, entries);
    const comparison = await compareDay({
      ...settings,
      date: plan.date,
      history,
      beginning,
      serviceIdOf,
      centreIdOf,
      note: tracker.note,
    });
    const outcome = outcomeOf(plan, digest, entries, history.cases, comparison, {
      seconds: (Date.now() - started) / 1000,
      retries: settings.retries(),
    });
    writeJson(files.outcome, outcome);
    tracker.phase(outcome.differences.length === 0 ? 'agrees' : 'differs');
    return outcome;
  } catch (error) {
    if (settings.signal?.aborted) {
      tracker.phase('interrupted');
      throw error instanceof DayInterrupted ? error : new DayInterrupted();
    }
    tracker.fail((error as Error).message);
    throw error;
  } finally {
    tracker.end();
  }
}

const centreIds = (): ((slug: string) => string) => {
  const ids = new Map(sampleCentres().map(({ slug, centreId }) => [slug, centreId]));
  return (slug) => ids.get(slug) ?? '';
};

/** Somebody who may read the catalogue. */
const clerkOf = (plan: DayPlan): string => `clerk.${plan.centres[0] ?? 'aizkraukle'}.1`;

/** Notes where the feed ends and what the reports say, before the first command. */
async function begin({ platform }: DaySettings, date: string, file: string): Promise<Beginning> {
  const { cursor } = await readFeed(platform, undefined);
  const beginning = {
    feedCursor: cursor ?? null,
    topServices: (await readReport(platform, 'top-services', date)).rows,
    casesByState: (await readReport(platform, 'cases-by-state', date)).rows,
  };
  writeJson(file, beginning);
  return beginning;
}

interface Stage {
  readonly serviceIdOf: Parameters<typeof caseRunner>[1]['serviceIdOf'];
  readonly centreIdOf: (slug: string) => string;
  readonly entries: Entry[];
  readonly journal: ReturnType<typeof openJournal>;
  readonly tracker: Tracker;
}

async function play(settings: DaySettings, plan: DayPlan, stage: Stage): Promise<void> {
  const { serviceIdOf, centreIdOf, entries, journal, tracker } = stage;
  const intake = intakeOver(settings.platform, clientsAt(settings.platform));
  const earlier = Map.groupBy(journal.earlier, (entry) => entry.case);
  const record = (entry: Entry): void => {
    journal.record(entry);
    entries.push(entry);
    tracker.answered(1);
  };
  const runners = plan.cases.map((script) =>
    caseRunner(script, { intake, serviceIdOf, centreIdOf, record, earlier: earlier.get(script.name) ?? [] }),
  );
  const { concurrency, speed, signal } = settings;
  await runQueue(runners, { concurrency, speed, signal, onStep: tracker.at });
}

interface Tracker {
  answered(commands: number): void;
  readonly at: (instant: number) => void;
  readonly note: (text: string) => void;
  phase(phase: Phase): void;
  fail(reason: string): void;
  end(): void;
}

/** Writes the progress file each second, so that others can follow and see when nobody plays any more. */
function trackProgress(settings: DaySettings, plan: DayPlan, digest: string): Tracker {
  const { dataFolder, request, isSample = false, onProgress } = settings;
  let progress: DayProgress = {
    request,
    digest,
    phase: 'playing',
    done: 0,
    total: commandsIn(plan),
    clock: '',
    pid: process.pid,
    updatedAt: Date.now(),
  };
  let said = '';
  const change = (part: Partial<DayProgress>): void => {
    progress = { ...progress, ...part, updatedAt: Date.now() };
  };
  const write = (): void => {
    change({});
    writeProgress(dataFolder, progress, isSample);
  };
  const timers = [setInterval(write, 1_000), setInterval(() => onProgress(progress, said), 200)];
  write();
  return {
    answered: (commands) => change({ done: progress.done + commands }),
    at: (instant) => change({ clock: rigaClock(instant) }),
    note: (text) => {
      said = text;
    },
    phase: (phase) => {
      change({ phase });
      write();
    },
    fail: (reason) => {
      change({ phase: 'failed', reason });
      write();
    },
    end: () => timers.forEach(clearInterval),
  };
}

function outcomeOf(
  plan: DayPlan,
  digest: string,
  entries: readonly Entry[],
  cases: ReturnType<typeof foldHistory>['cases'],
  comparison: Comparison,
  run: { readonly seconds: number; readonly retries: number },
): DayOutcome {
  const steps = plan.cases.flatMap((script) => script.steps);
  const quiet = whyQuiet(plan);
  return {
    seed: plan.seed,
    date: plan.date,
    digest,
    centres: plan.centres.length,
    cases: cases.length,
    ...(quiet === undefined ? {} : { quiet }),
    commands: entries.filter(({ part }) => part !== 'stopped').length,
    duplicates: steps.filter((step) => step.kind === 'repeat' || step.twin === true).length,
    rivals: entries.filter(({ part }) => part === 'rival').length,
    countedServices: cases.filter(({ model }) => model.counted !== undefined).length,
    feedEvents: comparison.feedEvents,
    items: comparison.items,
    ...run,
    differences: comparison.differences,
    topServices: topOf(comparison),
    casesByState: statesOf(comparison),
  };
}

/** The five first of each channel, as the report ranks them. */
const topOf = ({ topServices }: Comparison): ChannelService[] =>
  topServices
    .filter((row) => Number(row['rank']) <= 5)
    .map((row) => ({
      channel: String(row['channel']),
      rank: Number(row['rank']),
      title: String(row['serviceTitle'] ?? row['serviceId']),
      holder: String(row['holderName'] ?? row['holderId']),
      counted: Number(row['servicesCounted']),
      opened: Number(row['casesRegistered']),
    }));

function statesOf({ casesByState }: Comparison): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const row of casesByState) {
    const stage = String(row['stage']);
    sums[stage] = (sums[stage] ?? 0) + Number(row['cases']);
  }
  return sums;
}
