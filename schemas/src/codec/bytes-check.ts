/**
 * Whether bytes are one whole message of a schema. avsc reads past the end of a buffer and believes every length: an
 * array that claims 2^31 items makes it loop for minutes over nothing, and bad UTF-8 becomes U+FFFD without a word. So
 * the bytes are walked first, and only what is sound is handed to it.
 *
 *   int, long    7 bits a byte, lowest first, top bit: more follow; zig-zag
 *   string       long length, UTF-8           bytes: the same without UTF-8
 *   boolean      0 or 1                       float, double: 4, 8 bytes
 *   enum, union  int index (of the branch), then the branch
 *   array, map   blocks: long count, items …; count < 0: its size in bytes follows; count 0 ends
 *   record       its fields in order          fixed: its bytes
 */
import { isUtf8 } from 'node:buffer';
import type { AvroSchema, Primitive } from '../contracts/avro-schema.ts';

/** Walks one value from a position; returns the position behind it. Throws `MalformedBytes`. */
type Walk = (bytes: Buffer, position: number) => number;

export class MalformedBytes extends Error {}

/** Makes the walk of a schema: throws `MalformedBytes` unless exactly one value of it begins at `from` and ends the bytes. */
export function bytesCheckOf(schema: AvroSchema): (bytes: Buffer, from: number) => void {
  const walk = build(schema, new Map());
  return (bytes, from) => {
    const end = walk(bytes, from);
    if (end !== bytes.length) throw new MalformedBytes(`${bytes.length - end} bytes follow the end of the message`);
  };
}

function build(schema: AvroSchema, made: Map<string, Walk>): Walk {
  switch (schema.type) {
    case 'record': {
      const known = made.get(schema.name);
      if (known !== undefined) return known;
      const fields: Walk[] = [];
      const walk: Walk = (bytes, position) => {
        let at = position;
        for (const field of fields) at = field(bytes, at);
        return at;
      };
      made.set(schema.name, walk);
      for (const field of schema.fields) fields.push(build(field.type, made));
      return walk;
    }
    case 'enum':
      return choice(schema.symbols.map(() => (_bytes, position) => position));
    case 'union':
      return choice(schema.branches.map((branch) => build(branch, made)));
    case 'array':
      return blocks(build(schema.items, made));
    case 'map': {
      const value = build(schema.values, made);
      return blocks((bytes, position) => value(bytes, text(bytes, position)));
    }
    case 'fixed':
      return skip(schema.size);
    default:
      return primitives[schema.type];
  }
}

const skip =
  (length: number): Walk =>
  (bytes, position) => {
    if (position + length > bytes.length) throw new MalformedBytes('the message ends in the middle of a value');
    return position + length;
  };

const boolean: Walk = (bytes, position) => {
  if (position >= bytes.length) throw new MalformedBytes('the message ends in the middle of a value');
  if (bytes[position]! > 1) throw new MalformedBytes(`${bytes[position]} is neither true nor false`);
  return position + 1;
};

/** Numbers up to a zig-zag value; of 32 bits in at most 5 bytes, of 64 bits in at most 10. */
const number =
  (maximumBytes: number, maximumZigZag: number): Walk =>
  (bytes, position) => {
    const at = endOfNumber(bytes, position, maximumBytes);
    // Four bytes hold 28 bits, which are in every range.
    if (at - position > 4 && zigZagAt(bytes, position) > maximumZigZag) {
      throw new MalformedBytes('a number is out of range');
    }
    return at;
  };

function endOfNumber(bytes: Buffer, position: number, maximumBytes: number): number {
  for (let at = position; at < position + maximumBytes; at++) {
    if (at >= bytes.length) throw new MalformedBytes('the message ends in the middle of a number');
    if (bytes[at]! < 0x80) return at + 1;
  }
  throw new MalformedBytes(`a number is longer than ${maximumBytes} bytes`);
}

/** The number as it stands, before zig-zag is undone. Its end is known to be there. Inexact beyond 2^53. */
function zigZagAt(bytes: Buffer, position: number): number {
  let value = 0;
  let factor = 1;
  for (let at = position; ; at++) {
    const byte = bytes[at]!;
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 0x80) return value;
  }
}

function numberAt(bytes: Buffer, position: number): number {
  const value = zigZagAt(bytes, position);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

const int = number(5, 2 ** 32 - 1);
/** Beyond this avsc's arithmetic is inexact; `data-check.ts` lets nothing be written beyond it either. */
const long = number(10, 2 ** 53 - 1);

function lengthAt(bytes: Buffer, position: number, after: number): number {
  const length = numberAt(bytes, position);
  if (length < 0 || length > bytes.length - after) {
    throw new MalformedBytes(`a length of ${length} with ${bytes.length - after} bytes left`);
  }
  return length;
}

const binary: Walk = (bytes, position) => {
  const after = endOfNumber(bytes, position, 10);
  return after + lengthAt(bytes, position, after);
};

const text: Walk = (bytes, position) => {
  const after = endOfNumber(bytes, position, 10);
  const end = after + lengthAt(bytes, position, after);
  for (let at = after; at < end; at++) {
    if (bytes[at]! < 0x80) continue;
    if (!isUtf8(bytes.subarray(at, end))) throw new MalformedBytes('a string is no UTF-8');
    break;
  }
  return end;
};

const choice =
  (branches: readonly Walk[]): Walk =>
  (bytes, position) => {
    const after = endOfNumber(bytes, position, 5);
    const index = numberAt(bytes, position);
    const branch = branches[index];
    if (branch === undefined) throw new MalformedBytes(`there is no choice ${index} of ${branches.length}`);
    return branch(bytes, after);
  };

/** Items that take no bytes are not told apart from a lie about their count, and have no use in an event. */
const blocks =
  (item: Walk): Walk =>
  (bytes, position) => {
    let at = position;
    for (;;) {
      let after = endOfNumber(bytes, at, 10);
      let count = numberAt(bytes, at);
      if (count === 0) return after;
      let end: number | undefined;
      if (count < 0) {
        count = -count;
        const size = after;
        after = endOfNumber(bytes, size, 10);
        end = after + lengthAt(bytes, size, after);
      }
      if (count > bytes.length - after) {
        throw new MalformedBytes(`${count} items with ${bytes.length - after} bytes left`);
      }
      at = after;
      for (let left = count; left > 0; left--) at = item(bytes, at);
      if (end !== undefined && at !== end) throw new MalformedBytes('a block has another size than it says');
    }
  };

const primitives: Readonly<Record<Primitive, Walk>> = {
  null: (_bytes, position) => position,
  boolean,
  int,
  long,
  float: skip(4),
  double: skip(8),
  bytes: binary,
  string: text,
};
