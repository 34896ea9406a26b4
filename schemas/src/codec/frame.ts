import { SchemaError } from '../errors.ts';

/**
 * The frame of a message, as every Confluent client writes and reads it:
 *
 *   byte 0       0, the version of the frame
 *   bytes 1–4    id of the schema, big-endian
 *   bytes 5 …    the Avro body
 */
export const bodyAt = 5;
const frameVersion = 0;

/** Writes the frame at the beginning of the bytes. */
export function writeFrame(bytes: Buffer, schemaId: number): void {
  bytes[0] = frameVersion;
  bytes.writeInt32BE(schemaId, 1);
}

/** The schema's id. Throws `SchemaError` `undecodable` for bytes without a frame. */
export function schemaIdIn(bytes: Buffer | null): number {
  // A tombstone has no value at all.
  if (bytes === null || bytes.length < bodyAt) {
    throw new SchemaError('undecodable', `The message has ${bytes?.length ?? 0} bytes; the frame alone has ${bodyAt}.`);
  }
  if (bytes[0] !== frameVersion) {
    throw new SchemaError('undecodable', `The message begins with byte ${bytes[0]}; a framed one begins with 0.`);
  }
  return bytes.readInt32BE(1);
}
