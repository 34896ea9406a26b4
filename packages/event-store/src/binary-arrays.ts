/**
 * One-dimensional PostgreSQL arrays in the binary format, as parameters.
 *
 * node-postgres turns a JavaScript array into text, `{"…","\\x…"}`, quoting each element and doubling each byte of a
 * `bytea`; a Buffer it sends as it is. Layout (array_recv): dimensions int32 · has nulls int32 · element type oid ·
 * length int32 · lower bound int32 · for each element its length int32 (-1 null) and its bytes.
 */
const BOOL = 16;
const BYTEA = 17;
const INT8 = 20;
const INT4 = 23;
const TEXT = 25;
const UUID = 2950;
const JSONB = 3802;
const HEADER_BYTES = 20;

function begin(oid: number, length: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(length === 0 ? 12 : HEADER_BYTES + bytes);
  buffer.writeInt32BE(length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(oid, 8);
  if (length > 0) {
    buffer.writeInt32BE(length, 12);
    buffer.writeInt32BE(1, 16);
  }
  return buffer;
}

export function int4Array(values: readonly number[]): Buffer {
  const buffer = begin(INT4, values.length, values.length * 8);
  let at = HEADER_BYTES;
  for (const value of values) {
    buffer.writeInt32BE(4, at);
    buffer.writeInt32BE(value, at + 4);
    at += 8;
  }
  return buffer;
}

/** Safe integers, negative ones too. */
export function int8Array(values: readonly number[]): Buffer {
  const buffer = begin(INT8, values.length, values.length * 12);
  let at = HEADER_BYTES;
  for (const value of values) {
    buffer.writeInt32BE(8, at);
    buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), at + 4);
    buffer.writeUInt32BE(value >>> 0, at + 8);
    at += 12;
  }
  return buffer;
}

export function boolArray(values: readonly boolean[]): Buffer {
  const buffer = begin(BOOL, values.length, values.length * 5);
  let at = HEADER_BYTES;
  for (const value of values) {
    buffer.writeInt32BE(1, at);
    buffer[at + 4] = value ? 1 : 0;
    at += 5;
  }
  return buffer;
}

/** Well-formed strings without NUL; the caller has checked. */
export function textArray(values: readonly (string | null)[]): Buffer {
  let bytes = 0;
  for (const value of values) bytes += 4 + (value === null ? 0 : Buffer.byteLength(value));
  const buffer = begin(TEXT, values.length, bytes);
  let at = HEADER_BYTES;
  for (const value of values) {
    const length = value === null ? -1 : buffer.write(value, at + 4);
    buffer.writeInt32BE(length, at);
    at += 4 + Math.max(length, 0);
  }
  return buffer;
}

export function byteaArray(values: readonly (Buffer | null)[]): Buffer {
  return bytesArray(BYTEA, values);
}

/** Each value is the 16 bytes of a UUID. */
export function uuidArray(values: readonly (Buffer | null)[]): Buffer {
  return bytesArray(UUID, values);
}

/** Each value is JSON text. Layout of an element: version 1 as a byte, then the text. */
export function jsonbArray(values: readonly string[]): Buffer {
  let bytes = 0;
  for (const value of values) bytes += 5 + Buffer.byteLength(value);
  const buffer = begin(JSONB, values.length, bytes);
  let at = HEADER_BYTES;
  for (const value of values) {
    const length = buffer.write(value, at + 5);
    buffer.writeInt32BE(length + 1, at);
    buffer[at + 4] = 1;
    at += 5 + length;
  }
  return buffer;
}

function bytesArray(oid: number, values: readonly (Buffer | null)[]): Buffer {
  let bytes = 0;
  for (const value of values) bytes += 4 + (value === null ? 0 : value.length);
  const buffer = begin(oid, values.length, bytes);
  let at = HEADER_BYTES;
  for (const value of values) {
    buffer.writeInt32BE(value === null ? -1 : value.length, at);
    at += 4;
    if (value !== null) at += value.copy(buffer, at);
  }
  return buffer;
}
