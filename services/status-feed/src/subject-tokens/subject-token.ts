import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** How long a subject token lets its bearer read, in seconds. */
export const tokenLifeSeconds = 15 * 60;

/** A token as the portal client gets it, and as it is kept. */
export interface IssuedToken {
  /** `vst_` and 256 random bits; given out once and kept nowhere. */
  readonly token: string;
  readonly record: TokenRecord;
}

export interface TokenRecord {
  readonly id: string;
  readonly tokenHash: Uint8Array<ArrayBuffer>;
  readonly subjectId: string;
  /** Account of the portal client that asked. */
  readonly issuedTo: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Makes a token for a subject. Subjects are not looked up: a token of an unknown one shows an empty list. */
export function issueToken(subjectId: string, issuedTo: string, now: Date): IssuedToken {
  const token = `vst_${randomBytes(32).toString('base64url')}`;
  const expiresAt = new Date(now.getTime() + tokenLifeSeconds * 1000);
  const record = { id: randomUUID(), tokenHash: hashOf(token), subjectId, issuedTo, issuedAt: now, expiresAt };
  return { token, record };
}

const TOKEN = /^vst_[A-Za-z0-9_-]{43}$/;

/** Whether a bearer token has the form of a subject token; others are not looked up. */
export const isSubjectToken = (token: string): boolean => TOKEN.test(token);

/** What is kept of a token. It is random in full, so a plain hash cannot be guessed back. */
export const hashOf = (token: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(token).digest());
