import { createHmac, hkdfSync } from 'node:crypto';
import { PrivacyError } from '../errors.ts';

/** By what a person is found: each kind has a key of its own, so that nothing is learnt from one for another. */
export const indexKinds = ['personal_code', 'registration_number', 'phone', 'email'] as const;
export type IndexKind = (typeof indexKinds)[number];

/** Finds people by what is theirs without keeping it: a keyed hash, which nobody can make without the key. */
export interface BlindIndex {
  /**
   * 32 bytes that stand for a value: the same for every spelling that `canonical` takes for the same. The caller has
   * checked the value.
   */
  of(kind: IndexKind, value: string): Buffer;
}

/** Characters below which a secret was surely not made by a generator. */
const shortestSecret = 32;

/** Throws `PrivacyError` `wrapping_keys` for a secret that is too short. */
export function createBlindIndex(secret: string): BlindIndex {
  if (secret.length < shortestSecret) {
    throw new PrivacyError(
      'wrapping_keys',
      `the secret of the blind indexes has fewer than ${shortestSecret} characters`,
    );
  }
  const keys = new Map(
    indexKinds.map((kind) => [kind, Buffer.from(hkdfSync('sha256', secret, '', `vienuviet blind index ${kind}`, 32))]),
  );
  return { of: (kind, value) => createHmac('sha256', keys.get(kind)!).update(canonical[kind](value)).digest() };
}

const digitsOnly = (text: string): string => text.replace(/\D/g, '');

/** Spellings of one value made the same. */
const canonical: Readonly<Record<IndexKind, (value: string) => string>> = {
  personal_code: digitsOnly,
  registration_number: digitsOnly,
  phone: digitsOnly,
  // Mailboxes tell no capitals apart in practice, and people do not type them alike.
  email: (value) => value.trim().normalize('NFC').toLowerCase(),
};
