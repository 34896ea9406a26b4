/**
 * Personal data as it is stored and sent, AES-256-GCM with the key of one person:
 *
 *   0       version, 1
 *   1…16    id of the key
 *   17…28   nonce
 *   29…     ciphertext of the text, padded (ISO 7816-4: 0x80, then zeros)
 *   …last   tag, 16 bytes
 *
 * Bound to what it belongs to: event, person and field are authenticated with it, so that a value moved to another
 * field, event or person does not open.
 */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { PrivacyError } from '../errors.ts';
import { uuidBytes } from '../uuid-bytes.ts';
import { freshNonce, nonceBytes } from './nonces.ts';

/** The key of one person, as a service holds it for a moment. */
export interface SubjectKey {
  readonly subjectId: string;
  /** 16 bytes. */
  readonly keyId: Buffer;
  readonly key: KeyObject;
}

/** What a value belongs to. */
export interface Place {
  /** 16 bytes: id of the event, or of whatever else holds the value. */
  readonly within: Buffer;
  /** Path of the field in it, e.g. `person.name`. */
  readonly field: string;
}

const version = 1;
const keyIdAt = 1;
const nonceAt = 17;
const bodyAt = nonceAt + nonceBytes;
const tagBytes = 16;
const padding = 0x80;
/** An empty text takes one step of padding. */
const shortest = bodyAt + 32 + tagBytes;
const cipherName = 'aes-256-gcm';
const tagLength = { authTagLength: tagBytes };

/** Lengths are hidden in steps of 32 bytes for what people are called, and of 256 for what they write. */
const paddedLength = (length: number): number => {
  const step = length < 256 ? 32 : 256;
  return (Math.floor(length / step) + 1) * step;
};

/** Seals a text for its place. 3 µs. */
export function seal({ subjectId, keyId, key }: SubjectKey, place: Place, text: string): Buffer {
  const length = Buffer.byteLength(text);
  const clear = Buffer.alloc(paddedLength(length));
  clear.write(text, 'utf8');
  clear[length] = padding;
  const envelope = Buffer.allocUnsafe(bodyAt + clear.length + tagBytes);
  envelope[0] = version;
  keyId.copy(envelope, keyIdAt);
  const nonce = freshNonce();
  nonce.copy(envelope, nonceAt);
  const cipher = createCipheriv(cipherName, key, nonce, tagLength).setAAD(boundTo(place, subjectId));
  cipher.update(clear).copy(envelope, bodyAt);
  cipher.final();
  cipher.getAuthTag().copy(envelope, bodyAt + clear.length);
  clear.fill(0);
  return envelope;
}

/** Opens what was sealed for this place. Throws `PrivacyError` `envelope`; its words hold nothing of the content. */
export function open({ subjectId, keyId, key }: SubjectKey, place: Place, envelope: Buffer): string {
  if (!isEnvelope(envelope)) throw new PrivacyError('envelope', 'these bytes are no sealed value');
  if (!keyId.equals(envelope.subarray(keyIdAt, nonceAt))) {
    throw new PrivacyError('envelope', 'the value was sealed with another key than the person has');
  }
  const end = envelope.length - tagBytes;
  try {
    const decipher = createDecipheriv(cipherName, key, envelope.subarray(nonceAt, bodyAt), tagLength)
      .setAAD(boundTo(place, subjectId))
      .setAuthTag(envelope.subarray(end));
    const clear = decipher.update(envelope.subarray(bodyAt, end));
    decipher.final();
    return clear.toString('utf8', 0, clear.lastIndexOf(padding));
  } catch (cause) {
    throw new PrivacyError('envelope', 'the value was altered, or sealed for another place', { cause });
  }
}

/** Whether bytes have the form of a sealed value; what is in them is not known by that. */
export const isEnvelope = (bytes: unknown): bytes is Buffer =>
  Buffer.isBuffer(bytes) &&
  bytes.length >= shortest &&
  bytes[0] === version &&
  (bytes.length - bodyAt - tagBytes) % 32 === 0;

/** Id of the key that opens it. */
export const keyIdIn = (envelope: Buffer): Buffer => envelope.subarray(keyIdAt, nonceAt);

/** Fixed lengths before the field, so that no two places read the same. */
const boundTo = ({ within, field }: Place, subjectId: string): Buffer =>
  Buffer.concat([within, uuidBytes(subjectId), Buffer.from(field, 'utf8')]);
