import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { LocalError } from '../errors.ts';
import { clearUp } from '../platform/clear-up.ts';
import type { Settings } from '../platform/settings.ts';
import { isRunning, signal } from '../processes/identity.ts';
import { lockDataFolder } from '../processes/lock.ts';
import { readRecord } from '../processes/record.ts';
import type { Progress } from '../progress.ts';

/** How long the run in the foreground may take to stop everything by itself, in milliseconds. */
const PATIENCE = 90_000;

/** Stops what runs on a data folder, whoever started it. */
export async function stop(settings: Settings, progress: Progress): Promise<number> {
  const runner = readRecord(settings.dataFolder)?.runner;
  if (runner && runner.pid !== process.pid && signal(runner, 'SIGTERM')) {
    await progress.step('stopping', async () => {
      const deadline = Date.now() + PATIENCE;
      while (isRunning(runner)) {
        if (Date.now() > deadline) {
          throw new LocalError('busy', `process ${runner.pid} does not end: end it by kill -9 and try again`);
        }
        await pause(50);
      }
    });
  }
  // The lock would make the folder; where there is none, nothing was started.
  if (!existsSync(settings.dataFolder)) {
    progress.say('Nothing was running.');
    return 0;
  }
  const unlock = await lockDataFolder(settings.dataFolder);
  try {
    const ended = await progress.step('stopping what is left', () => clearUp(settings.dataFolder));
    progress.say(runner || ended > 0 ? 'Stopped.' : 'Nothing was running.');
    return 0;
  } finally {
    await unlock();
  }
}
