import { randomUUID } from 'node:crypto';
import type { AccessEntry } from '@vienuviet/http';
import { createLog } from '@vienuviet/telemetry';
import { eventually, type TestDatabase, testDatabase } from '@vienuviet/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessRecordMigrations, createAccessRecord } from './access-record.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await testDatabase({ service: 'access_test', sets: [accessRecordMigrations] });
  pool = database.pool('writer');
});
afterAll(() => database.drop());

const lines: string[] = [];
const log = createLog({ service: 't', destination: { write: (line) => lines.push(line) } });
const entry = (change: Partial<AccessEntry> = {}): AccessEntry => ({
  ...{ at: new Date(), kind: 'refused', code: 'role_missing', actorId: 'clerk.cesis.1' },
  ...{ method: 'GET', route: '/v1/cases/:caseId', requestId: randomUUID() },
  ...change,
});
const entries = async () =>
  (await database.pool('owner').query('select * from access_record.entries order by entry_id')).rows;

describe('the record of access', () => {
  test('keeps what was noted, in order, also without an account', async () => {
    const record = createAccessRecord({ pool, log, gatherMs: 5 });
    const noted = [
      entry(),
      entry({ actorId: undefined, code: 'token_expired' }),
      entry({ kind: 'operated', code: '200' }),
    ];
    for (const one of noted) record.note(one);
    await eventually('the entries', async () => ((await entries()).length === 3 ? true : undefined));
    expect((await entries()).map(({ request_id: id }) => id)).toEqual(noted.map(({ requestId }) => requestId));
    expect((await entries())[1]).toMatchObject({ actor_id: null, code: 'token_expired', kind: 'refused' });
    await record.close();
  });

  test('is written to its end when it closes', async () => {
    const record = createAccessRecord({ pool, log, gatherMs: 60_000 });
    const before = (await entries()).length;
    for (let n = 0; n < 2_500; n++) record.note(entry());
    await record.close();
    expect((await entries()).length).toBe(before + 2_500);
  });

  test('waits while the database is away, says so once, and loses only what is beyond its bound', async () => {
    let away = true;
    const shaky = {
      query: (...args: [never]) => (away ? Promise.reject(new Error('away')) : pool.query(...args)),
    } as unknown as pg.Pool;
    const record = createAccessRecord({ pool: shaky, log, gatherMs: 1, mostWaiting: 10 });
    const before = (await entries()).length;
    for (let n = 0; n < 12; n++) record.note(entry());
    await eventually('a failed attempt', async () =>
      lines.some((line) => line.includes('access_record_away')) ? true : undefined,
    );
    away = false;
    await eventually('the entries', async () => ((await entries()).length === before + 10 ? true : undefined));
    await record.close();
    expect(lines.filter((line) => line.includes('access_record_away'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('access_record_full'))).toHaveLength(1);
  });

  test('is changed by nobody, not even by who owns it, and the service cannot read it', async () => {
    for (const sql of [
      'select * from access_record.entries',
      'delete from access_record.entries',
      `update access_record.entries set code = 'x'`,
    ]) {
      await expect(pool.query(sql), sql).rejects.toMatchObject({ code: '42501' });
    }
    for (const sql of [
      'delete from access_record.entries',
      `update access_record.entries set code = 'x'`,
      'truncate access_record.entries',
    ]) {
      await expect(database.pool('owner').query(sql), sql).rejects.toMatchObject({ code: '42501' });
    }
  });
});
