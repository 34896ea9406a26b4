import { testInfrastructure } from '@vienuviet/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureServiceDatabase, type ServiceDatabase } from './service-database.ts';

const { postgresUrl } = testInfrastructure();
const SERVICE = 'test-roles';
let main: ServiceDatabase;
let keys: ServiceDatabase;

const onServer = async <T>(url: string, work: (session: pg.Client) => Promise<T>): Promise<T> => {
  const session = new pg.Client({ connectionString: url });
  session.on('error', () => undefined);
  await session.connect();
  try {
    return await work(session);
  } finally {
    await session.end();
  }
};
const query = (url: string, sql: string) => onServer(url, async (session) => (await session.query(sql)).rows);
const adminOn = (database: string) => Object.assign(new URL(postgresUrl), { pathname: `/${database}` }).toString();

const ensure = (database: string, readers: boolean, adminUrl = postgresUrl, service = SERVICE) =>
  ensureServiceDatabase({ adminUrl, service, database, readers, password: 'the secret of all roles' });

async function remove(databases: readonly string[], roles: readonly string[]): Promise<void> {
  await onServer(postgresUrl, async (admin) => {
    for (const name of databases) await admin.query(`drop database if exists ${name} with (force)`);
    for (const name of roles) await admin.query(`drop role if exists ${name}`);
  });
}
const ours = ['owner', 'writer', 'reader'].map((role) => `test_roles_${role}`);

beforeAll(async () => {
  main = await ensure('test_roles', true);
  // The second time, as at every start.
  main = await ensure('test_roles', true);
  keys = await ensure('test_roles_keys', false);
});

afterAll(() => remove(['test_roles', 'test_roles_keys'], ours));

describe('passwords', () => {
  test('differ between the roles of a service, and between services', async () => {
    const passwords = [main.ownerUrl, main.writerUrl, main.readerUrl].map((url) => new URL(url).password);
    expect(new Set([...passwords, 'the secret of all roles']).size).toBe(4);
    expect(keys.ownerUrl).toContain(passwords[0]);
  });

  test("of one role are refused to another: the reader's does not log in as the owner or the writer", async () => {
    for (const url of [main.ownerUrl, main.writerUrl]) {
      const wrong = Object.assign(new URL(url), { password: new URL(main.readerUrl).password });
      await expect(query(wrong.toString(), 'select')).rejects.toThrow('password authentication failed');
      expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    }
  });
});

describe('who reads with a BI tool', () => {
  test('may call no function that locks or writes a large object, and create nothing anywhere', async () => {
    const callable = await query(
      adminOn('test_roles'),
      `select distinct proname from pg_proc
        where (proname ~ '^pg_(try_)?advisory' or proname ~ '^lo_' or proname in ('loread', 'lowrite'))
          and has_function_privilege('test_roles_reader', oid, 'execute')`,
    );
    expect(callable).toEqual([]);
    const creatable = await query(
      adminOn('test_roles'),
      `select nspname from pg_namespace where has_schema_privilege('test_roles_reader', oid, 'create')
       union all
       select privilege from unnest(array['create', 'temporary']) privilege
        where has_database_privilege('test_roles_reader', 'test_roles', privilege)`,
    );
    expect(creatable).toEqual([]);
  });

  test.each(['pg_advisory_lock(7160010)', 'pg_try_advisory_xact_lock(7160010)', 'lo_create(0)'])(
    'is refused %s',
    async (call) => {
      await expect(query(main.readerUrl, `select ${call}`)).rejects.toMatchObject({ code: '42501' });
    },
  );

  test('cannot connect where the keys are', async () => {
    await expect(query(keys.readerUrl, 'select')).rejects.toThrow('permission denied for database');
    expect(await query(keys.writerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('has bounded statements, transactions and sessions', async () => {
    const [settings] = await query(
      main.readerUrl,
      `select current_setting('statement_timeout') statements,
              current_setting('idle_in_transaction_session_timeout') transactions,
              (select rolconnlimit from pg_roles where rolname = current_user) sessions`,
    );
    expect(settings).toEqual({ statements: '5min', transactions: '1min', sessions: 20 });
  });
});

test('the service itself takes the locks that it needs', async () => {
  for (const url of [main.ownerUrl, main.writerUrl]) {
    expect(await query(url, 'select pg_try_advisory_lock(7160010) as locked')).toEqual([{ locked: true }]);
  }
  expect(main.readerIsKeptFromLocks).toBe(true);
});

test('a database made before is closed by the next start', async () => {
  await query(
    adminOn('test_roles_keys'),
    `grant execute on function pg_advisory_lock(bigint), lo_create(oid) to public;
     grant connect, temporary on database test_roles_keys to test_roles_reader;
     alter role test_roles_owner password 'shared'`,
  );
  const again = await ensure('test_roles_keys', false);
  expect(await query(again.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  const open = await query(
    adminOn('test_roles_keys'),
    `select has_function_privilege('test_roles_reader', 'pg_advisory_lock(bigint)', 'execute')
         or has_function_privilege('test_roles_reader', 'lo_create(oid)', 'execute')
         or has_database_privilege('test_roles_reader', 'test_roles_keys', 'connect, temporary') as somehow`,
  );
  expect(open).toEqual([{ somehow: false }]);
});

describe('an administrator who is no superuser', () => {
  const service = 'test-humble';
  const made = ['owner', 'writer', 'reader'].map((role) => `test_humble_${role}`);
  const adminUrl = Object.assign(new URL(postgresUrl), {
    username: 'test_humble_admin',
    password: 'humble',
  }).toString();
  const admin = async () => {
    await query(
      postgresUrl,
      `create role test_humble_admin login createrole createdb password 'humble';
       grant connect on database ${pg.escapeIdentifier(new URL(postgresUrl).pathname.slice(1))} to test_humble_admin`,
    );
  };
  beforeAll(async () => {
    await clear();
    await admin();
  });
  const clear = async () => {
    await remove(['test_humble'], []);
    const known = await query(postgresUrl, `select 1 from pg_roles where rolname = 'test_humble_admin'`);
    if (known.length > 0) await query(postgresUrl, 'drop owned by test_humble_admin cascade');
    await remove([], [...made, 'test_humble_admin']);
  };
  afterAll(clear);

  test('makes the same, time and again, and says that functions stay open', async () => {
    for (const _time of [1, 2]) {
      const urls = await ensure('test_humble', true, adminUrl, service);
      expect(urls.readerIsKeptFromLocks).toBe(false);
      expect(await query(urls.writerUrl, 'select pg_try_advisory_lock(1) as locked')).toEqual([{ locked: true }]);
      expect(await query(urls.readerUrl, 'show statement_timeout')).toEqual([{ statement_timeout: '5min' }]);
    }
  });
});
