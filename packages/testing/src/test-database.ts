import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createPool,
  databaseNames,
  ensureServiceDatabase,
  type MigrationSet,
  migrate,
  serviceDatabaseUrls,
} from '@vienuviet/database';
import pg from 'pg';
import { testInfrastructure } from './infrastructure.ts';

const PASSWORD = 'test';
const TEMPLATE_LOCK = 7_160_100;

export interface TestDatabase {
  readonly name: string;
  readonly ownerUrl: string;
  readonly writerUrl: string;
  readonly readerUrl: string;
  /** The same database as the administrator of the test server. */
  readonly adminUrl: string;
  /** A pool that `drop` closes. */
  pool(role: 'owner' | 'writer' | 'reader', max?: number): pg.Pool;
  /** Closes the pools and drops the database. Fails when a connection of the test was left open. */
  drop(): Promise<void>;
}

/**
 * A database of the test file's own with the roles and migrations of a service, cloned from a template that is made
 * once for each content of the migrations.
 */
export async function testDatabase(options: {
  service?: string;
  sets: readonly MigrationSet[];
}): Promise<TestDatabase> {
  const service = options.service ?? 'test';
  const { postgresUrl } = testInfrastructure();
  const template = await ensureTemplate(postgresUrl, service, options.sets);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const names = databaseNames(service);
  await onServer(postgresUrl, async (admin) => {
    await admin.query(`create database ${name} template ${template} owner ${names.owner}`);
    await admin.query(`revoke all on database ${name} from public`);
    await admin.query(`grant connect on database ${name} to ${names.writer}, ${names.reader}`);
  });
  const made = { adminUrl: postgresUrl, service, database: name, password: PASSWORD };
  const { ownerUrl, writerUrl, readerUrl } = serviceDatabaseUrls(made);
  const urls = { owner: ownerUrl, writer: writerUrl, reader: readerUrl };
  const pools: pg.Pool[] = [];
  const adminUrl = new URL(postgresUrl);
  adminUrl.pathname = `/${name}`;
  return {
    name,
    ...{ ownerUrl, writerUrl, readerUrl },
    adminUrl: adminUrl.toString(),
    pool(role, max = 10) {
      const pool = createPool({ url: urls[role], name: `test-${role}`, max });
      pools.push(pool);
      return pool;
    },
    async drop() {
      await Promise.all(pools.map((pool) => (pool.ended ? undefined : pool.end())));
      await onServer(postgresUrl, async (admin) => {
        const left = await leftConnections(admin, name);
        await admin.query(`drop database ${name} with (force)`);
        if (left.length > 0) throw new Error(`connections left open on the test's database: ${left.join(', ')}`);
      });
    },
  };
}

/** Sessions take a moment to end after their client closed them. */
async function leftConnections(admin: pg.Client, database: string): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const { rows } = await admin.query<{ name: string }>(
      `select coalesce(nullif(application_name, ''), 'unnamed') as name from pg_stat_activity
        where datname = $1 and backend_type = 'client backend'`,
      [database],
    );
    if (rows.length === 0 || attempt === 40) return rows.map((row) => row.name);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ensureTemplate(adminUrl: string, service: string, sets: readonly MigrationSet[]): Promise<string> {
  const name = `template_${databaseNames(service).database}_${contentHash(sets)}`;
  await onServer(adminUrl, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const ready = await admin.query('select 1 from pg_database where datname = $1 and datistemplate', [name]);
    if (ready.rowCount !== 0) return;
    await admin.query(`drop database if exists ${name} with (force)`);
    const urls = await ensureServiceDatabase({ adminUrl, service, database: name, password: PASSWORD });
    await migrate({ url: urls.ownerUrl, sets });
    await admin.query(`alter database ${name} is_template true`);
  });
  return name;
}

function contentHash(sets: readonly MigrationSet[]): string {
  // Changed when what `ensureServiceDatabase` makes is: a server that lives on may have templates made before.
  const hash = createHash('sha256').update('2');
  for (const set of sets) {
    hash.update(set.name);
    for (const entry of readdirSync(set.folder).sort()) {
      hash.update(entry);
      hash.update(readFileSync(join(set.folder, entry, 'migration.sql')));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function onServer(url: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client({ connectionString: url, application_name: 'test-admin' });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
