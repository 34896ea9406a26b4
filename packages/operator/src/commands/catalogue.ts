import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import {
  acceptedBody,
  type HttpAnswer,
  type Platform,
  PlatformError,
  type Problem,
} from '@vienuviet/simulation/platform';
import type { Command } from 'commander';
import { commandOf, type Options, withAccount, withJson } from '../command.ts';
import { OperatorError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { type LiveLine, liveLine } from '../output/console.ts';
import { printRows, type Surroundings, withPlatform } from '../surroundings.ts';

export const catalogueCommand = (surroundings: Surroundings): Command =>
  commandOf('catalogue', 'The public service catalogue.', [
    'catalogue import packages/simulation/data/source/t08_top15_in_person.csv',
  ]).addCommand(importCommand(surroundings));

/** What intake answers to an import. */
interface ImportReport {
  readonly source: string;
  readonly entries: number;
  readonly listed: number;
  readonly relisted: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly retired: number;
  /** Entries that would have retired; a bad row that does not tell what it names could be one of them. */
  readonly keptForBadRows: number;
  readonly rejectedCount: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
}

interface TableFile {
  readonly file: string;
  readonly source: string;
  readonly bytes: Buffer;
}

const importCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf(
        'import',
        [
          'Imports tables of services, in the order given. The name of a file (without its ending) is its source:',
          'importing it again changes what changed, retires what vanished from it, and leaves alone what other sources',
          'name. Bad rows are printed with their line and the rest goes on; then the command ends with 1.',
        ].join(' '),
        ['catalogue import packages/simulation/data/source/t*.csv packages/simulation/data/invented/services.csv'],
      ),
    ),
  )
    .argument('<file...>', 'tables in CSV, recognised by their header')
    .action(async (files: readonly string[], options: Options) => {
      const tables = files.map(readTable);
      const reports = await importAll(surroundings, tables, options);
      printRows(surroundings, options, reports, [
        { title: 'SOURCE', value: ({ source }) => source },
        { title: 'ENTRIES', value: ({ entries }) => entries },
        { title: 'NEW', value: ({ listed, relisted }) => listed + relisted },
        { title: 'CHANGED', value: ({ changed }) => changed },
        { title: 'UNCHANGED', value: ({ unchanged }) => unchanged },
        { title: 'RETIRED', value: ({ retired }) => retired },
        { title: 'KEPT FOR BAD ROWS', value: ({ keptForBadRows }) => keptForBadRows },
        { title: 'BAD ROWS', value: ({ rejectedCount }) => rejectedCount },
      ]);
      complain(surroundings, tables, reports);
    });

function readTable(file: string): TableFile {
  try {
    return { file, source: basename(file, extname(file)), bytes: readFileSync(file) };
  } catch (cause) {
    throw new OperatorError('file', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function importAll(surroundings: Surroundings, tables: readonly TableFile[], { as }: Options): Promise<ImportReport[]> {
  const line = liveLine(surroundings.console, surroundings.clock);
  return withPlatform(surroundings, async (platform) => {
    try {
      const reports: ImportReport[] = [];
      for (const table of tables) {
        if (surroundings.signal.aborted) {
          throw new OperatorError('interrupted', `interrupted before ${table.file}; importing again goes on`);
        }
        reports.push(await importTable(platform, as, table, line, surroundings));
      }
      return reports;
    } finally {
      line.end();
    }
  });
}

/** How long intake may be away in the middle of an import, ms. */
const patienceMs = 60_000;
const pauseMs = 500;

/** Sends a file until it is imported: sent again after a broken connection, it does what is left. */
async function importTable(
  platform: Platform,
  account: string,
  { file, source, bytes }: TableFile,
  line: LiveLine,
  { signal }: Surroundings,
): Promise<ImportReport> {
  for (let deadline = Date.now() + patienceMs, again = false; ; again = true) {
    try {
      const answer = await platform.client('intake').sendForLines(
        {
          method: 'POST',
          path: `/v1/catalogue/imports?source=${encodeURIComponent(source)}`,
          headers: {
            authorization: await platform.tokens.authorizationOf(account),
            'content-type': 'text/csv',
            accept: 'application/x-ndjson',
          },
          body: bytes,
          timeoutMs: 600_000,
        },
        (told) => {
          deadline = Date.now() + patienceMs;
          line.say(progressOf(source, told));
        },
      );
      return reportIn(answer);
    } catch (error) {
      const { code, problem } = error as PlatformError;
      // After a broken connection the import that was cut off may still be going on.
      const passing =
        code === 'unreachable' || (problem?.status ?? 0) >= 500 || (again && problem?.code === 'import_running');
      if (!(error instanceof PlatformError) || !passing || signal.aborted || Date.now() > deadline) {
        throw withFile(error, file);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

function progressOf(source: string, told: unknown): string {
  const { done, of } = told as { done?: number; of?: number };
  return `${source}: ${(done ?? 0).toLocaleString('en-GB')} of ${(of ?? 0).toLocaleString('en-GB')} entries`;
}

/** The report is the last line of the answer; so is the problem when the import began well and failed later. */
function reportIn(answer: HttpAnswer): ImportReport {
  const body = acceptedBody<ImportReport | Problem | undefined>(answer);
  if (body === undefined) throw new PlatformError('unreachable', 'intake ended the import without a report');
  if (!('code' in body)) return body as ImportReport;
  const problem = body as Problem;
  throw new PlatformError('refused', `${problem.code}: ${problem.detail ?? problem.title}`, { problem });
}

const withFile = (error: unknown, file: string): unknown =>
  error instanceof PlatformError
    ? new PlatformError(error.code, `${file}: ${error.message}`, {
        cause: error,
        ...(error.problem === undefined ? {} : { problem: error.problem }),
      })
    : error;

function complain(surroundings: Surroundings, tables: readonly TableFile[], reports: readonly ImportReport[]): void {
  reports.forEach(({ rejected, rejectedCount }, at) => {
    const file = tables[at]?.file ?? '';
    for (const { line, reason } of rejected) surroundings.console.err(`${file}:${line}: ${reason}\n`);
    if (rejectedCount > rejected.length) {
      surroundings.console.err(`${file}: … and ${rejectedCount - rejected.length} more bad rows\n`);
    }
    if (rejectedCount > 0) surroundings.end(exitCodes.failed);
  });
}
