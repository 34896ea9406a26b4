import { open } from './envelope/envelope.ts';
import type { SubjectKeys } from './keys/subject-keys.ts';
import { uuidBytes } from './uuid-bytes.ts';

/** A sealed value and what it belongs to. */
export interface SealedValue {
  readonly subjectId: string;
  /** Id of the event that it came with. */
  readonly eventId: string;
  /** Path of the field in the event. */
  readonly field: string;
  readonly envelope: Buffer;
}

/**
 * Opens values, with one question to the key database for all of them. Null: the person was erased. Throws
 * `PrivacyError` `keys_unavailable`, or `envelope` for a value that was altered or moved.
 */
export async function openAll(
  keys: Pick<SubjectKeys, 'find'>,
  values: readonly SealedValue[],
): Promise<(string | null)[]> {
  const known = await keys.find([...new Set(values.map(({ subjectId }) => subjectId))]);
  return values.map(({ subjectId, eventId, field, envelope }) => {
    const key = known.get(subjectId);
    if (key === undefined || key === 'erased') return null;
    return open(key, { within: uuidBytes(eventId), field }, envelope);
  });
}
