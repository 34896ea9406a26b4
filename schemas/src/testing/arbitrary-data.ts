/** Random data that fit a schema, for property tests with fast-check. */
import fc from 'fast-check';
import type { AvroSchema, PrimitiveSchema, RecordSchema } from '../contracts/avro-schema.ts';
import type { FormatName } from '../contracts/formats.ts';

/** Data of one event: everything that its codec takes. */
export const dataOf = (schema: RecordSchema): fc.Arbitrary<Record<string, unknown>> =>
  arbitraryOf(schema) as fc.Arbitrary<Record<string, unknown>>;

function arbitraryOf(schema: AvroSchema): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'record':
      return fc.record(Object.fromEntries(schema.fields.map(({ name, type }) => [name, arbitraryOf(type)])));
    case 'enum':
      return fc.constantFrom(...schema.symbols);
    case 'array':
      return fc.array(arbitraryOf(schema.items), { maxLength: 5 });
    case 'map':
      return fc.dictionary(text(10), arbitraryOf(schema.values), { maxKeys: 5, noNullPrototype: true });
    case 'union':
      return fc.oneof(...schema.branches.map(arbitraryOf));
    case 'fixed':
      return bytes(schema.size, schema.size);
    default:
      return primitive(schema);
  }
}

function primitive({ type, properties }: PrimitiveSchema): fc.Arbitrary<unknown> {
  const { minimum, maximum, logicalType, format } = properties as Record<string, never>;
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.integer({ min: minimum ?? -(2 ** 31), max: maximum ?? 2 ** 31 - 1 });
    case 'long':
      return fc.integer({ min: minimum ?? -(2 ** 52), max: maximum ?? 2 ** 52 - 1 });
    case 'float':
      return fc.float({ noNaN: true, noDefaultInfinity: true });
    case 'double':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'bytes':
      return bytes(0, 50);
    case 'string':
      if (logicalType === 'uuid') return fc.uuid();
      return format === undefined ? text(200) : ofFormat[format as FormatName];
  }
}

const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array));

const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: 'grapheme', maxLength }).filter((value) => !value.includes('\0'));

const line = (maxLength: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom('Slimības pabalsts', 'Ādažu novada dome', 'Brīvības iela 1–2', '🏛', 'x'),
    text(maxLength)
      .map((value) => value.replaceAll(/\p{Cc}/gu, ' ').trim())
      .filter((value) => value.length > 0 && value.length <= maxLength),
  );

const matching = (expression: RegExp): fc.Arbitrary<string> => fc.stringMatching(expression);

const ofFormat: Readonly<Record<FormatName, fc.Arbitrary<string>>> = {
  account: fc.oneof(fc.uuid(), matching(/^[a-z]{1,20}-[1-9]$/)),
  slug: matching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}$/),
  code: matching(/^[a-z][a-z0-9_]{0,30}$/),
  field_name: matching(/^[a-z][A-Za-z0-9]{0,30}$/),
  digest: matching(/^[0-9a-f]{64}$/),
  signature: matching(/^[0-9a-f]{128}$/),
  version: matching(/^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$/),
  registration_number: matching(/^[0-9]{11}$/),
  partner_certificate: matching(/^partner\.[0-9]{11}(\.[a-z0-9]{1,20})?$/),
  time_of_day: matching(/^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/),
  name: line(300),
  title: line(600),
  address: line(300),
  source: line(200),
  public_text: text(300).filter((value) => value.length > 0),
};
