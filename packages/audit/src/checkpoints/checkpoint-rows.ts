import type { EventMap } from '@vienuviet/schemas';
import type pg from 'pg';
import type { ChainHead, Closing, SignedCheckpoint } from './checkpoint.ts';

type Queryable = Pick<pg.ClientBase, 'query'>;

interface CheckpointRow {
  number: number | string;
  previous: Buffer;
  signedAt: Date;
  chains: ChainHead[];
  closing: Closing | null;
  keyId: string;
  hash: Buffer;
  signature: Buffer;
}

const columns = `
  number, previous, signed_at as "signedAt", chains, closing, key_id as "keyId", hash, signature`;
const insertSql = `
  insert into audit.checkpoints (number, signed_at, previous, chains, closing, key_id, hash, signature)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;
const newestSql = `select ${columns} from audit.checkpoints order by number desc limit 1`;
const newestClosingSql = `
  select ${columns} from audit.checkpoints where closing is not null order by number desc limit 1`;
const behindSql = `select ${columns} from audit.checkpoints where (number, signed_at) > ($1, $2) order by number, signed_at limit $3`;

/** Later than any checkpoint: reading begins behind a number. */
const FAR_AHEAD = new Date('9999-12-31T00:00:00Z');

export async function insertCheckpoint(db: Queryable, checkpoint: SignedCheckpoint): Promise<void> {
  const { number, previous, signedAt, chains, closing, keyId, hash, signature } = checkpoint;
  await db.query(insertSql, [
    ...[number, new Date(signedAt), Buffer.from(previous, 'hex'), JSON.stringify(chains)],
    ...[closing === null ? null : JSON.stringify(closing), keyId],
    ...[Buffer.from(hash, 'hex'), Buffer.from(signature, 'hex')],
  ]);
}

export const newestCheckpoint = async (db: Queryable, service: string): Promise<SignedCheckpoint | undefined> =>
  (await read(db, service, newestSql, []))[0];

/** The checkpoint that closed the newest of the months that were closed. */
export const newestClosing = async (db: Queryable, service: string): Promise<SignedCheckpoint | undefined> =>
  (await read(db, service, newestClosingSql, []))[0];

const PAGE = 200;

/** Checkpoints behind a number, in their order. */
export async function* checkpointsBehind(
  db: Queryable,
  service: string,
  number: number,
): AsyncGenerator<SignedCheckpoint> {
  for (let from: readonly [number, Date] = [number, FAR_AHEAD]; ; ) {
    const page = await read(db, service, behindSql, [...from, PAGE]);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    from = [last.number, new Date(last.signedAt)];
  }
}

async function read(db: Queryable, service: string, sql: string, values: unknown[]): Promise<SignedCheckpoint[]> {
  const { rows } = await db.query<CheckpointRow>(sql, values);
  return rows.map((row) => ({
    ...{
      service,
      number: Number(row.number),
      previous: row.previous.toString('hex'),
      signedAt: row.signedAt.getTime(),
    },
    ...{ chains: row.chains, closing: row.closing, keyId: row.keyId },
    ...{ hash: row.hash.toString('hex'), signature: row.signature.toString('hex') },
  }));
}

type CheckpointEvent = EventMap['audit.CheckpointSigned'];

/** The copy that goes elsewhere. */
export function eventOf(checkpoint: SignedCheckpoint): CheckpointEvent {
  const { service, number, previous, signedAt, chains, closing, keyId, hash, signature } = checkpoint;
  return {
    ...{ service, number, previous, chains, keyId, hash, signature },
    closing: closing && {
      ...{ until: closing.until, chains: closing.chains },
      ...{ checkpointNumber: closing.checkpoint.number, checkpointHash: closing.checkpoint.hash },
    },
    occurredAt: signedAt,
    actorId: `system:${service}`,
  };
}

/** A copy, as it was when it was signed. */
export function checkpointOf(event: CheckpointEvent): SignedCheckpoint {
  const { service, number, previous, chains, closing, keyId, hash, signature, occurredAt } = event;
  return {
    ...{ service, number, previous, signedAt: occurredAt, chains, keyId, hash, signature },
    closing: closing && {
      ...{ until: closing.until, chains: closing.chains },
      checkpoint: { number: closing.checkpointNumber, hash: closing.checkpointHash },
    },
  };
}
