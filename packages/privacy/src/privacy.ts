import { createPool } from '@vienuviet/database';
import { PrivacyError } from './errors.ts';
import { createSubjectKeys, type SubjectKeys } from './keys/subject-keys.ts';
import { checkWrappingKeys, type WrappingProgress, wrapAnew, wrappingProgress } from './keys/wrap-anew.ts';
import { openAll, type SealedValue } from './open-all.ts';
import { Personal } from './personal.ts';
import { wrappingKeyRing } from './wrapping/key-ring.ts';

/** The personal data of one service: what seals it, what opens it, and what ends it. */
export interface Privacy {
  readonly keys: SubjectKeys;
  /**
   * What makes texts about a person ready to be put into an event. Throws `PrivacyError` `subject_erased` for who was
   * erased, and `keys_unavailable`.
   */
  writerFor(subjectId: string): Promise<(text: string) => Personal>;
  /** Opens values; null for those of a person who was erased. */
  open(values: readonly SealedValue[]): Promise<(string | null)[]>;
  /** How far the keys are wrapped by the current wrapping key. */
  wrapping(): Promise<WrappingProgress>;
  /** Reads the file of wrapping keys again and wraps up to `limit` keys by the current one; answers how many. */
  wrapAnew(limit: number): Promise<number>;
  close(): Promise<void>;
}

export interface PrivacySettings {
  /** Of the key database, as the service's own role. */
  readonly url: string;
  /** File of the wrapping keys. */
  readonly wrappingKeysFile: string;
  /** Of the service; shows on the server. */
  readonly name: string;
}

/** Opens the keys of a service. Throws `PrivacyError` `wrapping_keys` when the file does not open what is there. */
export async function openPrivacy({ url, wrappingKeysFile, name }: PrivacySettings): Promise<Privacy> {
  const ring = wrappingKeyRing(wrappingKeysFile);
  const pool = createPool({ url, name: `${name} keys`, max: 5 });
  try {
    await checkWrappingKeys(pool, ring.now());
  } catch (error) {
    await pool.end();
    throw error;
  }
  const keys = createSubjectKeys({ pool, ring });
  return {
    keys,
    async writerFor(subjectId) {
      const key = (await keys.ensure([subjectId])).get(subjectId);
      if (key === undefined || key === 'erased') {
        throw new PrivacyError('subject_erased', 'the person was erased: nothing more is kept of them');
      }
      return (text) => new Personal(key, text);
    },
    open: (values) => openAll(keys, values),
    wrapping: () => wrappingProgress(pool, ring.now()),
    wrapAnew: (limit) => wrapAnew(pool, ring.reload(), limit),
    close: () => pool.end(),
  };
}
