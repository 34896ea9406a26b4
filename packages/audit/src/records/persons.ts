import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { keyIdIn, open, type SubjectKey, type SubjectKeys, seal } from '@vienuviet/privacy';
import { AuditError } from '../errors.ts';

/** How a person stands in a record: found again by a keyed hash, and named by nobody without the key of the month. */
export interface PersonOnRecord {
  readonly personRef: Buffer;
  readonly personSealed: Buffer;
}

export interface Persons {
  /** The reference by which all records of a person are found. */
  referenceOf(subjectId: string): Buffer;
  /** Has the keys of this month and the next at hand, so that records do not wait for the key database. */
  prepare(now: Date): Promise<void>;
  /** Throws `AuditError` `no_keys`, and `PrivacyError` `keys_unavailable`. */
  onRecord(subjectId: string, recordId: string, at: Date): Promise<PersonOnRecord>;
  /** Subject ids of records; null where there is none, or its month's key is gone. */
  open(records: readonly SealedPerson[]): Promise<(string | null)[]>;
}

export interface SealedPerson {
  readonly recordId: string;
  readonly at: Date;
  readonly personSealed: Buffer | null;
}

const shortestKey = 32;
const field = 'person';

/** The key of the configuration by which persons are found. Throws `AuditError` `key`. */
export function readIndexKey(text: string): KeyObject {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length >= shortestKey) return createSecretKey(bytes);
  throw new AuditError(
    'key',
    `the index key of the audit has ${bytes.length} bytes, and needs at least ${shortestKey}`,
  );
}

/**
 * Id of the key that seals the persons of a month. It lies among the keys of persons, so that what changes wrapping
 * keys and what drops a key serves it too; in the form of a UUID that is never minted for a person (version 8), so that
 * no erasure of a person names it.
 */
export const retentionKeyId = (month: Date): string =>
  `00000000-0000-8000-8000-000000${month.toISOString().slice(0, 7).replace('-', '')}`;

/** Persons in the records of one service. Without `keys` (it keeps no personal data) none can be put on record. */
export function personsOnRecord(indexKey: KeyObject, keys?: Pick<SubjectKeys, 'find' | 'ensure'>): Persons {
  // Kept as long as months last: a key is dropped when nobody has written with it for two years.
  const atHand = new Map<string, SubjectKey>();
  const keyOf = async (at: Date): Promise<SubjectKey> => {
    const id = retentionKeyId(at);
    const known = atHand.get(id);
    if (known !== undefined) return known;
    if (keys === undefined) throw new AuditError('no_keys', 'a service that records persons says that it keeps some');
    const key = (await keys.ensure([id])).get(id);
    if (key === undefined || key === 'erased') throw new AuditError('no_keys', 'the key of this month was dropped');
    atHand.set(id, key);
    return key;
  };
  const referenceOf = (subjectId: string): Buffer => createHmac('sha256', indexKey).update(subjectId).digest();
  return {
    referenceOf,
    async prepare(now) {
      if (keys === undefined) return;
      await Promise.all([now, new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1))].map(keyOf));
    },
    async onRecord(subjectId, recordId, at) {
      const place = { within: uuidBytes(recordId), field };
      return { personRef: referenceOf(subjectId), personSealed: seal(await keyOf(at), place, subjectId) };
    },
    async open(records) {
      if (keys === undefined) return records.map(() => null);
      const known = await keys.find([...new Set(records.map(({ at }) => retentionKeyId(at)))]);
      return records.map(({ recordId, at, personSealed }) => {
        const key = known.get(retentionKeyId(at));
        if (personSealed === null || key === undefined || key === 'erased') return null;
        if (!key.keyId.equals(keyIdIn(personSealed))) return null;
        return open(key, { within: uuidBytes(recordId), field }, personSealed);
      });
    },
  };
}

const uuidBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
