/**
 * What a record's hash is made of, so that anybody can check it without this code:
 *
 *   content  SHA-256 of a JSON array without spaces, in UTF-8: version 1, record id, at (milliseconds since 1970), kind,
 *            code, actor, role, purpose, method, route, request id, about, reference of the person and sealed person
 *            (lower-case hexadecimal); what is absent is null
 *   hash     SHA-256 of: hash of the record before (32 bytes, zeros before the first), id of the chain (16), sequence
 *            (8, big-endian), recorded_at (milliseconds since 1970, 8, big-endian), content (32)
 *
 * The content is hashed by the process that writes, the link by `audit.append`, which alone knows the end of the chain.
 */
import { createHash } from 'node:crypto';
import type { Link, RecordContent } from './record.ts';

/** Hash before the first record of a chain. */
export const noHash: Buffer = Buffer.alloc(32);

export const contentHash = (record: RecordContent): Buffer =>
  sha256(
    JSON.stringify([
      ...[1, record.recordId, record.at.getTime(), record.kind, record.code, record.actorId, record.role],
      ...[record.purpose, record.method, record.route, record.requestId, record.about],
      ...[record.personRef?.toString('hex') ?? null, record.personSealed?.toString('hex') ?? null],
    ]),
  );

/** The hash that a record must have that stands there. */
export function linkHash(link: Omit<Link, 'hash'>, content: Buffer): Buffer {
  const place = Buffer.alloc(64);
  link.previous.copy(place, 0);
  place.write(link.chainId.replaceAll('-', ''), 32, 'hex');
  place.writeBigInt64BE(BigInt(link.sequence), 48);
  place.writeBigInt64BE(BigInt(link.recordedAt.getTime()), 56);
  return sha256(Buffer.concat([place, content]));
}

const sha256 = (bytes: string | Buffer): Buffer => createHash('sha256').update(bytes).digest();
