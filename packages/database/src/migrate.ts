import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { DatabaseError } from './errors.ts';
import { withClient } from './with-client.ts';

/** A folder of migrations, `<folder>/<NNNN_name>/migration.sql`, applied in the order of the names. */
export interface MigrationSet {
  readonly name: string;
  readonly folder: string;
}

export interface MigrateOptions {
  /** Connection as the service's owner role, `<service>_owner`. */
  readonly url: string;
  readonly sets: readonly MigrationSet[];
}

interface Migration {
  readonly set: string;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** One migrator at a time in a database. */
const MIGRATION_LOCK = 7_160_002;

const LEDGER = `
  create schema if not exists migrations;
  create table if not exists migrations.applied (
    set_name text not null,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now(),
    primary key (set_name, name)
  )`;

/**
 * Applies what is missing, each migration in a transaction of its own with its line in the ledger, and returns the
 * names applied. Refuses a migration that was edited after it was applied, and one that the ledger knows and the
 * folder does not. Safe to run at once from several processes.
 *
 * Role names differ by service, so the files say `:"owner"`, `:"writer"` and `:"reader"`; the names follow from the
 * role that migrates.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const migrations = (await Promise.all(options.sets.map(readSet))).flat();
  return withClient({ connectionString: options.url, application_name: 'migrate' }, async (client) => {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const roles = await serviceRoles(client);
    await client.query(LEDGER);
    const applied = await appliedChecksums(client, options.sets);
    refuseUnknown(applied, migrations);
    const done: string[] = [];
    for (const migration of migrations) {
      if (isApplied(applied, migration)) continue;
      await apply(client, migration, roles);
      done.push(`${migration.set}/${migration.name}`);
    }
    return done;
  });
}

async function readSet(set: MigrationSet): Promise<Migration[]> {
  const entries = await readdir(set.folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      if (!/^\d{4}_[a-z0-9_]+$/.test(name)) {
        throw new DatabaseError(
          'migration_name',
          `${set.name}/${name}: a migration's folder is named NNNN_what_it_does`,
        );
      }
      const sql = await readFile(join(set.folder, name, 'migration.sql'), 'utf8');
      return { set: set.name, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function serviceRoles(client: pg.Client): Promise<Record<string, string>> {
  const { rows } = await client.query<{ role: string }>('select current_user as role');
  const owner = rows[0]?.role ?? '';
  if (!owner.endsWith('_owner')) {
    throw new DatabaseError('migration_role', `migrations run as a role named <service>_owner, not as ${owner}`);
  }
  const base = owner.slice(0, -'_owner'.length);
  return { owner, writer: `${base}_writer`, reader: `${base}_reader` };
}

async function appliedChecksums(client: pg.Client, sets: readonly MigrationSet[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ key: string; checksum: string }>(
    `select set_name || '/' || name as key, checksum from migrations.applied where set_name = any($1)`,
    [sets.map((set) => set.name)],
  );
  return new Map(rows.map((row) => [row.key, row.checksum]));
}

function refuseUnknown(applied: Map<string, string>, migrations: readonly Migration[]): void {
  const known = new Set(migrations.map((migration) => `${migration.set}/${migration.name}`));
  for (const key of applied.keys()) {
    if (!known.has(key)) {
      throw new DatabaseError('migration_missing', `${key} was applied to this database and is not among the files`);
    }
  }
}

function isApplied(applied: Map<string, string>, migration: Migration): boolean {
  const key = `${migration.set}/${migration.name}`;
  const checksum = applied.get(key);
  if (checksum !== undefined && checksum !== migration.checksum) {
    throw new DatabaseError(
      'migration_edited',
      `${key} was edited after it was applied: write a new migration instead`,
    );
  }
  return checksum !== undefined;
}

async function apply(client: pg.Client, migration: Migration, roles: Record<string, string>): Promise<void> {
  const sql = migration.sql.replace(/:"(owner|writer|reader)"/g, (_, role: string) =>
    pg.escapeIdentifier(roles[role]!),
  );
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('insert into migrations.applied (set_name, name, checksum) values ($1, $2, $3)', [
      migration.set,
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
