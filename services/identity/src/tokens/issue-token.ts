import { randomUUID } from 'node:crypto';
import { defaultAudience } from '@vienuviet/http';
import { SignJWT } from 'jose';
import { type KeyPair, signingAlgorithm } from '../keys/signing-key.ts';
import type { Person } from '../people/person.ts';

/** Seconds that a token holds: a morning's work is a few of them, a stolen one is short. */
export const tokenSeconds = 3_600;

/** An access token (RFC 9068) that says who somebody is and what they may. */
export async function issueToken(
  person: Pick<Person, 'name' | 'title' | 'grants'>,
  { issuer, key, now }: { issuer: string; key: KeyPair; now: Date },
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT({ name: person.title, grants: person.grants })
    .setProtectedHeader({ alg: signingAlgorithm, typ: 'at+jwt', kid: key.kid })
    .setIssuer(issuer)
    .setAudience(defaultAudience)
    .setSubject(person.name)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + tokenSeconds)
    .setJti(randomUUID())
    .sign(key.privateJwk);
}
