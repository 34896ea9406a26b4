import { randomUUID } from 'node:crypto';
import { type Assurance, defaultAudience } from '@vienuviet/http';
import { SignJWT } from 'jose';
import type { TokenGrant } from '../accounts/acting.ts';
import { type KeyPair, signingAlgorithm } from '../keys/signing-key.ts';
import { tokenSeconds } from './token-seconds.ts';

/**
 * An access token (RFC 9068) that says who somebody is, what they may, and that they signed in just now, as `acr` says;
 * `issuedAt` in seconds since 1970.
 */
export async function issueToken(
  { name, title, grants, acr }: { name: string; title: string; grants: readonly TokenGrant[]; acr: Assurance },
  { issuer, key, issuedAt }: { issuer: string; key: KeyPair; issuedAt: number },
): Promise<string> {
  return new SignJWT({ name: title, grants, acr, auth_time: issuedAt })
    .setProtectedHeader({ alg: signingAlgorithm, typ: 'at+jwt', kid: key.kid })
    .setIssuer(issuer)
    .setAudience(defaultAudience)
    .setSubject(name)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + tokenSeconds)
    .setJti(randomUUID())
    .sign(key.privateJwk);
}
