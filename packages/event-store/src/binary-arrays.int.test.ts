import type { TestDatabase } from '@vienuviet/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boolArray, byteaArray, int4Array, int8Array, jsonbArray, textArray, uuidArray } from './binary-arrays.ts';
import { eventStoreDatabase } from './test-support/store.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await eventStoreDatabase();
});
afterAll(() => database.drop());

const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0') && value.isWellFormed());
const bytes = fc.uint8Array({ maxLength: 50 }).map((value) => Buffer.from(value));
const nullable = <T>(values: fc.Arbitrary<T>) => fc.array(fc.option(values), { maxLength: 20 });

/** Each array as PostgreSQL reads it from the binary format, back as JSON text. */
const echo = async (type: string, parameter: Buffer): Promise<unknown> => {
  const pool = database.pool('writer', 1);
  const { rows } = await pool.query(`select to_json($1::${type}[]) as value`, [parameter]);
  await pool.end();
  return rows[0].value;
};

test('arrays arrive as they were sent', { timeout: 30_000 }, async () => {
  const samples = fc.record({
    int4: fc.array(fc.integer()),
    int8: fc.array(fc.maxSafeInteger()),
    bool: fc.array(fc.boolean()),
    text: nullable(text),
    bytea: nullable(bytes),
    uuid: nullable(fc.uuid()),
    jsonb: fc.array(fc.dictionary(fc.constantFrom('a', 'b'), text).map((value) => JSON.parse(JSON.stringify(value)))),
  });
  await fc.assert(
    fc.asyncProperty(samples, async (sample) => {
      expect(await echo('int4', int4Array(sample.int4))).toEqual(sample.int4);
      expect(await echo('int8', int8Array(sample.int8))).toEqual(sample.int8);
      expect(await echo('bool', boolArray(sample.bool))).toEqual(sample.bool);
      expect(await echo('text', textArray(sample.text))).toEqual(sample.text);
      const hex = (value: Buffer | null) => (value === null ? null : `\\x${value.toString('hex')}`);
      expect(await echo('bytea', byteaArray(sample.bytea))).toEqual(sample.bytea.map(hex));
      const ids = sample.uuid.map((value) => (value === null ? null : Buffer.from(value.replaceAll('-', ''), 'hex')));
      expect(await echo('uuid', uuidArray(ids))).toEqual(sample.uuid);
      expect(await echo('jsonb', jsonbArray(sample.jsonb.map((value) => JSON.stringify(value))))).toEqual(sample.jsonb);
    }),
    { numRuns: 25 },
  );
});
