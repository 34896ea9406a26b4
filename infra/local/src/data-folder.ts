import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LocalError } from './errors.ts';

/** A file that is there for a moment, to see whether one can be. */
const PROBE = 'writable';

export const isProbe = (name: string): boolean => new RegExp(`^${PROBE}\\.\\d+$`).test(name);

/** Makes the data folder where it is missing. Throws `argument` when it cannot be made or nothing can be written there. */
export function openDataFolder(dataFolder: string): void {
  try {
    makeFolder(dataFolder);
    // Access rights do not tell: root has all of them below /proc and on a disk that is mounted for reading.
    const probe = join(dataFolder, `${PROBE}.${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    throw unusable(dataFolder, cause);
  }
}

/** One by one: below /proc Node's own `recursive` tries again without end. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

export function unusable(dataFolder: string, cause: unknown): LocalError {
  const { code } = cause as NodeJS.ErrnoException;
  const message = `the data folder ${dataFolder} cannot be used (${code}): let VIENUVIET_DATA name a folder that you may write to`;
  return new LocalError('argument', message, { cause });
}
