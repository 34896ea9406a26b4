import type { SubjectKeys } from '@vienuviet/privacy';
import type pg from 'pg';
import { type ChainHead, type Closing, noCheckpoint } from '../checkpoints/checkpoint.ts';
import { newestClosing } from '../checkpoints/checkpoint-rows.ts';
import { type SignerSettings, signIfDue } from '../checkpoints/sign.ts';
import { retentionKeyId } from '../records/persons.ts';

/** Records are kept for so long after their month. */
export const KEPT_MONTHS = 24;

export interface RetentionSettings extends SignerSettings {
  /** Who may drop partitions. */
  readonly owner: pg.Pool;
  /** Where the keys of the months lie, in a service that keeps personal data. */
  readonly keys?: Pick<SubjectKeys, 'erase'> | undefined;
}

/** Makes the partitions of this month and the next three; answers how many were missing. */
export async function makeMonthsAhead(pool: Pick<pg.Pool, 'query'>): Promise<number> {
  const { rows } = await pool.query<{ made: number }>('select audit.make_months_ahead() as made');
  return rows[0]!.made;
}

/** When what is recorded at an instant is dropped: its whole month is kept for 24 more. */
export const auditKeptUntil = (at: Date): Date => monthAfter(at.toISOString().slice(0, 7), KEPT_MONTHS + 1);

const monthsSql = `
  select to_date(right(relname, 7), 'YYYY_MM')::text as month
    from pg_inherits join pg_class on pg_class.oid = inhrelid
   where inhparent = 'audit.records'::regclass order by 1`;

/** Months that have a partition and whose time is over, the oldest first: `2024-10-01`. */
async function monthsOver(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ month: string }>(monthsSql);
  const { rows: now } = await pool.query<{ now: Date }>('select clock_timestamp() as now');
  return rows
    .map(({ month }) => month)
    .filter((month) => monthAfter(month, KEPT_MONTHS + 1).getTime() <= now[0]!.now.getTime());
}

/**
 * Drops the months whose time is over: signs what is left to be known of them, drops the partitions, and the key that
 * sealed the persons of the month before, which no record that is left can need (one may be written in the month after
 * it happened). Goes on where it was interrupted. Answers the months dropped.
 */
export async function dropMonthsOver(settings: RetentionSettings): Promise<string[]> {
  const { pool, owner, keys, service } = settings;
  const dropped: string[] = [];
  for (const month of await monthsOver(pool)) {
    const until = monthAfter(month, 1);
    const closed = (await newestClosing(pool, service))?.closing?.until ?? 0;
    if (closed < until.getTime()) {
      const never = { afterMs: 0, afterRecords: 0 };
      const { outcome } = await signIfDue(settings, never, (tx) => closingOf(tx, service, until));
      if (outcome === 'later') return dropped;
    }
    await keys?.erase(retentionKeyId(monthAfter(month, -1)));
    await owner.query('select audit.drop_month($1)', [month]);
    dropped.push(month);
  }
  return dropped;
}

/** The first of a month so many later. */
function monthAfter(month: string, months: number): Date {
  const date = new Date(`${month.slice(0, 7)}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date;
}

const endsSql = `
  select distinct on (chain_id) chain_id as "chainId", sequence, encode(hash, 'hex') as hash
    from audit.records where recorded_at < $1 order by chain_id, sequence desc`;
const lastCheckpointSql = `
  select number, encode(hash, 'hex') as hash from audit.checkpoints where signed_at < $1 order by number desc limit 1`;

async function closingOf(tx: pg.PoolClient, service: string, until: Date): Promise<Closing> {
  const before = (await newestClosing(tx, service))?.closing ?? { chains: [], checkpoint: noCheckpoint };
  const { rows: ends } = await tx.query<ChainHead>(endsSql, [until]);
  const { rows: checkpoints } = await tx.query<{ number: number; hash: string }>(lastCheckpointSql, [until]);
  const chains = new Map(
    [...before.chains, ...ends].map((end) => [end.chainId, { ...end, sequence: Number(end.sequence) }]),
  );
  const [last] = checkpoints;
  return {
    until: until.getTime(),
    chains: [...chains.values()].sort((a, b) => (a.chainId < b.chainId ? -1 : 1)),
    checkpoint: last === undefined ? before.checkpoint : { number: Number(last.number), hash: last.hash },
  };
}
