import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { IdentityError } from '../errors.ts';

export const signingAlgorithm = 'ES256';

/** A private key and what is published of it: kid (thumbprint, RFC 7638), alg, use. */
export interface KeyPair {
  readonly kid: string;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

export async function makeKeyPair(): Promise<KeyPair> {
  const { privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
  return readKeyPair(await exportJWK(privateKey));
}

/** The pair of a private key on P-256; refuses every other kind. */
export async function readKeyPair(jwk: JWK): Promise<KeyPair> {
  const { kty, crv, x, y, d } = jwk;
  if (kty !== 'EC' || crv !== 'P-256' || !x || !y || !d) {
    throw new IdentityError('signing_key', 'not a private key on P-256');
  }
  const publicPart = { kty, crv, x, y };
  const kid = await calculateJwkThumbprint(publicPart);
  const described = { kid, alg: signingAlgorithm, use: 'sig' };
  return { kid, privateJwk: { ...publicPart, d, ...described }, publicJwk: { ...publicPart, ...described } };
}
