import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { openDataFolder } from '../data-folder.ts';
import { LocalError } from '../errors.ts';

/**
 * One writer a data folder. The lock is a listening socket in Linux' abstract namespace, named after the folder: the
 * kernel gives it to one process and takes it back when that process ends, however it ends, so that there is no
 * stale lock to judge.
 */
export async function lockDataFolder(dataFolder: string): Promise<() => Promise<void>> {
  openDataFolder(dataFolder);
  const name = createHash('sha256').update(realpathSync(dataFolder)).digest('hex');
  const server = createServer((connection) => connection.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new LocalError('busy', `another command works on ${dataFolder}: wait for it, or end it by ./scripts/stop`)
          : cause,
      ),
    );
    server.listen(`\0vienuviet-${name}`, resolve);
  });
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}
