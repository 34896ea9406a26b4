import avro from 'avsc';
import { describe, expect, test } from 'vitest';
import { readSchema } from '../contracts/avro-schema.ts';
import { bytesCheckOf, MalformedBytes } from './bytes-check.ts';

const bytes = (...list: number[]): Buffer => Buffer.from(list);
const refusalOf = (schema: unknown, message: Buffer): string | undefined => {
  try {
    bytesCheckOf(readSchema(schema))(message, 0);
    return undefined;
  } catch (error) {
    if (error instanceof MalformedBytes) return error.message;
    throw error;
  }
};
/** What avsc alone makes of the bytes. */
const read = (schema: unknown, message: Buffer): unknown =>
  avro.Type.forSchema(schema as avro.Schema).fromBuffer(message);

const strings = { type: 'array', items: 'string' };
const color = { type: 'enum', name: 'Color', symbols: ['red', 'blue'] };

describe('bytes that avsc takes, and that are no message', () => {
  test.each([
    { what: 'a boolean of 2', schema: 'boolean', message: bytes(2), said: 'neither true nor false' },
    { what: 'a string that is no UTF-8', schema: 'string', message: bytes(4, 0xc3, 0x28), said: 'no UTF-8' },
    {
      what: 'an int of more than 32 bits',
      schema: 'int',
      message: bytes(0xfe, 0xff, 0xff, 0xff, 0x1f),
      said: 'out of range',
    },
    {
      what: 'a block that lies about its size',
      schema: strings,
      message: bytes(1, 40, 2, 0x61, 0),
      said: 'a length of 20',
    },
    { what: 'a block of another size', schema: strings, message: bytes(1, 2, 2, 0x61, 0), said: 'another size' },
  ])('$what', ({ schema, message, said }) => {
    expect(() => read(schema, message)).not.toThrow();
    expect(refusalOf(schema, message)).toContain(said);
  });
});

describe('bytes that are refused', () => {
  test.each([
    { what: 'nothing', schema: 'int', message: bytes() },
    { what: 'a number that does not end', schema: 'long', message: bytes(0x80, 0x80) },
    { what: 'a number of eleven bytes', schema: 'long', message: Buffer.concat([Buffer.alloc(10, 0x80), bytes(1)]) },
    {
      what: 'a long of 64 bits',
      schema: 'long',
      message: bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1),
    },
    { what: 'a string of negative length', schema: 'string', message: bytes(1) },
    { what: 'a string longer than the message', schema: 'string', message: bytes(20, 0x61) },
    { what: 'a symbol that is not there', schema: color, message: bytes(4) },
    { what: 'a negative symbol', schema: color, message: bytes(1) },
    { what: 'a branch that is not there', schema: ['null', 'int'], message: bytes(4, 2) },
    { what: 'half a double', schema: 'double', message: bytes(1, 2, 3, 4) },
    { what: 'half a fixed value', schema: { type: 'fixed', name: 'F', size: 4 }, message: bytes(1, 2) },
    { what: 'an array without end', schema: strings, message: bytes(2, 2, 0x61) },
    { what: 'a map whose key is cut off', schema: { type: 'map', values: 'int' }, message: bytes(2, 8, 0x61) },
    { what: 'bytes behind the end', schema: 'int', message: bytes(2, 2) },
  ])('$what', ({ schema, message }) => {
    expect(refusalOf(schema, message)).toBeTypeOf('string');
  });
});

describe('bytes that are sound', () => {
  test.each([
    { what: 'the largest and smallest int', schema: { type: 'array', items: 'int' }, value: [2 ** 31 - 1, -(2 ** 31)] },
    {
      what: 'the largest and smallest long',
      schema: { type: 'array', items: 'long' },
      value: [2 ** 52 - 1, -(2 ** 52)],
    },
    { what: 'a map', schema: { type: 'map', values: ['null', 'string'] }, value: { ā: 'ž', b: null } },
    { what: 'numbers with a point', schema: { type: 'array', items: 'double' }, value: [0.1, -1e300] },
    { what: 'bytes', schema: 'bytes', value: Buffer.from([0xff, 0]) },
  ])('$what', ({ schema, value }) => {
    expect(refusalOf(schema, avro.Type.forSchema(schema as avro.Schema).toBuffer(value))).toBeUndefined();
  });

  test('an array in blocks that state their size, as other clients write them', () => {
    const message = bytes(1, 4, 2, 0x61, 2, 2, 0x62, 0);
    expect(refusalOf(strings, message)).toBeUndefined();
    expect(read(strings, message)).toEqual(['a', 'b']);
  });
});

test('avsc alone reads back another long than it wrote; ours are kept below that', () => {
  const long = avro.Type.forSchema('long');
  const message = long.toBuffer(-(2 ** 52) - 1);
  expect(long.fromBuffer(message)).toBe(2 ** 52);
  expect(refusalOf('long', message)).toBe('a number is out of range');
});

test.each([
  { what: 'texts', items: 'string' },
  { what: 'nothing at all, which takes no bytes', items: 'null' },
])('an array that claims two thousand million items of $what is refused at once', ({ items }) => {
  const claim = avro.Type.forSchema('long').toBuffer(2 ** 31 - 1);
  const started = process.threadCpuUsage();
  expect(refusalOf({ type: 'array', items }, claim)).toContain('2147483647 items with 0 bytes left');
  const { user, system } = process.threadCpuUsage(started);
  expect((user + system) / 1_000).toBeLessThan(50);
});

test('avsc alone makes what an array claims, out of nothing', () => {
  const claim = avro.Type.forSchema('long').toBuffer(100_000);
  let made = 0;
  class Counting extends avro.types.LogicalType {
    override _fromValue(value: unknown): unknown {
      made += 1;
      return value;
    }
    override _toValue(value: unknown): unknown {
      return value;
    }
  }
  const items = { type: 'string', logicalType: 'counting' };
  const type = avro.Type.forSchema({ type: 'array', items } as avro.Schema, {
    logicalTypes: { counting: Counting as never },
  });
  expect(() => type.fromBuffer(claim)).toThrow('truncated buffer');
  expect(made).toBe(100_000);
});
