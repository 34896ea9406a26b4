import { inTransaction } from '@vienuviet/database';
import type { EventStore } from '@vienuviet/event-store';
import type pg from 'pg';
import { v5 } from 'uuid';
import { type ChainHead, type Closing, noCheckpoint, type SignedCheckpoint, signCheckpoint } from './checkpoint.ts';
import { eventOf, insertCheckpoint, newestCheckpoint } from './checkpoint-rows.ts';
import type { SigningKey } from './signing-key.ts';

export interface SignerSettings {
  readonly service: string;
  readonly pool: pg.Pool;
  readonly store: Pick<EventStore, 'appendIn' | 'announce'>;
  readonly key: SigningKey;
}

export interface Due {
  /** Milliseconds since the checkpoint before, or so many records, whichever comes first. */
  readonly afterMs: number;
  readonly afterRecords: number;
}

/** One signer at a time in a database; another comes back later. */
const lockSql = 'select pg_try_advisory_xact_lock(7160021) as locked, clock_timestamp()::timestamptz(3) as now';
const headsSql = `
  select chain_id as "chainId", sequence, encode(hash, 'hex') as hash from audit.chains
   where sequence > 0 order by chain_id`;
const NAMESPACE = '0f2a4a52-5a2e-5b0c-9a46-3a1c1f0f7d15';

/** The stream in which a service's checkpoints are published. */
export const checkpointStream = (service: string): string => `audit-${v5(service, NAMESPACE)}`;

export type Signing =
  | { readonly outcome: 'signed'; readonly checkpoint: SignedCheckpoint }
  | { readonly outcome: 'all_signed' }
  /** Not due yet, or somebody else is at it. */
  | { readonly outcome: 'later' };

/** Signs how far every chain has come, and publishes it, in one transaction. With a closing it is always due. */
export async function signIfDue(
  { service, pool, store, key }: SignerSettings,
  due: Due,
  closing: ((tx: pg.PoolClient) => Promise<Closing | undefined>) | undefined = undefined,
): Promise<Signing> {
  const signing = await inTransaction(pool, async (tx): Promise<Signing> => {
    const { rows } = await tx.query<{ locked: boolean; now: Date }>(lockSql);
    if (!rows[0]!.locked) return { outcome: 'later' };
    const last = await newestCheckpoint(tx, service);
    const closed = await closing?.(tx);
    if (closing !== undefined && closed === undefined) return { outcome: 'all_signed' };
    const chains = await readHeads(tx);
    const signedAt = Math.max(rows[0]!.now.getTime(), last?.signedAt ?? 0);
    const unsigned = total(chains) - total(last?.chains);
    if (closed === undefined && unsigned === 0) return { outcome: 'all_signed' };
    const age = signedAt - (last?.signedAt ?? 0);
    if (closed === undefined && unsigned < due.afterRecords && age < due.afterMs) return { outcome: 'later' };
    const { number, hash } = last ?? noCheckpoint;
    const checkpoint = signCheckpoint(
      { service, number: number + 1, previous: hash, signedAt, chains, closing: closed ?? null },
      key,
    );
    await insertCheckpoint(tx, checkpoint);
    const events = [{ type: 'audit.CheckpointSigned', data: eventOf(checkpoint) }];
    const stream = { streamId: checkpointStream(service), streamType: 'audit', events };
    await store.appendIn(tx, { streams: [{ ...stream, expectedVersion: 'any' }] });
    return { outcome: 'signed', checkpoint };
  });
  if (signing.outcome === 'signed') store.announce();
  return signing;
}

async function readHeads(tx: pg.PoolClient): Promise<ChainHead[]> {
  const { rows } = await tx.query<ChainHead>(headsSql);
  return rows.map(({ chainId, sequence, hash }) => ({ chainId, sequence: Number(sequence), hash }));
}

const total = (chains: readonly ChainHead[] = []) => chains.reduce((sum, { sequence }) => sum + sequence, 0);
