import { readWrappingKeys, type WrappingKeys } from './wrapping-keys.ts';

/** The wrapping keys as the file last had them. */
export interface WrappingKeyRing {
  now(): WrappingKeys;
  /** Reads the file again; what was read before stays when it cannot be read. Throws `PrivacyError` `wrapping_keys`. */
  reload(): WrappingKeys;
}

/** Reads the file now, and again when it is told to: keys are changed without a restart. */
export function wrappingKeyRing(file: string): WrappingKeyRing {
  let keys = readWrappingKeys(file);
  return {
    now: () => keys,
    reload: () => {
      keys = readWrappingKeys(file);
      return keys;
    },
  };
}
