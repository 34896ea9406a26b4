import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Check, checksOf } from './checks.ts';
import { HELP, type Selection, selectionOf } from './selection.ts';
import { add, type Count, countRun, summaryLine } from './summary.ts';

/** `./scripts/test`: runs the checks one after the other, then the tests; a failure keeps nothing else from running. */
const root = join(import.meta.dirname, '../../../..');
const reporter = join(import.meta.dirname, 'report-file.ts');
const out = (text: string): void => void process.stdout.write(text);

async function main(): Promise<number> {
  const selection = selectionOf(process.argv.slice(2));
  if (!selection) {
    out(HELP);
    return 0;
  }
  const started = performance.now();
  const counts: Count[] = [];
  if (selection.checks) for (const check of checksOf(root)) counts.push(await runCheck(check));
  counts.push(await runVitest(selection, selection.everyPostgres ? { VIENUVIET_POSTGRES_URL: undefined } : {}));
  if (selection.everyPostgres) {
    out('\nIntegration tests on PostgreSQL 15\n');
    const onOldest = { VIENUVIET_POSTGRES_URL: undefined, VIENUVIET_TEST_POSTGRES: '15' };
    counts.push(await runVitest({ ...selection, projects: ['int'] }, onOldest));
  }
  const total = add(counts);
  out(`\n${((performance.now() - started) / 1_000).toFixed(0)} s\n${summaryLine(total)}\n`);
  return total.failed === 0 ? 0 : 1;
}

async function runCheck(check: Check): Promise<Count> {
  const started = performance.now();
  const slow = setTimeout(() => out(`  … ${check.title}\n`), 2_000);
  let output = '';
  const exitCode = await run(
    check.command,
    check.args,
    {},
    {
      cwd: check.cwd,
      take: (text) => {
        output += text;
      },
    },
  );
  clearTimeout(slow);
  out(`  ${exitCode === 0 ? '✓' : '✗'} ${check.title} (${((performance.now() - started) / 1_000).toFixed(1)} s)\n`);
  if (exitCode !== 0) out(`${output}\n`);
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function runVitest(selection: Selection, env: NodeJS.ProcessEnv): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'vienuviet-tests-'));
  const file = join(folder, 'report.json');
  const exitCode = await run(
    'pnpm',
    [
      ...['exec', 'vitest', 'run', '--reporter=default', `--reporter=${reporter}`, `--outputFile.json=${file}`],
      ...selection.projects.map((project) => `--project=${project}`),
      ...selection.paths,
    ],
    { ...env, ...(selection.projects.includes('full') ? { VIENUVIET_TEST_FULL: 'yes' } : {}) },
  );
  let report: string | undefined;
  try {
    report = readFileSync(file, 'utf8');
  } catch {
    report = undefined;
  }
  rmSync(folder, { recursive: true });
  return countRun(report, exitCode);
}

/** Runs a command; its output is shown, or handed over where somebody takes it. */
function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { cwd = root, take }: { cwd?: string; take?: (text: string) => void } = {},
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: take ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    child.stdout?.setEncoding('utf8').on('data', take!);
    child.stderr?.setEncoding('utf8').on('data', take!);
    child.on('error', (error) => {
      take?.(error.message);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
