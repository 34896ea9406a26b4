import { inTransaction } from '@vienuviet/database';
import type { JWK } from 'jose';
import type pg from 'pg';
import { IdentityError } from '../errors.ts';
import type { ScheduledKey } from './schedule.ts';
import type { Seal } from './sealing.ts';
import { makeKeyPair, readKeyPair } from './signing-key.ts';

/** One maker of keys at a time. */
const keyLock = 7_160_010;

const selectSql = `
  select kid, sealed_private_jwk as sealed, signs_from as "signsFrom", published_until as "publishedUntil"
    from identity.signing_key where published_until is null or published_until > now() - interval '1 hour'`;
const insertSql = `
  insert into identity.signing_key (kid, public_jwk, sealed_private_jwk, signs_from)
  values ($1, $2, $3, now() + make_interval(secs => $4)) returning signs_from as "signsFrom"`;
const retireSql = `
  update identity.signing_key set published_until = $2::timestamptz + make_interval(secs => $3)
   where kid <> $1 and published_until is null`;
const forgetSql = `delete from identity.signing_key where published_until < now() - interval '1 day'`;

interface Row {
  readonly kid: string;
  readonly sealed: Buffer;
  readonly signsFrom: Date;
  readonly publishedUntil: Date | null;
}

export interface RotationTimes {
  /** Seconds that the next key is published before it signs: longer than anybody keeps a copy of the keys. */
  readonly leadSeconds: number;
  /** Seconds that a key stays published after it signed last: longer than its tokens hold. */
  readonly restSeconds: number;
}

/** Keys that are published, or were until an hour ago. */
export async function readKeys(db: pg.Pool | pg.PoolClient, seal: Seal): Promise<ScheduledKey[]> {
  const { rows } = await db.query<Row>(selectSql);
  return Promise.all(
    rows.map(async ({ kid, sealed, signsFrom, publishedUntil }) => ({
      ...(await readKeyPair(JSON.parse(seal.open(sealed, kid)) as JWK)),
      signsFrom,
      publishedUntil: publishedUntil ?? undefined,
    })),
  );
}

/** Makes the first key where there is none; many instances may start at once. */
export const ensureFirstKey = (pool: pg.Pool, seal: Seal): Promise<void> =>
  locked(pool, async (tx) => {
    const { rowCount } = await tx.query('select 1 from identity.signing_key where published_until is null');
    if (rowCount === 0) await insertKey(tx, seal, 0);
  });

/**
 * Makes the next key, which is published at once and signs after the lead; the one before it goes when its tokens are
 * over. Refused while a key still waits for its time: a second rotation would leave that one no lead.
 */
export const rotateKeys = (
  pool: pg.Pool,
  seal: Seal,
  times: RotationTimes,
): Promise<{ kid: string; signsFrom: Date }> =>
  locked(pool, async (tx) => {
    const waiting = await tx.query('select 1 from identity.signing_key where signs_from > now()');
    if (waiting.rowCount !== 0) throw new IdentityError('rotation_under_way', 'a next key waits for its time already');
    const next = await insertKey(tx, seal, times.leadSeconds);
    await tx.query(retireSql, [next.kid, next.signsFrom, times.restSeconds]);
    await tx.query(forgetSql);
    return next;
  });

async function insertKey(tx: pg.PoolClient, seal: Seal, leadSeconds: number) {
  const { kid, publicJwk, privateJwk } = await makeKeyPair();
  const sealed = seal.seal(JSON.stringify(privateJwk), kid);
  const { rows } = await tx.query<{ signsFrom: Date }>(insertSql, [
    kid,
    JSON.stringify(publicJwk),
    sealed,
    leadSeconds,
  ]);
  return { kid, signsFrom: rows[0]!.signsFrom };
}

const locked = <T>(pool: pg.Pool, work: (tx: pg.PoolClient) => Promise<T>): Promise<T> =>
  inTransaction(pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [keyLock]);
    return work(tx);
  });
