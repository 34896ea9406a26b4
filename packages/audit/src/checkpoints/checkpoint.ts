import { createHash, type KeyObject } from 'node:crypto';
import { isSignedBy, type SigningKey } from './signing-key.ts';

/** The end of a chain. */
export interface ChainHead {
  readonly chainId: string;
  readonly sequence: number;
  /** Of its newest record, in hexadecimal. */
  readonly hash: string;
}

/** What is left to be known of what is dropped: everything before an instant. */
export interface Closing {
  /** Milliseconds since 1970. */
  readonly until: number;
  /** The newest record before it in each chain that had one. */
  readonly chains: readonly ChainHead[];
  /** The newest checkpoint before it; number 0 where there was none. */
  readonly checkpoint: { readonly number: number; readonly hash: string };
}

/** How far every chain of a service had come at an instant. */
export interface Checkpoint {
  readonly service: string;
  /** 1, 2, 3 … */
  readonly number: number;
  /** Hash of the checkpoint before, in hexadecimal; zeros before the first. */
  readonly previous: string;
  /** Milliseconds since 1970. */
  readonly signedAt: number;
  /** Every chain with a record, in the order of their ids. */
  readonly chains: readonly ChainHead[];
  readonly closing: Closing | null;
}

export interface SignedCheckpoint extends Checkpoint {
  readonly keyId: string;
  /** SHA-256 of what is signed, in hexadecimal. */
  readonly hash: string;
  /** Ed25519, in hexadecimal. */
  readonly signature: string;
}

export const noCheckpoint = { number: 0, hash: '0'.repeat(64) } as const;

/**
 * What is signed: a JSON array without spaces, in UTF-8: `vienuviet.audit.checkpoint.1`, service, number, previous,
 * signed at, chains as arrays of id, sequence and hash, and the closing as an array of its instant, its chains likewise,
 * and number and hash of its checkpoint, or null.
 */
export function signedBytes({ service, number, previous, signedAt, chains, closing }: Checkpoint): Buffer {
  const heads = (of: readonly ChainHead[]) => of.map(({ chainId, sequence, hash }) => [chainId, sequence, hash]);
  const closed = closing && [closing.until, heads(closing.chains), closing.checkpoint.number, closing.checkpoint.hash];
  const parts = ['vienuviet.audit.checkpoint.1', service, number, previous, signedAt, heads(chains), closed];
  return Buffer.from(JSON.stringify(parts));
}

export function signCheckpoint(checkpoint: Checkpoint, key: SigningKey): SignedCheckpoint {
  const bytes = signedBytes(checkpoint);
  return { ...checkpoint, keyId: key.id, hash: sha256(bytes), signature: key.sign(bytes).toString('hex') };
}

/** Why a checkpoint is not what it says, or undefined. `keys` by their ids. */
export function checkpointFault(
  checkpoint: SignedCheckpoint,
  keys: ReadonlyMap<string, KeyObject>,
): string | undefined {
  const bytes = signedBytes(checkpoint);
  const key = keys.get(checkpoint.keyId);
  if (sha256(bytes) !== checkpoint.hash) return 'its hash is of something else';
  if (key === undefined) return 'it is signed with another key than is known';
  return isSignedBy(key, bytes, Buffer.from(checkpoint.signature, 'hex')) ? undefined : 'its signature does not hold';
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
