import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { clearUp, LocalError, lockDataFolder, throwAwayData } from '@vienuviet/infra-local';

/** Top of the checkout. */
export const root = join(import.meta.dirname, '../../..');

/** Runs of the tests beside each other in one checkout. */
const SLOTS = 4;

export interface TestFolder {
  readonly dataFolder: string;
  /** Ends what still runs on the folder, throws the data away and lets the folder go. */
  giveBack(): Promise<void>;
}

/**
 * Takes an empty data folder for the servers or the platform of a test run. What a run before this one left running,
 * because it was killed, is ended first, in every folder that nobody holds.
 */
export async function takeTestFolder(kind: 'servers' | 'platform'): Promise<TestFolder> {
  let taken: TestFolder | undefined;
  for (let slot = 1; slot <= SLOTS; slot++) {
    const folder = join(root, '.vienuviet-tests', `${kind}-${slot}`);
    const unlock = await lockDataFolder(folder).catch((error: unknown) => {
      if (error instanceof LocalError && error.code === 'busy') return undefined;
      throw error;
    });
    if (!unlock) continue;
    // The slot is locked by the run; the data below it by whichever of its processes works on it.
    const dataFolder = join(folder, 'data');
    const empty = async () => {
      await clearUp(dataFolder);
      throwAwayData(dataFolder);
    };
    await empty();
    if (taken) {
      rmSync(folder, { recursive: true });
      await unlock();
      continue;
    }
    const giveBack = async () => {
      await empty();
      await unlock();
    };
    taken = { dataFolder, giveBack };
  }
  if (!taken) throw new Error(`${SLOTS} test runs go on in this checkout already`);
  return taken;
}

/** Ends what runs left running that were killed, and throws their data away. */
export async function clearUpTestFolders(): Promise<void> {
  for (const kind of ['platform', 'servers'] as const) await (await takeTestFolder(kind)).giveBack();
}
