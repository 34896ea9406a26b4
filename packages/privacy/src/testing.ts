/** A key of a person for tests of what needs one, without a database. */
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import type { SubjectKey } from './envelope/envelope.ts';

export const testSubjectKey = (subjectId: string = randomUUID()): SubjectKey => ({
  subjectId,
  keyId: randomBytes(16),
  key: createSecretKey(randomBytes(32)),
});
