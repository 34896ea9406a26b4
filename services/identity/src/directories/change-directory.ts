import { inTransaction } from '@vienuviet/database';
import type pg from 'pg';
import { type InstitutionDirectory, rolesDigest, rolesOfGroups } from './directory.ts';
import { judge, type Patience } from './shut-out.ts';

/** A change of one directory's users and groups, in one transaction. */
export interface DirectoryChange {
  readonly tx: pg.PoolClient;
  readonly directory: InstitutionDirectory;
  /** Says whose account has something to follow now. */
  touched(userIds: readonly string[]): void;
}

export interface ChangeSettings {
  readonly pool: pg.Pool;
  readonly clock: () => Date;
  readonly patience: Patience;
  /** By directory, the last of those who wait for their turn in this process. */
  readonly turns: Map<string, Promise<unknown>>;
}

const lockSql = 'select from identity.directory where name = $1 for update';

const touchSql = 'update identity.directory_user set change = change + 1 where user_id = any($1::uuid[])';

/**
 * Changes a directory. Changes of one directory come one after the other, by the lock of its row, so that whoever counts
 * how many are shut out counts right. Those of one process wait for each other before they take a connection: a
 * directory that sends a hundred at once leaves the others to who signs in. Returns what the work made and whose
 * accounts have to follow.
 */
export function changeDirectory<T>(
  settings: ChangeSettings,
  directory: InstitutionDirectory,
  work: (change: DirectoryChange) => Promise<T>,
): Promise<Changed<T>> {
  const before = settings.turns.get(directory.name) ?? Promise.resolve();
  const turn = before.then(() => changeInTurn(settings, directory, work));
  settings.turns.set(
    directory.name,
    turn.catch(() => undefined),
  );
  return turn;
}

export interface Changed<T> {
  readonly result: T;
  readonly touched: readonly string[];
}

function changeInTurn<T>(
  { pool, clock, patience }: ChangeSettings,
  directory: InstitutionDirectory,
  work: (change: DirectoryChange) => Promise<T>,
): Promise<Changed<T>> {
  return inTransaction(pool, async (tx) => {
    await tx.query(lockSql, [directory.name]);
    const touched = new Set<string>();
    const result = await work({
      tx,
      directory,
      touched: (userIds) => {
        for (const userId of userIds) touched.add(userId);
      },
    });
    const userIds = [...touched];
    if (userIds.length > 0) {
      await tx.query(touchSql, [userIds]);
      await judge(tx, directory, userIds, { now: clock(), patience });
    }
    return { result, touched: userIds };
  });
}

const changedRolesSql = `
  update identity.directory set roles_digest = $2 where name = $1 and roles_digest <> $2 returning name`;

/** What the settings give and take is meant: everybody stands where they put them, and nobody is held for it. */
const standAnewSql = `
  update identity.directory_user u set change = change + 1, stands = case
      when not active or deleted_at is not null then 0
      when exists (select from identity.directory_member m join identity.directory_group g using (group_id)
        where m.user_id = u.user_id and (lower(g.display_name) = any($2) or g.external_id = any($3))) then 2
      else 1 end
    where directory = $1 and held is null`;

/** Makes the rows of the settings' directories; everybody is looked at again where groups give other roles than before. */
export async function prepareDirectories(pool: pg.Pool, directories: readonly InstitutionDirectory[]): Promise<void> {
  for (const directory of directories) {
    const { names, externalIds } = rolesOfGroups(directory);
    await inTransaction(pool, async (tx) => {
      await tx.query('insert into identity.directory (name) values ($1) on conflict do nothing', [directory.name]);
      const { rowCount } = await tx.query(changedRolesSql, [directory.name, rolesDigest(directory)]);
      if (rowCount === 1) await tx.query(standAnewSql, [directory.name, names, externalIds]);
    });
  }
}
