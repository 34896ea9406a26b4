export { isEnvelope, keyIdIn, open, type Place, type SubjectKey, seal } from './envelope/envelope.ts';
export { PrivacyError, type PrivacyErrorCode } from './errors.ts';
export {
  createSubjectKeys,
  type KeyOfSubject,
  type SubjectKeySettings,
  type SubjectKeys,
} from './keys/subject-keys.ts';
export { checkWrappingKeys, type WrappingProgress, wrapAnew, wrappingProgress } from './keys/wrap-anew.ts';
export { subjectKeyMigrations } from './migrations.ts';
export { openAll, type SealedValue } from './open-all.ts';
export { Personal } from './personal.ts';
export { openPrivacy, type Privacy, type PrivacySettings } from './privacy.ts';
export { sealingCodec } from './sealing-codec.ts';
export { type WrappingKeyRing, wrappingKeyRing } from './wrapping/key-ring.ts';
export {
  readWrappingKeys,
  type WrappingKeys,
  withNewKey,
  withoutOldKeys,
  wrappingKeysOf,
} from './wrapping/wrapping-keys.ts';
