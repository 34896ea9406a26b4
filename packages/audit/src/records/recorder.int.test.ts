import { randomUUID } from 'node:crypto';
import { eventually } from '@vienuviet/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditBed, auditBed, entry } from '../tests/audit-bed.ts';
import type { Recorder } from './recorder.ts';

let bed: AuditBed;
beforeAll(async () => {
  bed = await auditBed();
});
afterAll(() => bed.close());

const records = async () => (await bed.owner.query('select * from audit.records order by chain_id, sequence')).rows;
const requests = async (...ids: string[]) =>
  (await records()).map(({ request_id: id }) => id).filter((id) => ids.includes(id));
const logged = (event: string): number => bed.lines.filter((line) => line.includes(`"${event}"`)).length;

/** A pool whose every query may be kept from the server, or its answer from who asked. */
function shaky(state: { away?: boolean; deaf?: boolean; calls?: number }): pg.Pool {
  const query = async (...args: [never]) => {
    state.calls = (state.calls ?? 0) + 1;
    if (state.away) throw new Error('away');
    const answer = await bed.pool.query(...args);
    if (state.deaf) throw new Error('the connection broke');
    return answer;
  };
  return { query } as unknown as pg.Pool;
}

describe('notes', () => {
  test('are kept in order, also without an account', async () => {
    const recorder = bed.recorder();
    const noted = [
      entry(),
      entry({ actorId: undefined, code: 'token_expired' }),
      entry({ kind: 'operated', code: '200' }),
    ];
    for (const one of noted) recorder.note(one);
    const ids = noted.map(({ requestId }) => requestId);
    await eventually('the records', async () => ((await requests(...ids)).length === 3 ? true : undefined));
    expect(await requests(...ids)).toEqual(ids);
    const second = (await records()).find(({ request_id: id }) => id === ids[1]);
    expect(second).toMatchObject({ actor_id: null, code: 'token_expired', kind: 'refused' });
    await recorder.close();
  });

  test('are written to their end when the recorder closes', async () => {
    const recorder = bed.recorder({ gatherMs: 60_000 });
    const before = (await records()).length;
    for (let n = 0; n < 2_500; n++) recorder.note(entry());
    await recorder.close();
    expect((await records()).length).toBe(before + 2_500);
  });

  test('wait while the database is away, say so once, and are lost only beyond a bound', async () => {
    const state = { away: true };
    const recorder = bed.recorder({ pool: shaky(state), gatherMs: 1, mostWaiting: 10 });
    const before = (await records()).length;
    for (let n = 0; n < 12; n++) recorder.note(entry());
    await eventually('a failed attempt', async () => (logged('audit_away') === 1 ? true : undefined));
    state.away = false;
    await eventually('the records', async () => ((await records()).length === before + 10 ? true : undefined));
    await recorder.close();
    expect([logged('audit_away'), logged('audit_recorded')]).toEqual([1, 1]);
    expect(bed.lines.some((line) => line.includes('"entries":2'))).toBe(true);
  });

  test('are there once when the answer to their append was lost', async () => {
    const state = { deaf: false };
    const recorder = bed.recorder({ pool: shaky(state) });
    const [first, second, third] = [entry(), entry(), entry()];
    recorder.note(first);
    await eventually('the first', async () => ((await requests(first.requestId)).length === 1 ? true : undefined));
    state.deaf = true;
    recorder.note(second);
    await eventually('the second', async () => ((await requests(second.requestId)).length === 1 ? true : undefined));
    state.deaf = false;
    recorder.note(third);
    await recorder.close();
    const ids = [first, second, third].map(({ requestId }) => requestId);
    expect(await requests(...ids)).toEqual(ids);
  });

  test('that no record can hold do not keep others waiting', async () => {
    const recorder = bed.recorder();
    const good = entry();
    recorder.note(entry({ code: 'Jānis\u0000' }));
    recorder.note(entry({ subjectId: randomUUID() }));
    recorder.note(good);
    await recorder.close();
    expect(await requests(good.requestId)).toHaveLength(1);
    expect(bed.lines.at(-1)).toContain('"entries":2');
    expect(bed.lines.join()).not.toContain('Jānis');
  });
});

describe('readings', () => {
  test('are durable when they are told to be, and wait for one commit together', async () => {
    const state = { calls: 0 };
    const recorder = bed.recorder({ pool: shaky(state) });
    await recorder.recorded(entry({ kind: 'read' }));
    state.calls = 0;
    const read = Array.from({ length: 64 }, () => entry({ kind: 'read', role: 'clerk', purpose: 'consultation' }));
    await Promise.all(
      read.map(async (one) => {
        await recorder.recorded(one);
        expect(await requests(one.requestId)).toHaveLength(1);
      }),
    );
    expect(state.calls).toBeLessThanOrEqual(2);
    await recorder.close();
  });

  test('are refused, and forgotten, when they cannot be written', async () => {
    const state = { away: true };
    const recorder = bed.recorder({ pool: shaky(state) });
    const [read, noted] = [entry({ kind: 'read' }), entry()];
    recorder.note(noted);
    await expect(recorder.recorded(read)).rejects.toMatchObject({ code: 'unavailable' });
    state.away = false;
    await recorder.recorded(entry());
    await recorder.close();
    expect(await requests(read.requestId, noted.requestId)).toEqual([noted.requestId]);
  });

  test('are refused when nothing answers for too long', async () => {
    const never = { query: () => new Promise(() => undefined) } as unknown as pg.Pool;
    const recorder = bed.recorder({ pool: never, patienceMs: 50 });
    await expect(recorder.recorded(entry())).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('of a person are refused where the service has no keys, and others are not', async () => {
    const recorder = bed.recorder();
    const [with1, without] = [recorder.recorded(entry({ subjectId: randomUUID() })), recorder.recorded(entry())];
    await expect(with1).rejects.toMatchObject({ cause: { code: 'no_keys' } });
    await expect(without).resolves.toBeUndefined();
    await recorder.close();
  });
});

test('writers have a chain each; one that stands idle is taken by the next', async () => {
  const chains = async () => (await bed.owner.query('select count(*)::int as n from audit.chains')).rows[0].n;
  const before = await chains();
  const recorders = [bed.recorder(), bed.recorder()];
  await Promise.all(recorders.map((recorder) => recorder.recorded(entry())));
  expect(await chains()).toBe(before + 2);
  await bed.tamper(`update audit.chains
                       set taken_at = taken_at - interval '2 hours', recorded_at = recorded_at - interval '2 hours'
                     where chain_id = (select chain_id from audit.chains order by taken_at desc limit 1)`);
  const next = bed.recorder();
  await next.recorded(entry());
  expect(await chains()).toBe(before + 2);
  // Whoever had it goes on beside the next: they wait for one another, and nothing else.
  const oneByOne = async (recorder: Recorder): Promise<void> => {
    for (let n = 0; n < 50; n++) await recorder.recorded(entry());
  };
  await Promise.all([next, ...recorders].map(oneByOne));
  await Promise.all([next, ...recorders].map((recorder) => recorder.close()));
  expect((await bed.verify()).fault).toBeUndefined();
});

test('nothing is changed by anybody, not even by who owns it; the service adds by one function alone', async () => {
  const refused = { code: '42501' };
  const [{ month }] = (await bed.owner.query(`select to_char(now() at time zone 'UTC', 'YYYY_MM') as month`)).rows;
  for (const table of ['records', 'checkpoints', `records_${month}`, `checkpoints_${month}`]) {
    for (const sql of ['delete from', 'truncate']) {
      await expect(bed.owner.query(`${sql} audit.${table}`), `${sql} ${table}`).rejects.toMatchObject(refused);
      await expect(bed.pool.query(`${sql} audit.${table}`), `${sql} ${table}`).rejects.toMatchObject(refused);
    }
    const update = `update audit.${table} set hash = hash`;
    await expect(bed.owner.query(update), update).rejects.toMatchObject(refused);
    await expect(bed.pool.query(update), update).rejects.toMatchObject(refused);
  }
  for (const sql of [
    'insert into audit.records select * from audit.records',
    'insert into audit.chains default values',
    'update audit.chains set sequence = sequence + 1',
    'delete from audit.chains',
    `select audit.drop_month('2020-01-01')`,
    `select audit.make_month('2020-01-01')`,
  ]) {
    await expect(bed.pool.query(sql), sql).rejects.toMatchObject(refused);
  }
  for (const sql of ['delete from audit.chains', 'update audit.chains set sequence = sequence - 1']) {
    await expect(bed.owner.query(sql), sql).rejects.toMatchObject(refused);
  }
  const reader = bed.database.pool('reader');
  await expect(reader.query('select * from audit.records')).rejects.toMatchObject(refused);
});
