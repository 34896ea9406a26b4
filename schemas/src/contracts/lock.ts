/**
 * The lock: which id every version of every schema has. Ids stand in each stored message for ever, so they are given
 * once, by the next number, and committed; nothing takes one away or gives it to another schema.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractError } from '../errors.ts';

export interface LockEntry {
  readonly id: number;
  /** Full name of the record: the subject, as in Confluent's RecordNameStrategy. */
  readonly subject: string;
  readonly version: number;
  /** Identity of the schema (`identity.ts`). */
  readonly identity: string;
  /** True when an experimental contract went on under another id: this one is out of use, and stays taken. */
  readonly retired?: true;
}

/** Entries in the order of their ids, retired ones too. */
export type Lock = readonly LockEntry[];

/** The lock of a folder of contracts; empty when there is none yet. */
export function readLock(folder: string): Lock {
  try {
    return parseLock(readFileSync(join(folder, 'lock.json'), 'utf8'));
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return [];
    throw cause;
  }
}

/** Reads the text of a lock. Throws `ContractError` when an id is no number of its own. */
export function parseLock(text: string): Lock {
  const lock = JSON.parse(text) as LockEntry[];
  const ids = new Set(lock.map(({ id }) => id));
  const wrong = [...ids].find((id) => !Number.isInteger(id) || id < 1 || id > 2 ** 31 - 1);
  if (wrong !== undefined) throw new ContractError(`lock.json gives the id ${wrong}`);
  if (ids.size < lock.length) throw new ContractError('lock.json gives an id twice');
  return lock;
}

/** The text of a lock. New ids come last, so that two branches that give the same one conflict when they are merged. */
export const lockText = (lock: Lock): string => `${JSON.stringify(lock, null, 2)}\n`;
