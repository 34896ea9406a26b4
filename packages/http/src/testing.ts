import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { defaultAudience } from './authentication.ts';
import type { Grant } from './policy.ts';
import type { AuthSettings } from './settings.ts';

export { type AccessMatrix, type Ask, type Example, tryAccess } from './access-matrix.ts';

export interface TestIssuer {
  /** For `createApp({ auth })`. */
  readonly auth: AuthSettings;
  readonly publicKey: JWK;
  /** A token of somebody with these grants; `claims` replace what would be there (`undefined` leaves one out). */
  token(name: string, grants: readonly Grant[], claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** The same as a header: `app.inject({ headers: await issuer.as('clerk', […]) })`. */
  as(name: string, grants: readonly Grant[]): Promise<{ authorization: string }>;
}

/** An issuer for tests, with a key pair of its own and no server. */
export async function createTestIssuer(issuer = 'http://issuer.test'): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: randomUUID() };
  const token: TestIssuer['token'] = (name, grants, claims = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: issuer, aud: defaultAudience, sub: name, iat: now, exp: now + 3600, grants, ...claims };
    return new SignJWT(all as Record<string, unknown>)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: jwk.kid })
      .sign(privateKey);
  };
  return {
    auth: { issuer, keys: createLocalJWKSet({ keys: [jwk] }) },
    publicKey: jwk,
    token,
    as: async (name, grants) => ({ authorization: `Bearer ${await token(name, grants)}` }),
  };
}
