import { randomFillSync } from 'node:crypto';

/** Bytes of a nonce of GCM. Random: a key seals some thousand values in its life, far from where two could meet. */
export const nonceBytes = 12;

/** Asking for one nonce costs almost as much as asking for hundreds. */
const pool = Buffer.alloc(nonceBytes * 512);
let used = pool.length;

/** A random nonce; valid until the pool is filled anew, so whoever keeps it copies it. */
export function freshNonce(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += nonceBytes;
  return pool.subarray(used - nonceBytes, used);
}
