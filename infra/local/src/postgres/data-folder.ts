import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../progress.ts';
import { SHARED_ROOT } from './binaries.ts';
import { reaches, type SystemUser } from './run-as.ts';

/**
 * The folder of the cluster, owned by who runs it. Below a folder that this user may not enter, `postgres` is a link
 * to a place outside, which is cleared away once the folder that it belongs to is gone.
 */
export async function postgresFolder(
  dataFolder: string,
  user: SystemUser | undefined,
  progress: Progress,
): Promise<string> {
  const folder = join(dataFolder, 'postgres');
  if (!user) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }
  removeOrphans();
  if (!(await reaches(user, dataFolder))) {
    if (!existsSync(folder)) linkOutside(dataFolder, folder, progress);
    return readlinkSync(folder);
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, user.uid, user.gid);
  return folder;

  function linkOutside(origin: string, link: string, { say }: Progress): void {
    const outside = join(SHARED_ROOT, `data-${createHash('sha256').update(origin).digest('hex').slice(0, 16)}`);
    rmSync(outside, { recursive: true, force: true });
    mkdirSync(join(outside, 'cluster'), { recursive: true });
    writeFileSync(join(outside, 'origin'), origin);
    chownSync(join(outside, 'cluster'), user!.uid, user!.gid);
    rmSync(link, { force: true });
    symlinkSync(join(outside, 'cluster'), link);
    say(`  PostgreSQL runs as the user postgres, who may not enter ${origin}: its data is in ${outside}`);
  }
}

/** Removes the cluster's data, wherever it is. */
export function removePostgresFolder(dataFolder: string): void {
  const folder = join(dataFolder, 'postgres');
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
    rmSync(join(readlinkSync(folder), '..'), { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true, force: true });
}

function removeOrphans(): void {
  if (!existsSync(SHARED_ROOT)) return;
  for (const name of readdirSync(SHARED_ROOT).filter((candidate) => candidate.startsWith('data-'))) {
    const origin = join(SHARED_ROOT, name, 'origin');
    if (existsSync(origin) && !existsSync(readFileSync(origin, 'utf8'))) {
      rmSync(join(SHARED_ROOT, name), { recursive: true, force: true });
    }
  }
}
