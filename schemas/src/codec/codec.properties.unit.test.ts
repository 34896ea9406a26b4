import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codec, contracts, newestOf, SchemaError } from '../index.ts';
import { dataOf } from '../testing/index.ts';

const events = [...contracts.byType.values()].map(newestOf);

/** Ways in which a message is damaged on its way. */
const damages: readonly ((bytes: Buffer, at: number, byte: number) => Buffer)[] = [
  (bytes, at, byte) => Buffer.from(bytes.with(at, byte)),
  (bytes, at, byte) => Buffer.from(bytes.with(at, bytes[at]! ^ (1 << (byte % 8)))),
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at, byte) => Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at)]),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
  (bytes, at) => Buffer.concat([bytes, bytes.subarray(at)]),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.alloc(9, 0xff), bytes.subarray(at)]),
];

const readsOrRefuses = (bytes: Buffer): void => {
  try {
    codec.decode(bytes);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
  }
};

describe.each(events)('$type', ({ type, subject, schema }) => {
  test('any data of it come back as they were', () => {
    fc.assert(
      fc.property(dataOf(schema), (data) => {
        const { payload, schemaId } = codec.encode(type, data);
        expect(codec.decode(payload)).toEqual({ type, schemaId, data });
      }),
      { numRuns: 60 },
    );
  });

  test('damaged messages of it are read or refused, never anything else', () => {
    const damage = fc.record({ kind: fc.nat(damages.length - 1), at: fc.nat(), byte: fc.nat(255) });
    fc.assert(
      fc.property(dataOf(schema), fc.array(damage, { minLength: 1, maxLength: 3 }), (data, list) => {
        let bytes = codec.encode(type, data).payload;
        for (const { kind, at, byte } of list) {
          if (bytes.length > 0) bytes = damages[kind]!(bytes, at % bytes.length, byte);
        }
        readsOrRefuses(bytes);
      }),
      { numRuns: 150 },
    );
  });

  test('random bytes behind its id are read or refused, never anything else', () => {
    const { id } = contracts.lock.find((entry) => entry.subject === subject)!;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        const frame = Buffer.alloc(5);
        frame.writeInt32BE(id, 1);
        readsOrRefuses(Buffer.concat([frame, body]));
      }),
      { numRuns: 100 },
    );
  });
});
