import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestDatabase, testDatabase } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asCaller } from './as-caller.ts';
import { DatabaseError } from './errors.ts';
import { migrate } from './migrate.ts';
import { createPool } from './pool.ts';

let folder: string;
let database: TestDatabase;

const write = async (name: string, sql: string) => {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
};
const sets = () => [{ name: 'sample', folder }];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  await write('0001_first', 'create schema sample; grant usage on schema sample to :"writer", :"reader"');
  database = await testDatabase({ service: 'test-migrations', sets: sets() });
});

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

describe('migrations', () => {
  test('apply what is missing once, with the roles of the service filled in, also from several processes at once', async () => {
    await write(
      '0002_items',
      'create table sample.items (id int primary key); grant select on sample.items to :"reader"',
    );
    const runs = await Promise.all([1, 2, 3].map(() => migrate({ url: database.ownerUrl, sets: sets() })));
    expect(runs.flat()).toEqual(['sample/0002_items']);
    const { rows } = await database.pool('reader').query('select * from sample.items');
    expect(rows).toEqual([]);
    await expect(database.pool('writer').query('select * from sample.items')).rejects.toThrow('permission denied');
  });

  test('leave nothing behind when one fails, and go on once it is mended', async () => {
    await write('0003_broken', 'create table sample.half (id int); select 1/0');
    await expect(migrate({ url: database.ownerUrl, sets: sets() })).rejects.toThrow('division by zero');
    await write('0003_broken', 'create table sample.half (id int)');
    expect(await migrate({ url: database.ownerUrl, sets: sets() })).toEqual(['sample/0003_broken']);
  });

  test('are refused when a file was edited after it was applied or has vanished', async () => {
    await write('0003_broken', 'create table sample.half (id bigint)');
    await expect(migrate({ url: database.ownerUrl, sets: sets() })).rejects.toMatchObject({ code: 'migration_edited' });
    await rm(join(folder, '0003_broken'), { recursive: true });
    await expect(migrate({ url: database.ownerUrl, sets: sets() })).rejects.toMatchObject({
      code: 'migration_missing',
    });
  });

  test('are refused to a role that is not an owner', async () => {
    await expect(migrate({ url: database.writerUrl, sets: sets() })).rejects.toBeInstanceOf(DatabaseError);
  });
});

describe('roles', () => {
  test('are no superusers, create nothing and cannot walk around row security', async () => {
    const { rows } = await database.pool('owner').query(
      `select rolname, rolsuper or rolcreatedb or rolcreaterole or rolbypassrls as mighty
         from pg_roles where rolname like 'test\\_migrations\\_%' order by 1`,
    );
    expect(rows).toEqual(
      ['owner', 'reader', 'writer'].map((role) => ({ rolname: `test_migrations_${role}`, mighty: false })),
    );
  });

  test('give the writer and the reader nothing to own and nowhere to create', async () => {
    for (const role of ['writer', 'reader'] as const) {
      await expect(database.pool(role).query('create table sample.mine (id int)')).rejects.toThrow('permission denied');
      await expect(database.pool(role).query('create table public.mine (id int)')).rejects.toThrow('permission denied');
      await expect(database.pool(role).query('create schema mine')).rejects.toThrow('permission denied');
    }
  });
});

describe('asCaller', () => {
  const scope = { actorId: 'clerk.one', roles: ['clerk'], centreIds: ['c1'] };

  test('carries the scope for the transaction only, and reads only', async () => {
    const pool = database.pool('writer', 1);
    const seen = await asCaller(pool, scope, async (tx) => {
      const { rows } = await tx.query(`select current_setting('vienuviet.caller')::jsonb as caller`);
      return rows[0].caller;
    });
    expect(seen).toEqual(scope);
    const after = await pool.query(`select current_setting('vienuviet.caller', true) as caller`);
    expect(after.rows[0].caller).toBeOneOf(['', null]);
    await expect(asCaller(pool, scope, (tx) => tx.query('create temp table t (id int)'))).rejects.toThrow('read-only');
  });

  test('gives the connection back after an error and after the server ended the session', async () => {
    const pool = database.pool('writer', 1);
    await expect(asCaller(pool, scope, (tx) => tx.query('select 1/0'))).rejects.toThrow('division by zero');
    const killed = asCaller(pool, scope, (tx) => tx.query('select pg_terminate_backend(pg_backend_pid())'));
    await expect(killed).rejects.toThrow();
    expect(await asCaller(pool, scope, async () => 'works again')).toBe('works again');
  });
});

test('bigint columns are read as numbers, and one beyond 2^53 is refused instead of rounded', async () => {
  const pool = database.pool('writer');
  expect((await pool.query('select 9007199254740991::bigint as n')).rows[0].n).toBe(9007199254740991);
  await expect(pool.query('select 9007199254740993::bigint as n')).rejects.toMatchObject({
    code: 'number_out_of_range',
  });
});

describe('a lock that somebody holds', () => {
  test('ends in an error of its own for who waits for it over a pool', async () => {
    const holder = await database.pool('owner', 1).connect();
    const impatient = createPool({ url: database.writerUrl, name: 'test-impatient', max: 1, lockTimeout: 100 });
    await holder.query('select pg_advisory_lock(1)');
    await expect(impatient.query('select pg_advisory_lock(1)')).rejects.toMatchObject({ code: '55P03' });
    await impatient.end();
    await holder.query('select pg_advisory_unlock(1)');
    holder.release();
  });

  test('is waited for ten seconds, and without end where statements have none', async () => {
    const timeoutOf = async (options: { statementTimeout?: number }) => {
      const pool = createPool({ url: database.writerUrl, name: 'test-patience', max: 1, ...options });
      const { rows } = await pool.query('show lock_timeout');
      await pool.end();
      return rows[0].lock_timeout;
    };
    expect(await timeoutOf({})).toBe('10s');
    expect(await timeoutOf({ statementTimeout: 0 })).toBe('0');
  });
});
