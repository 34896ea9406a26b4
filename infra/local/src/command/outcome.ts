import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readAwaitedProgress, readOutcome } from '@vienuviet/simulation';
import { type Endpoints, endpointsFile } from '../platform/endpoints.ts';
import { vienuvietCommand } from '../sample/vienuviet.ts';
import { table } from './table.ts';

/** Where everything is, for the person at the keyboard. */
export function addresses(endpoints: Endpoints, dataFolder: string): string {
  const services = Object.entries(endpoints.instances).flatMap(([service, all]) =>
    all.map((address, index) => [index === 0 ? service : '', address, `${address}/docs`]),
  );
  const databases = Object.values(endpoints.postgres)[0];
  const places = table(
    ['what', 'address', 'OpenAPI'],
    [
      ...services,
      ['Kafka', endpoints.kafka, ''],
      ...(endpoints.kafkaPartner ? [['Kafka for partners', endpoints.kafkaPartner, '']] : []),
      ['Redis', hidden(endpoints.redis), ''],
      ...(databases ? [['PostgreSQL', new URL(databases.main).host, '']] : []),
    ],
  );
  const secrets =
    'Addresses of the databases, with their passwords, are under `postgres` in\n' +
    `${endpointsFile(dataFolder)}: main is the owner's, reader is for BI tools.`;
  const password = join(dataFolder, 'identity/sample-password');
  const signIn = `An OpenAPI page signs you in by its button Authorize: as clerk.cesis.1, engineer or another sample person,
with the password in ${password}.`;
  const notes = [...(databases ? [secrets] : []), ...(existsSync(password) ? [signIn] : [])];
  return [places, ...notes].join('\n\n');
}

/** An address as it may be shown: without the password. */
export function hidden(address: string): string {
  const url = new URL(address);
  url.password = '';
  return url.toString();
}

/** What the day gave, as the operators' command tells it; undefined where none was played to its end. */
export async function outcome(root: string, dataFolder: string): Promise<string | undefined> {
  const progress = readAwaitedProgress(dataFolder);
  if (!progress || !readOutcome(dataFolder, progress)) return undefined;
  const { command, args, env, cwd } = vienuvietCommand({ root, dataFolder, args: ['simulate', 'wait'] });
  // A day with differences ends the command with 1 and is told of all the same.
  return new Promise((resolve) => {
    execFile(command, args, { env, cwd }, (_error, stdout) => resolve(stdout.trimEnd() || undefined));
  });
}
