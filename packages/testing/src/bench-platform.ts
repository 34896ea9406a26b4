import { type Endpoints, freePortBase, settingsFrom } from '@vienuviet/infra-local';
import { root, takeTestFolder } from './test-folders.ts';
import { openTestPlatform } from './test-platform.ts';

export interface BenchPlatform {
  readonly endpoints: Endpoints;
  /** Ends the platform and throws its data away. */
  close(): Promise<void>;
}

/** The whole platform for a bench, every commit on the disk, on the servers that the environment names. */
export async function openBenchPlatform(env: NodeJS.ProcessEnv = process.env): Promise<BenchPlatform> {
  const { dataFolder, giveBack } = await takeTestFolder('platform');
  const portBase = await freePortBase(99);
  const platform = await openTestPlatform({ ...settingsFrom(env, root), dataFolder, portBase });
  return {
    endpoints: platform.endpoints,
    async close() {
      await platform.release();
      await giveBack();
    },
  };
}
