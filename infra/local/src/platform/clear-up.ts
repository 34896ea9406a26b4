import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isProbe } from '../data-folder.ts';
import { LocalError } from '../errors.ts';
import { removePostgresFolder } from '../postgres/data-folder.ts';
import { isRunning } from '../processes/identity.ts';
import { readRecord, removeRecord } from '../processes/record.ts';
import { stopProcesses } from '../processes/stop.ts';
import { endpointsFile } from './endpoints.ts';

/** Ends what a start before this one left running, however it ended. The caller holds the folder's lock. */
export async function clearUp(dataFolder: string): Promise<number> {
  const record = readRecord(dataFolder);
  const left = record?.processes.filter((known) => isRunning(known.identity)) ?? [];
  await stopProcesses(left);
  removeRecord(dataFolder);
  rmSync(endpointsFile(dataFolder), { force: true });
  return left.length;
}

/** What a data folder of ours holds at its top; anything else in a folder means that it is not ours. */
const OURS = new Set([
  ...[
    'processes.json',
    'processes.json.next',
    'endpoints.json',
    'endpoints.json.next',
    'secrets.json',
    'sample.json',
    'sample.json.next',
  ],
  ...['logs', 'kafka', 'certificates', 'wrapping-keys', 'postgres', 'redis', 'identity', 'operator', 'simulation'],
]);

/**
 * Throws the data away. Refuses a folder in which something lies that we never put there: a wrong VIENUVIET_DATA
 * must not cost anybody their files.
 */
export function throwAwayData(dataFolder: string): void {
  if (!existsSync(dataFolder)) return;
  const foreign = readdirSync(dataFolder).filter(
    (name) => !OURS.has(name) && !isProbe(name) && !/^secrets\.json\.\d+$/.test(name),
  );
  if (foreign.length > 0) {
    throw new LocalError(
      'refused',
      `${dataFolder} holds files that are not the platform's (${foreign.slice(0, 3).join(', ')}): not thrown away`,
    );
  }
  removePostgresFolder(dataFolder);
  for (const name of readdirSync(dataFolder)) rmSync(join(dataFolder, name), { recursive: true, force: true });
}
