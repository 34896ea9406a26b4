import { execFile } from 'node:child_process';
import { readAwaitedProgress, readOutcome } from '@vienuviet/simulation';
import type { Endpoints } from '../platform/endpoints.ts';
import { vienuvietCommand } from '../sample/vienuviet.ts';
import { table } from './table.ts';

/** Where everything is, for the person at the keyboard. */
export function addresses(endpoints: Endpoints): string {
  const services = Object.entries(endpoints.instances).flatMap(([service, all]) =>
    all.map((address, index) => [index === 0 ? service : '', address, `${address}/docs`]),
  );
  return table(
    ['what', 'address', 'OpenAPI'],
    [
      ...services,
      ['Kafka', endpoints.kafka, ''],
      ...(endpoints.kafkaPartner ? [['Kafka for partners', endpoints.kafkaPartner, '']] : []),
      ['Redis', endpoints.redis, ''],
      ...Object.entries(endpoints.postgres).map(([service, { main }]) => [
        `PostgreSQL of ${service}`,
        hidden(main),
        '',
      ]),
    ],
  );
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
