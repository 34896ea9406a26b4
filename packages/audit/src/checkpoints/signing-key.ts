import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from 'node:crypto';
import { AuditError } from '../errors.ts';

/** Signs checkpoints: Ed25519. */
export interface SigningKey {
  /** SHA-256 of the public key (SPKI, DER), in hexadecimal. */
  readonly id: string;
  readonly publicKey: KeyObject;
  sign(bytes: Buffer): Buffer;
}

/** DER of an Ed25519 private key in PKCS#8, but for its 32 bytes (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Reads the key of the configuration: base64 of a private key in PKCS#8. Throws `AuditError` `key`. */
export function readSigningKey(text: string): SigningKey {
  try {
    return signingKeyOf(createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' }));
  } catch {
    // OpenSSL's words tell nothing that helps.
    throw new AuditError('key', 'the signing key of the audit is not the base64 of an Ed25519 private key (PKCS#8)');
  }
}

function signingKeyOf(key: KeyObject): SigningKey {
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('not Ed25519');
  const publicKey = createPublicKey(key);
  return { id: keyIdOf(publicKey), publicKey, sign: (bytes) => sign(null, bytes, key) };
}

/** Reads a public key: base64 of SPKI in DER, as it is given to whoever verifies. Throws `AuditError` `key`. */
export function readPublicKey(text: string): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  } catch {
    throw new AuditError('key', 'the public key of the audit is not the base64 of an Ed25519 public key (SPKI)');
  }
}

/** The public key of a signing key, as text. */
export const publicKeyText = ({ publicKey }: Pick<SigningKey, 'publicKey'>): string =>
  publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

export const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex');

export const isSignedBy = (publicKey: KeyObject, bytes: Buffer, signature: Buffer): boolean =>
  verify(null, bytes, publicKey, signature);

/** An index key of one's own for each name, made of one secret; as text of the configuration. */
export const derivedIndexKey = (secret: string, name: string): string =>
  Buffer.from(hkdfSync('sha256', secret, '', `vienuviet audit index ${name}`, 32)).toString('base64url');

/** A signing key of one's own for each name, made of one secret; as text of the configuration. */
export function derivedSigningKey(secret: string, name: string): string {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', `vienuviet audit signing ${name}`, 32));
  return Buffer.concat([pkcs8, seed]).toString('base64');
}
