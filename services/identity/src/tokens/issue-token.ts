import { randomUUID } from 'node:crypto';
import { defaultAudience } from '@vienuviet/http';
import { SignJWT } from 'jose';
import type { TokenGrant } from '../accounts/acting.ts';
import { type KeyPair, signingAlgorithm } from '../keys/signing-key.ts';
import { tokenSeconds } from './token-seconds.ts';

/** An access token (RFC 9068) that says who somebody is and what they may; `issuedAt` in seconds since 1970. */
export async function issueToken(
  { name, title, grants }: { name: string; title: string; grants: readonly TokenGrant[] },
  { issuer, key, issuedAt }: { issuer: string; key: KeyPair; issuedAt: number },
): Promise<string> {
  return new SignJWT({ name: title, grants })
    .setProtectedHeader({ alg: signingAlgorithm, typ: 'at+jwt', kid: key.kid })
    .setIssuer(issuer)
    .setAudience(defaultAudience)
    .setSubject(name)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + tokenSeconds)
    .setJti(randomUUID())
    .sign(key.privateJwk);
}
