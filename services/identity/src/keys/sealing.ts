import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { IdentityError } from '../errors.ts';

/** Layout of what is sealed: 12 bytes of nonce, 16 of the tag, then the ciphertext. AES-256-GCM. */
const nonceBytes = 12;
const tagBytes = 16;

/** Characters below which a secret was surely not made by a generator. */
const shortestSecret = 32;

export interface Seal {
  /** `name` is bound to the content: what is sealed under one name does not open under another. */
  seal(text: string, name: string): Buffer;
  open(sealed: Buffer, name: string): string;
}

/** Seals with a key made from a secret of the environment; `what` is sealed, each kind with a key of its own. */
export function createSeal(secret: string, what = 'signing keys'): Seal {
  if (secret.length < shortestSecret) {
    throw new IdentityError('settings', `KEY_SEAL_SECRET has fewer than ${shortestSecret} characters`);
  }
  const key = Buffer.from(hkdfSync('sha256', secret, '', `vienuviet identity ${what}`, 32));
  return {
    seal: (text, name) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
      const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), content]);
    },
    open: (sealed, name) => {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        })
          .setAAD(Buffer.from(name))
          .setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
        const content = sealed.subarray(nonceBytes + tagBytes);
        return Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new IdentityError(
          'signing_key',
          `${what}: ${name} does not open with KEY_SEAL_SECRET: give the secret that it was sealed with`,
          { cause },
        );
      }
    },
  };
}
