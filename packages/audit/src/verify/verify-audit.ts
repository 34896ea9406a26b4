import type { KeyObject } from 'node:crypto';
import type pg from 'pg';
import { checkpointFault, noCheckpoint, type SignedCheckpoint } from '../checkpoints/checkpoint.ts';
import { checkpointsBehind, newestClosing } from '../checkpoints/checkpoint-rows.ts';
import { keyIdOf } from '../checkpoints/signing-key.ts';
import { faultOfPair, pairs } from './both-checkpoints.ts';
import { ChainWalk } from './chain-walk.ts';
import type { Fault } from './fault.ts';

export interface Verification {
  readonly service: string;
  /** Of the checkpoints' signatures, also of keys that were used before; from configuration, not from the database. */
  readonly publicKeys: readonly KeyObject[];
  /**
   * Copies of the checkpoints, by their numbers, doubles allowed; read to their end before this begins, since what is
   * copied stands in the database first. Without them it is not seen when the newest checkpoints were removed with the
   * records behind them.
   */
  readonly checkpointsElsewhere?: AsyncIterable<SignedCheckpoint> | Iterable<SignedCheckpoint> | undefined;
  readonly onProgress?: (progress: VerificationProgress) => void;
  readonly signal?: AbortSignal | undefined;
  /** Records in memory at once; default 2 000. */
  readonly pageSize?: number;
}

export interface VerificationProgress {
  readonly records: number;
  /** As the chains say; more are written meanwhile. */
  readonly total: number;
}

export interface VerificationResult {
  /** The first thing that is not as it was written. */
  readonly fault: Fault | undefined;
  readonly records: number;
  readonly chains: number;
  readonly checkpoints: number;
  /** Checkpoints that were the same elsewhere; null where none were given. */
  readonly copies: number | null;
  /** Instant of the newest checkpoint: everything before is as it was signed. */
  readonly signedUntil: Date | null;
  /** Records behind it: whole, and not signed yet. */
  readonly unsigned: number;
}

const headsSql = 'select chain_id as "chainId", sequence from audit.chains where sequence > 0 order by chain_id';
/** Skips from chain to chain through the index: reading all records for their chains would take minutes. */
const chainsSql = `
  with recursive found as (
    (select chain_id from audit.records order by chain_id limit 1)
    union all
    select (select chain_id from audit.records where chain_id > found.chain_id order by chain_id limit 1)
      from found where found.chain_id is not null
  ) select chain_id as "chainId" from found where chain_id is not null`;

/**
 * Checks that no record and no checkpoint of a service was removed, altered, inserted or put elsewhere since it was
 * signed. Reads each record once, with a page of each chain in memory; ends at the first fault.
 */
export async function verifyAudit(pool: pg.Pool, verification: Verification): Promise<VerificationResult> {
  const { service, publicKeys, checkpointsElsewhere } = verification;
  const keys = new Map(publicKeys.map((key) => [keyIdOf(key), key]));
  const closed = await newestClosing(pool, service);
  const state = await stateOf(pool, verification, closed?.closing ?? undefined);
  // What everything else rests on first.
  const forged = closed && checkpointFault(closed, keys);
  if (forged) return state.result({ what: 'checkpoint_altered', checkpoint: closed.number, why: forged });

  let removed: Fault | undefined;
  const locals = checkpointsBehind(pool, service, state.last.number);
  for await (const pair of pairs(locals, checkpointsElsewhere ?? [], state.last.number)) {
    const fault = faultOfPair(pair, state.last, keys) ?? (await state.reach((pair.local ?? pair.copy)!));
    if (fault !== undefined) return state.result(fault);
    // What stands elsewhere alone still tells whether the records are all there: those are named before it.
    if (pair.local === undefined) removed ??= { what: 'checkpoint_removed', checkpoint: state.last.number };
    else if (pair.copy !== undefined) state.copies++;
  }
  return state.result(removed ?? (await state.reachEnds()));
}

type Closed = NonNullable<SignedCheckpoint['closing']>;

/** How far a verification is. */
async function stateOf(pool: pg.Pool, verification: Verification, closing: Closed | undefined) {
  const { onProgress, signal, pageSize = 1_000, checkpointsElsewhere } = verification;
  const closedChains = new Map((closing?.chains ?? []).map((end) => [end.chainId, end]));
  const total = sum(await headsIn(pool)) - sum(closedChains.values());
  const walks = new Map<string, ChainWalk>();
  let [records, checkpoints, signed] = [0, 0, 0];

  const onRecords = (count: number): void => {
    signal?.throwIfAborted();
    records += count;
    if (records % pageSize === 0) onProgress?.({ records, total: Math.max(records, total) });
  };
  const walkOf = (chainId: string): ChainWalk => {
    const known = walks.get(chainId);
    if (known !== undefined) return known;
    const end = closedChains.get(chainId);
    const closed = end && { ...end, hash: Buffer.from(end.hash, 'hex'), until: new Date(closing!.until) };
    const walk = new ChainWalk({ pool, chainId, pageSize, onRecords, closed });
    walks.set(chainId, walk);
    return walk;
  };

  return {
    /** The newest checkpoint that holds. */
    last: { ...(closing?.checkpoint ?? noCheckpoint), signedAt: 0 } as Pick<
      SignedCheckpoint,
      'number' | 'hash' | 'signedAt'
    >,
    copies: 0,

    /** Checks every chain up to a checkpoint. */
    async reach(checkpoint: SignedCheckpoint): Promise<Fault | undefined> {
      const { signedAt } = checkpoint;
      for (const { chainId, sequence, hash } of checkpoint.chains) {
        const fault = await walkOf(chainId).to({ sequence, hash: Buffer.from(hash, 'hex'), signedAt });
        if (fault !== undefined) return fault;
      }
      this.last = checkpoint;
      checkpoints++;
      signed = records;
      return undefined;
    },

    /** Checks what no checkpoint has signed yet. */
    async reachEnds(): Promise<Fault | undefined> {
      const heads = new Map((await headsIn(pool)).map(({ chainId, sequence }) => [chainId, sequence]));
      const { rows } = await pool.query<{ chainId: string }>(chainsSql);
      for (const chainId of new Set([...walks.keys(), ...heads.keys(), ...rows.map((row) => row.chainId)])) {
        const fault = await walkOf(chainId).toEnd(heads.get(chainId) ?? 0, this.last.signedAt);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },

    result(fault: Fault | undefined): VerificationResult {
      const { signedAt } = this.last;
      return {
        ...{ fault, records, checkpoints, chains: walks.size },
        copies: checkpointsElsewhere === undefined ? null : this.copies,
        signedUntil: signedAt === 0 ? null : new Date(signedAt),
        unsigned: fault === undefined ? records - signed : 0,
      };
    },
  };
}

interface Head {
  readonly chainId: string;
  readonly sequence: number;
}

async function headsIn(pool: pg.Pool): Promise<Head[]> {
  const { rows } = await pool.query<Head>(headsSql);
  return rows.map(({ chainId, sequence }) => ({ chainId, sequence: Number(sequence) }));
}

const sum = (heads: Iterable<Head>): number => [...heads].reduce((all, { sequence }) => all + sequence, 0);
