import { join } from 'node:path';
import {
  commandsIn,
  DayInterrupted,
  type DayOutcome,
  type DayProgress,
  hasEnded,
  isAbandoned,
  isDay,
  isSampleCentre,
  makePlan,
  type PlanRequest,
  planDigest,
  playDay,
  readAwaitedProgress,
  readCredentials,
  readOutcome,
  readProgress,
  rigaDay,
  signInsOf,
  whyQuiet,
  workingDayBefore,
} from '@vienuviet/simulation';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { commandOf, positiveNumber, wholeNumber, withJson } from '../command.ts';
import { OperatorError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { liveLine } from '../output/console.ts';
import { outcomeText } from '../output/day-outcome.ts';
import { endpointsOf, printJson, type Surroundings, withPlatform } from '../surroundings.ts';

interface PlanOptions {
  readonly date?: string;
  readonly seed?: string;
  readonly centres?: string;
  readonly scale?: number;
  readonly json?: boolean;
}

interface DayOptions extends PlanOptions {
  readonly concurrency: number;
  readonly speed?: number;
  readonly sample?: boolean;
  readonly patience: number;
  readonly settle: number;
}

export const simulateCommand = (surroundings: Surroundings): Command =>
  commandOf(
    'simulate',
    'A working day of the network, made from the report’s own figures and played by clerks and holders over HTTP.',
    ['simulate day', 'simulate plan --date 2026-03-16 --seed spring', 'simulate wait'],
  )
    .addCommand(dayCommand(surroundings))
    .addCommand(planCommand(surroundings))
    .addCommand(waitCommand(surroundings));

const usualSeed = '1';

const dateOption = (text: string): string => {
  if (!isDay(text)) throw new InvalidArgumentError('must be a day like 2026-11-20');
  return text;
};

const withPlan = (command: Command): Command =>
  withJson(command)
    .option('--date <day>', 'the day to play; the last working day when not given', dateOption)
    .option('--seed <text>', `chance of the day: same seed, same day (default: ${usualSeed})`)
    .option('--centres <n|slugs>', 'how many centres take part, or their slugs with commas between; all when not given')
    .option('--scale <n>', 'cases for each of the day; 1.45 reaches the target of 350,000 a year', positiveNumber);

const dayCommand = (surroundings: Surroundings): Command =>
  withPlan(
    commandOf(
      'day',
      [
        'Plays a working day and compares, item by item, what was done with what the status feed and the reports say.',
        'A day that was interrupted goes on; one that was finished is only compared again. Ends with 1 on any difference.',
      ].join(' '),
      ['simulate day', 'simulate day --date 2026-11-20 --centres 20 --seed 7', 'simulate day --speed 600'],
    ),
  )
    .option('--concurrency <n>', 'most requests at the same time', wholeNumber(1, 256), 16)
    .option('--speed <n>', 'simulated seconds in a real one; as fast as possible when not given', positiveNumber)
    .option('--patience <seconds>', 'how long a service may be away before the day fails', positiveNumber, 120)
    .option('--settle <seconds>', 'what has not shown after this long without news is missing', positiveNumber, 30)
    .addOption(new Option('--sample', 'the day that ./scripts/run plays by itself').hideHelp())
    .action(async (options: DayOptions) => {
      const outcome = await play(surroundings, options);
      if (options.json) printJson(surroundings, outcome);
      else surroundings.console.out(outcomeText(outcome, surroundings.console.width));
      if (outcome.differences.length > 0) surroundings.end(exitCodes.failed);
    });

const planCommand = (surroundings: Surroundings): Command =>
  withPlan(
    commandOf('plan', 'Prints what a day would be: cases, commands, digest. Sends nothing.', [
      'simulate plan',
      'simulate plan --centres aizkraukle --json | jq ".cases[0]"',
    ]),
  ).action((options: PlanOptions) => {
    const plan = makePlan(requestOf(surroundings, options));
    const quiet = whyQuiet(plan);
    if (options.json) {
      printJson(surroundings, { digest: planDigest(plan), ...(quiet === undefined ? {} : { quiet }), ...plan });
      return;
    }
    const steps = plan.cases.flatMap((script) => script.steps);
    const count = (value: number): string => value.toLocaleString('en-GB');
    surroundings.console.out(
      [
        `${plan.date}, seed ${plan.seed}: ${count(plan.cases.length)} cases at ${count(plan.centres.length)} centres`,
        ...(quiet === undefined ? [] : [`No cases: ${quiet}.`]),
        `${count(commandsIn(plan))} commands, of them ${count(steps.filter((step) => step.kind === 'repeat' || step.twin).length)} sent twice`,
        `digest ${planDigest(plan)}`,
        '',
      ].join('\n'),
    );
  });

/** What the options ask for; without a date and seed, the day that was begun and not finished. */
function requestOf({ clock, dataFolder }: Surroundings, options: PlanOptions): PlanRequest {
  const { date, seed, centres, scale } = options;
  const unfinished = readProgress(dataFolder);
  const nothingAsked = [date, seed, centres, scale].every((each) => each === undefined);
  if (nothingAsked && unfinished !== undefined && !isFinished(unfinished)) return unfinished.request;
  const wanted = centres === undefined ? undefined : centresOf(centres);
  return {
    seed: seed ?? usualSeed,
    date: date ?? workingDayBefore(rigaDay(clock())),
    ...(wanted === undefined ? {} : { centres: wanted }),
    ...(scale === undefined ? {} : { scale }),
  };
}

const isFinished = ({ phase }: DayProgress): boolean => phase === 'agrees' || phase === 'differs';

const centresOf = (text: string): number | string[] => {
  if (/^\d+$/.test(text)) {
    if (Number(text) === 0) throw new OperatorError('usage', 'a day needs at least one centre');
    return Number(text);
  }
  const slugs = text.split(',').map((slug) => slug.trim());
  for (const slug of slugs) {
    if (!isSampleCentre(slug)) throw new OperatorError('usage', `no centre of the sample is called ${slug}`);
  }
  return slugs;
};

async function play(surroundings: Surroundings, options: DayOptions): Promise<DayOutcome> {
  const { dataFolder, signal } = surroundings;
  const request = requestOf(surroundings, options);
  const line = liveLine(surroundings.console, surroundings.clock);
  let retries = 0;
  const patience = {
    deadlineMs: options.patience * 1_000,
    onRetry: () => {
      retries += 1;
    },
  };
  const endpoints = endpointsOf(surroundings);
  const signIns = signInsOf({ endpoints, credentials: readCredentials(dataFolder), signal, ...patience });
  return withPlatform(
    surroundings,
    async (platform) => {
      try {
        return await playDay({
          platform,
          dataFolder,
          request,
          concurrency: options.concurrency,
          speed: options.speed,
          isSample: options.sample,
          patienceMs: options.settle * 1_000,
          signal,
          retries: () => retries,
          onProgress: (progress, note) => line.say(progressText(progress, note, retries)),
        });
      } catch (error) {
        throw error instanceof DayInterrupted ? new OperatorError('interrupted', error.message) : error;
      } finally {
        // Who interrupts does not want to wait; these sign-ins run out by themselves.
        if (!signal.aborted) {
          line.say('signing everybody out');
          await signIns.signOut(options.concurrency);
        }
        line.end();
      }
    },
    { connections: options.concurrency, tokenSource: signIns.tokenOf, ...patience },
  );
}

function progressText(progress: DayProgress, note: string, retries: number): string {
  const { phase, clock, done, total, request } = progress;
  const count = (value: number): string => value.toLocaleString('en-GB');
  const again = retries > 0 ? ` · ${count(retries)} tries again` : '';
  if (phase === 'comparing') return `${request.date} · comparing: ${note}${again}`;
  return `${request.date} ${clock} · ${count(done)} of ${count(total)} commands${again}`;
}

const waitCommand = (surroundings: Surroundings): Command =>
  withJson(
    commandOf('wait', 'Waits for the day that ./scripts/run plays in the background, and prints what came out.', [
      'simulate wait',
      'simulate wait --timeout 600',
    ]),
  )
    .option('--timeout <seconds>', 'give up after this long', positiveNumber, 3_600)
    .action(async (options: { timeout: number; json?: boolean }) => {
      const progress = await waitForDay(surroundings, options.timeout * 1_000);
      const outcome = readOutcome(surroundings.dataFolder, progress);
      if (!isFinished(progress) || outcome === undefined) {
        throw new OperatorError('failed', `the day ended without a comparison: ${progress.reason ?? progress.phase}`);
      }
      if (options.json) printJson(surroundings, outcome);
      else surroundings.console.out(outcomeText(outcome, surroundings.console.width));
      if (progress.phase === 'differs') surroundings.end(exitCodes.failed);
    });

async function waitForDay(surroundings: Surroundings, timeoutMs: number): Promise<DayProgress> {
  const { dataFolder, clock, signal, console } = surroundings;
  const line = liveLine(console, clock);
  const deadline = clock() + timeoutMs;
  try {
    for (;;) {
      const progress = readAwaitedProgress(dataFolder);
      if (progress !== undefined && hasEnded(progress)) return progress;
      if (progress !== undefined && isAbandoned(progress, clock())) {
        throw new OperatorError('failed', 'the day is not being played any more; simulate day goes on with it');
      }
      if (clock() > deadline) {
        const folder = join(dataFolder, 'simulation');
        throw new OperatorError(
          'failed',
          progress === undefined ? `no day has begun (${folder})` : 'the day is not over',
        );
      }
      if (signal.aborted) throw new OperatorError('interrupted', 'not waiting any longer; the day goes on');
      line.say(progress === undefined ? 'no day has begun yet' : progressText(progress, '', 0));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  } finally {
    line.end();
  }
}
