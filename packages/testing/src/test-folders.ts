import { join } from 'node:path';
import { clearUp, LocalError, lockDataFolder, throwAwayData } from '@vienuviet/infra-local';

/** Top of the checkout. */
export const root = join(import.meta.dirname, '../../..');

/** Runs of the tests beside each other in one checkout. */
const SLOTS = 4;

export interface TestFolder {
  readonly dataFolder: string;
  unlock(): Promise<void>;
}

/**
 * Takes an empty data folder for servers of a test run. What a run before this one left running, because it was
 * killed, is ended first, in every folder that nobody holds.
 */
export async function takeTestFolder(kind: 'servers' | 'platform'): Promise<TestFolder> {
  let taken: TestFolder | undefined;
  for (let slot = 1; slot <= SLOTS; slot++) {
    const dataFolder = join(root, '.vienuviet-tests', `${kind}-${slot}`);
    const unlock = await lockDataFolder(dataFolder).catch((error: unknown) => {
      if (error instanceof LocalError && error.code === 'busy') return undefined;
      throw error;
    });
    if (!unlock) continue;
    await clearUp(dataFolder);
    throwAwayData(dataFolder);
    if (taken) await unlock();
    else taken = { dataFolder, unlock };
  }
  if (!taken) throw new Error(`${SLOTS} test runs go on in this checkout already`);
  return taken;
}
