/** Records of 26 months, as if they had been written then. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentHash, linkHash, noHash } from '../records/hashes.ts';
import { retentionKeyId } from '../records/persons.ts';
import { type AuditBed, auditBed, entry, service, write } from '../tests/audit-bed.ts';
import { auditKeptUntil, dropMonthsOver, makeMonthsAhead } from './months.ts';

let bed: AuditBed;
let erased: string[];
beforeEach(async () => {
  bed = await auditBed();
  erased = [];
});
afterEach(() => bed.close());

const keys = {
  erase: async (id: string) => {
    erased.push(id);
    return new Date();
  },
};
const dropOver = () =>
  dropMonthsOver({ service, pool: bed.pool, owner: bed.owner, store: bed.store, key: bed.key, keys });
/** The first of the month so many months ago. */
const monthsAgo = (months: number): Date => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months));
};
const dateOf = (month: Date): string => month.toISOString().slice(0, 10);

/** A chain with a record in the middle of each of these months. */
async function chainOf(...months: number[]): Promise<string> {
  const chainId = randomUUID();
  let previous = noHash;
  for (const [index, ago] of months.entries()) {
    const recordedAt = new Date(monthsAgo(ago).getTime() + 15 * 86_400_000);
    const { at, kind, code, method, route, requestId } = entry({ at: recordedAt });
    const absent = { actorId: null, role: null, purpose: null, about: null, personRef: null, personSealed: null };
    const content = { recordId: randomUUID(), at, kind, code, method, route, requestId, ...absent };
    const link = { chainId, sequence: index + 1, recordedAt, previous };
    const hash = linkHash(link, contentHash(content));
    await bed.owner.query('select audit.make_month($1)', [dateOf(monthsAgo(ago))]);
    await bed.tamper(
      `insert into audit.records (chain_id, sequence, recorded_at, record_id, at, kind, code, method, route, request_id,
                                  previous, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [chainId, index + 1, recordedAt, content.recordId, at, kind, code, method, route, requestId, previous, hash],
    );
    previous = hash;
  }
  await bed.tamper('insert into audit.chains (chain_id, sequence, hash) values ($1, $2, $3)', [
    ...[chainId, months.length, previous],
  ]);
  return chainId;
}

test('months whose time is over are dropped, closed by a signature; what is left is whole', async () => {
  await chainOf(27, 26, 25, 24, 1);
  const ended = await chainOf(26, 25);
  await chainOf(2, 1);
  expect(await dropOver()).toEqual([27, 26, 25].map((ago) => dateOf(monthsAgo(ago))));
  expect((await bed.owner.query('select count(*)::int as n from audit.records')).rows[0].n).toBe(4);
  const result = await bed.verify({ checkpointsElsewhere: await bed.copies() });
  expect(result).toMatchObject({ fault: undefined, records: 4, checkpoints: 3 });
  const { closing } = (await bed.copies()).at(-1)!;
  expect(closing).toMatchObject({ until: monthsAgo(24).getTime(), checkpoint: { number: 0 } });
  expect(closing?.chains.find(({ chainId }) => chainId === ended)).toMatchObject({ sequence: 2 });
  expect(erased).toEqual([28, 27, 26].map((ago) => retentionKeyId(monthsAgo(ago))));
  expect(await dropOver()).toEqual([]);
});

test('what is cut behind a closed month, or put before it, is found', async () => {
  const chainId = await chainOf(26, 24, 3, 2, 1);
  await dropOver();
  await bed.tamper('delete from audit.records where chain_id = $1 and sequence = 2', [chainId]);
  expect((await bed.verify()).fault).toMatchObject({ what: 'removed', sequence: 2, to: 2 });
  await bed.tamper('update audit.records set sequence = 1 where chain_id = $1 and sequence = 3', [chainId]);
  expect((await bed.verify()).fault).toMatchObject({ what: 'inserted', sequence: 1 });
});

test('a month that was dropped without its closing is missed, and a closing that was forged is not believed', async () => {
  const chainId = await chainOf(3, 2, 1);
  await bed.sign();
  await bed.tamper(`drop table audit.records_${dateOf(monthsAgo(3)).slice(0, 7).replace('-', '_')}`);
  expect((await bed.verify()).fault).toMatchObject({ what: 'removed', chainId, sequence: 1, to: 1 });
  await bed.tamper(
    `update audit.checkpoints set closing = jsonb_build_object('until', $1::bigint, 'chains', jsonb_build_array(
       jsonb_build_object('chainId', $2::text, 'sequence', 1, 'hash',
         (select encode(previous, 'hex') from audit.records where sequence = 2 and chain_id = $2::uuid))),
       'checkpoint', jsonb_build_object('number', 0, 'hash', repeat('0', 64)))`,
    [monthsAgo(2).getTime(), chainId],
  );
  expect((await bed.verify()).fault).toMatchObject({ what: 'checkpoint_altered', checkpoint: 1 });
});

test('what is recorded on any day of a month is kept until the same instant, 24 months after its end', () => {
  for (const day of ['2026-11-01T00:00:00Z', '2026-11-22T03:30:00Z', '2026-11-30T23:59:59.999Z']) {
    expect(auditKeptUntil(new Date(day))).toEqual(new Date('2028-12-01T00:00:00Z'));
  }
});

test('no month is dropped before its time, nor without its closing', async () => {
  await chainOf(26, 23);
  for (const ago of [26, 24, 23, 0]) {
    const drop = bed.owner.query('select audit.drop_month($1)', [dateOf(monthsAgo(ago))]);
    await expect(drop, `${ago}`).rejects.toMatchObject({ code: '42501' });
  }
});

test('dropping goes on where it was interrupted', async () => {
  await chainOf(26, 25, 1);
  const owner = { query: () => Promise.reject(new Error('the owner is away')) } as unknown as typeof bed.owner;
  const settings = { service, pool: bed.pool, store: bed.store, key: bed.key, keys };
  await expect(dropMonthsOver({ ...settings, owner })).rejects.toThrow('away');
  expect((await bed.verify()).fault).toBeUndefined();
  expect(await dropOver()).toHaveLength(2);
  expect((await bed.verify()).fault).toBeUndefined();
});

test('the months to come are there before they begin, made by the service', async () => {
  const next = dateOf(monthsAgo(-2)).slice(0, 7).replace('-', '_');
  await bed.owner.query(`drop table audit.records_${next}`);
  expect(await makeMonthsAhead(bed.pool)).toBe(1);
  expect(await makeMonthsAhead(bed.pool)).toBe(0);
  const recorder = bed.recorder();
  await write(recorder, 1);
  await recorder.close();
  await expect(bed.owner.query(`truncate audit.records_${next}`)).rejects.toMatchObject({ code: '42501' });
});
