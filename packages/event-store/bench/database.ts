import { randomUUID } from 'node:crypto';
import { createPool, ensureServiceDatabase, migrate } from '@vienuviet/database';
import pg from 'pg';
import { eventStoreMigrations } from '../src/maintenance.ts';

const SERVICE = 'bench-event-store';

export interface BenchDatabase {
  readonly adminUrl: string;
  readonly writerUrl: string;
  /** Pool of the writer role, as a service has. */
  writer(max: number): pg.Pool;
  /** Pool of the administrator, for what a service may not do. */
  admin(max: number): pg.Pool;
  drop(): Promise<void>;
}

/** A database of its own with the event store's migrations. */
export async function benchDatabase(postgresUrl: string): Promise<BenchDatabase> {
  const database = `bench_${randomUUID().replaceAll('-', '')}`;
  const urls = await ensureServiceDatabase({ adminUrl: postgresUrl, service: SERVICE, database, password: 'bench' });
  await migrate({ url: urls.ownerUrl, sets: [eventStoreMigrations] });
  const adminUrl = Object.assign(new URL(postgresUrl), { pathname: `/${database}` }).toString();
  const pools: pg.Pool[] = [];
  const open = (url: string, max: number) => {
    const pool = createPool({ url, name: 'bench', max });
    pools.push(pool);
    return pool;
  };
  return {
    adminUrl,
    writerUrl: urls.writerUrl,
    writer: (max) => open(urls.writerUrl, max),
    admin: (max) => open(adminUrl, max),
    async drop() {
      await Promise.all(pools.map((pool) => (pool.ended ? undefined : pool.end())));
      await onServer(postgresUrl, async (admin) => {
        await admin.query(`drop database ${database} with (force)`);
      });
    },
  };
}

/** The settings that decide what a commit costs, as text. */
export async function durability(postgresUrl: string): Promise<string> {
  return onServer(postgresUrl, async (admin) => {
    const { rows } = await admin.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings
        where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method') order by name`,
    );
    return rows.map((row) => `\`${row.name}=${row.setting}\``).join(', ');
  });
}

async function onServer<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
