import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type CentreFile, type CentreRecord, readCentreFile } from '@vienuviet/simulation';
import { type Platform, PlatformError, problemOf } from '@vienuviet/simulation/platform';
import type { Command } from 'commander';
import { v5 as uuidV5 } from 'uuid';
import { commandOf, type Options, withAccount, withJson } from '../command.ts';
import { OperatorError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { liveLine } from '../output/console.ts';
import { printJson, type Surroundings, withPlatform } from '../surroundings.ts';

export const centresCommand = (surroundings: Surroundings): Command =>
  commandOf('centres', 'The network of centres.', [
    'centres open packages/simulation/data/invented/centres.csv',
  ]).addCommand(openCommand(surroundings));

/** Requests at the same time. */
const concurrency = 16;
/** How long intake may be away in between, ms. */
const patienceMs = 60_000;

interface Rejected {
  readonly line?: number;
  readonly centre?: string;
  readonly reason: string;
}

const openCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf(
        'open',
        [
          'Opens the centres of a file; those that are there already stay as they are. Bad rows are printed with their line',
          'and the rest goes on; then the command ends with 1.',
        ].join(' '),
        ['centres open packages/simulation/data/invented/centres.csv'],
      ),
    ),
  )
    .argument('<file>', 'CSV with the columns of packages/simulation/data/invented/centres.csv')
    .action(async (path: string, options: Options) => {
      const file = readFile(path);
      const { opened, known, rejected } = await openAll(surroundings, file, options);
      if (options.json) printJson(surroundings, { opened, known, rejected });
      else surroundings.console.out(`${opened} centres opened, ${known} were there, ${rejected.length} rejected\n`);
      for (const { line, centre, reason } of rejected) {
        surroundings.console.err(
          `${path}${line === undefined ? '' : `:${line}`}: ${centre === undefined ? '' : `${centre}: `}${reason}\n`,
        );
      }
      if (rejected.length > 0) surroundings.end(exitCodes.failed);
    });

function readFile(path: string): CentreFile {
  try {
    return readCentreFile(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new OperatorError('file', `${path} cannot be read as a file of centres: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** The same centre opened with the same words is the same command, also when the file is sent again. */
const keyOf = (centre: CentreRecord): string =>
  uuidV5(createHash('sha256').update(JSON.stringify(centre)).digest('hex'), centre.centreId);

async function openAll(surroundings: Surroundings, file: CentreFile, { as }: Options) {
  const line = liveLine(surroundings.console, surroundings.clock);
  const rejected: Rejected[] = [...file.rejected];
  let [opened, known, next] = [0, 0, 0];
  const worker = async (platform: Platform): Promise<void> => {
    for (let centre = file.centres[next++]; centre !== undefined; centre = file.centres[next++]) {
      if (surroundings.signal.aborted) {
        throw new OperatorError('interrupted', 'interrupted; opening the file again goes on');
      }
      const outcome = await open(platform, as, centre);
      if (outcome === 'opened') opened += 1;
      else if (outcome === 'known') known += 1;
      else rejected.push({ centre: centre.name, reason: outcome.reason });
      line.say(`${(opened + known).toLocaleString('en-GB')} of ${file.centres.length.toLocaleString('en-GB')} centres`);
    }
  };
  try {
    await withPlatform(
      surroundings,
      (platform) => Promise.all(Array.from({ length: concurrency }, () => worker(platform))),
      { deadlineMs: patienceMs },
    );
  } finally {
    line.end();
  }
  return { opened, known, rejected };
}

async function open(
  platform: Platform,
  account: string,
  centre: CentreRecord,
): Promise<'opened' | 'known' | { reason: string }> {
  const answer = await platform.ask('intake', account, {
    method: 'POST',
    path: '/v1/centres',
    headers: { 'idempotency-key': keyOf(centre) },
    body: centre,
  });
  if (answer.status < 300) return answer.headers['idempotency-replayed'] === 'true' ? 'known' : 'opened';
  const problem = problemOf(answer);
  if (problem.code === 'centre_exists') return 'known';
  // Not about this centre: all others would be refused as well.
  if (answer.status === 401 || answer.status === 403) {
    throw new PlatformError('refused', `${account} may not open centres: ${problem.detail ?? problem.title}`, {
      problem,
    });
  }
  return { reason: problem.detail ?? problem.code };
}
