import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearUpTestFolders } from '../test-folders.ts';
import { type Check, checksOf } from './checks.ts';
import { createPrograms } from './programs.ts';
import { roundsOf, type VitestRun } from './rounds.ts';
import { HELP, selectionOf } from './selection.ts';
import { add, type Count, countRun, failuresOf, summaryLine } from './summary.ts';
import { wholeLines } from './whole-lines.ts';

/** `./scripts/test`: runs the checks beside the first tests; a failure keeps nothing else from running. */
const root = join(import.meta.dirname, '../../../..');
const reporter = join(import.meta.dirname, 'report-file.ts');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const out = (text: string): void => void process.stdout.write(text);
const programs = createPrograms();

/** Signals that end this process and what it runs, with the exit codes that shells give them. */
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

interface Done extends Count {
  /** What failed, by file and name. */
  readonly failures: readonly string[];
}

async function main(): Promise<number> {
  const selection = selectionOf(process.argv.slice(2));
  if (!selection) {
    out(HELP);
    return 0;
  }
  for (const [signal, code] of SIGNALS) {
    process.once(signal, () => void endAll(signal).finally(() => process.exit(code)));
  }
  const since = stopwatch();
  const rounds = roundsOf(selection);
  const checks = selection.checks ? checksOf(root) : [];
  const isAlone = checks.length === 0 && rounds.every((runs) => runs.length === 1);
  const done: Done[] = [];
  for (const [index, runs] of rounds.entries()) {
    const beside = runs.map((run) => runVitest(run, isAlone));
    if (index === 0) done.push(...(await oneAfterTheOther(checks)));
    done.push(...(await Promise.all(beside)));
  }
  const failures = done.flatMap((each) => each.failures);
  out(`\n${failures.map((failure) => `✗ ${failure}\n`).join('')}${since()} s\n${summaryLine(add(done))}\n`);
  return add(done).failed === 0 ? 0 : 1;
}

/** Vitest that is ended leaves its servers to the next run; who interrupts the tests wants them gone now. */
async function endAll(signal: NodeJS.Signals): Promise<void> {
  out('\n  … ending everything\n');
  await programs.end(signal);
  await clearUpTestFolders();
}

const stopwatch = (digits = 0): (() => string) => {
  const started = performance.now();
  return () => ((performance.now() - started) / 1_000).toFixed(digits);
};

async function oneAfterTheOther(checks: readonly Check[]): Promise<Done[]> {
  const done: Done[] = [];
  for (const check of checks) done.push(await runCheck(check));
  return done;
}

async function runCheck(check: Check): Promise<Done> {
  const since = stopwatch(1);
  const slow = setTimeout(() => out(`  … ${check.title}\n`), 2_000);
  let output = '';
  const take = (text: string): void => {
    output += text;
  };
  const exitCode = await programs.run({ ...check, take });
  clearTimeout(slow);
  const isWell = exitCode === 0;
  out(`  ${isWell ? '✓' : '✗'} ${check.title} (${since()} s)\n${isWell ? '' : `${output}\n`}`);
  return isWell ? { passed: 1, failed: 0, failures: [] } : { passed: 0, failed: 1, failures: [check.title] };
}

/** Runs vitest; alone it writes to the terminal itself, and shows there what it is doing. */
async function runVitest({ title, projects, paths, env }: VitestRun, isAlone: boolean): Promise<Done> {
  const since = stopwatch();
  const folder = mkdtempSync(join(tmpdir(), 'vienuviet-tests-'));
  const file = join(folder, 'report.json');
  const lines = wholeLines(out);
  const exitCode = await programs.run({
    command: process.execPath,
    args: [
      ...[vitest, 'run', '--reporter=default', `--reporter=${reporter}`, `--outputFile.json=${file}`],
      ...(process.stdout.isTTY && !isAlone ? ['--color'] : []),
      ...projects.map((project) => `--project=${project}`),
      ...paths,
    ],
    cwd: root,
    env,
    ...(isAlone ? {} : { take: lines.take }),
  });
  lines.end();
  let report: string | undefined;
  try {
    report = readFileSync(file, 'utf8');
  } catch {
    report = undefined;
  }
  rmSync(folder, { recursive: true });
  const count = countRun(report, exitCode);
  if (!isAlone) out(`  ${count.failed === 0 ? '✓' : '✗'} ${title}: ${summaryLine(count)} (${since()} s)\n`);
  const named = failuresOf(report, root);
  return { ...count, failures: count.failed > 0 && named.length === 0 ? [title] : named };
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
