import { randomUUID } from 'node:crypto';
import type { Log } from '@vienuviet/telemetry';
import { IdentityError } from '../../errors.ts';
import { type ChangeSettings, changeDirectory } from '../change-directory.ts';
import type { InstitutionDirectory } from '../directory.ts';
import type { Follower } from '../follow.ts';
import { applySnapshot } from './apply.ts';
import { readAll } from './read-all.ts';
import type { DirectorySource } from './source.ts';

export interface ReadingSettings extends ChangeSettings {
  /** Directories that are read. */
  readonly directories: readonly InstitutionDirectory[];
  sourceOf(directory: InstitutionDirectory): DirectorySource;
  readonly follower: Follower;
  readonly log: Log;
  /** Seconds from the beginning of one reading to the next. */
  readonly everySeconds: number;
  readonly lookMs?: number;
}

/** An instance that says nothing for so long has lost its turn; a page is answered sooner, or not at all. */
const turnSeconds = 15;

const dueSql = `
  select name from identity.directory where name = any($1) and next_read_at <= now()
    and (claimed_until is null or claimed_until <= now())`;

const claimSql = `
  update identity.directory set claim = $2, claimed_until = now() + interval '${turnSeconds} seconds',
      next_read_at = now() + $3 * interval '1 second'
    where name = $1 and next_read_at <= now() and (claimed_until is null or claimed_until <= now())`;

const keepSql = `
  update identity.directory set claimed_until = now() + interval '${turnSeconds} seconds'
    where name = $1 and claim = $2`;

const doneSql = `
  update identity.directory set claim = null, claimed_until = null, read_at = now(), trouble = null
    where name = $1 and claim = $2`;

/** Another instance may go on at once. */
const leftSql = `
  update identity.directory set claim = null, claimed_until = null, next_read_at = now() where name = $1 and claim = $2`;

const failedSql = `
  update identity.directory set claim = null, claimed_until = null, trouble = $3 where name = $1 and claim = $2`;

/**
 * Reads every directory again and again; of several instances one at a time has the turn, by a claim in the row of the
 * directory. Who was silent for too long finds the claim gone and changes nothing: an old reading never comes after a
 * newer one. Returns a function that ends it.
 */
export function startReading(settings: ReadingSettings): () => Promise<void> {
  const { pool, directories, log, everySeconds, lookMs = 1_000 } = settings;
  const names = directories.map(({ name }) => name);
  const underWay = new Map<string, Promise<void>>();
  const troubles = new Map<string, string>();
  let stopped = false;
  if (names.length === 0) return async () => undefined;

  const read = async (directory: InstitutionDirectory): Promise<void> => {
    const { name } = directory;
    const claim = randomUUID();
    const { rowCount } = await pool.query(claimSql, [name, claim, everySeconds]);
    if (rowCount === 0) return;
    try {
      await settings.follower.follow(await readOnce(settings, directory, claim, () => stopped));
      if (troubles.delete(name)) log.info({ directory: name }, 'the directory is read again');
    } catch (error) {
      if (stopped) return void (await pool.query(leftSql, [name, claim]));
      const trouble = wordOf(error);
      if (troubles.get(name) !== trouble) {
        log.warn({ err: error, directory: name }, 'the directory could not be read; nothing was changed');
      }
      troubles.set(name, trouble);
      await pool.query(failedSql, [name, claim, trouble]);
    }
  };

  const look = async (): Promise<void> => {
    const { rows } = await pool.query<{ name: string }>(dueSql, [names]);
    for (const { name } of rows) {
      const directory = directories.find((one) => one.name === name);
      if (directory === undefined || underWay.has(name)) continue;
      const reading = read(directory)
        .catch((error: unknown) => log.warn({ err: error, directory: name }, 'a turn to read could not be ended'))
        .finally(() => underWay.delete(name));
      underWay.set(name, reading);
    }
  };

  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = look().catch((error: unknown) => log.warn({ err: error }, 'whose turn it is could not be read'));
  }, lookMs);
  timer.unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await looking;
    await Promise.all(underWay.values());
  };
}

/** Returns whose accounts have to follow. */
async function readOnce(
  settings: ReadingSettings,
  directory: InstitutionDirectory,
  claim: string,
  isStopped: () => boolean,
): Promise<readonly string[]> {
  const { name, groups } = directory;
  const snapshot = await readAll(settings.sourceOf(directory), groups, async () => {
    const { rowCount } = await settings.pool.query(keepSql, [name, claim]);
    if (rowCount === 0 || isStopped()) throw turnLost();
  });
  const { touched } = await changeDirectory(settings, directory, async (change) => {
    // The row is locked: nobody else takes the turn between here and the commit.
    const { rowCount } = await change.tx.query(doneSql, [name, claim]);
    if (rowCount === 0) throw turnLost();
    await applySnapshot(change, snapshot);
  });
  return touched;
}

/** For operators: our own words, a code of the system (`ECONNREFUSED`), or what the directory refused with. */
function wordOf(error: unknown): string {
  if (error instanceof IdentityError) return error.message;
  const { code, name } = error as { code?: unknown; name?: string };
  return typeof code === 'string' ? code : (name ?? 'Error');
}

const turnLost = () => new IdentityError('directory_read', 'another instance has taken the turn');
