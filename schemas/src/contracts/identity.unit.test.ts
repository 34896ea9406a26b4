import avro from 'avsc';
import { describe, expect, test } from 'vitest';
import { readSchema } from './avro-schema.ts';
import { identityOf } from './identity.ts';

const record = (field: object, more: object = {}) => ({
  type: 'record',
  name: 'R',
  namespace: 'n',
  fields: [{ name: 'a', ...field }],
  ...more,
});
const identity = (schema: object): string => identityOf(readSchema(schema));
const fingerprint = (schema: object): string =>
  avro.Type.forSchema(schema as avro.Schema)
    .fingerprint()
    .toString('hex');

const plain = record({ type: 'long' });

describe('two schemas are different, though avsc gives them one fingerprint, when they differ in', () => {
  test.each([
    { what: 'a default', other: record({ type: 'long', default: 1 }) },
    { what: 'a logical type', other: record({ type: { type: 'long', logicalType: 'timestamp-millis' } }) },
    { what: 'a bound', other: record({ type: { type: 'long', minimum: 1 } }) },
    { what: 'the seal of a field', other: record({ type: 'long', pii: 'subjectId' }) },
    { what: 'an alias', other: record({ type: 'long', aliases: ['b'] }) },
  ])('$what', ({ other }) => {
    expect(fingerprint(other)).toBe(fingerprint(plain));
    expect(identity(other)).not.toBe(identity(plain));
  });

  test('the default symbol of an enum', () => {
    const color = (more: object) => record({ type: { type: 'enum', name: 'C', symbols: ['x', 'y'], ...more } });
    expect(identity(color({ default: 'x' }))).not.toBe(identity(color({})));
    expect(identity(color({ default: 'x' }))).not.toBe(identity(color({ default: 'y' })));
  });
});

describe('one schema stays the same when', () => {
  test.each([
    { what: 'its words change', other: record({ type: 'long', doc: 'a' }, { doc: 'R' }) },
    { what: 'a type stands in brackets', other: record({ type: { type: 'long' } }) },
    {
      what: 'its name is written in full',
      other: { type: 'record', name: 'n.R', fields: [{ name: 'a', type: 'long' }] },
    },
    {
      what: 'its keys stand in another order',
      other: { fields: [{ type: 'long', name: 'a' }], namespace: 'n', name: 'R', type: 'record' },
    },
  ])('$what', ({ other }) => {
    expect(identity(other)).toBe(identity(plain));
  });
});

describe('what is no schema is told as such', () => {
  test.each([
    { schema: record({ type: 'strin' }), said: 'the type strin is not defined before it is used' },
    { schema: { type: 'record', name: 'R' }, said: 'R has no fields' },
    { schema: { type: 'enum', name: 'E', symbols: [] }, said: 'E has no symbols' },
    { schema: { type: 'fixed', name: 'F' }, said: 'F has no size' },
    { schema: { type: 'record', fields: [] }, said: 'has no name' },
    {
      schema: [
        { type: 'enum', name: 'E', symbols: ['a'] },
        { type: 'enum', name: 'E', symbols: ['a'] },
      ],
      said: 'the type E is defined twice',
    },
    {
      schema: record({ type: { type: ['null', 'int'], minimum: 1 } }),
      said: 'minimum beside a reference says nothing',
    },
    { schema: 5, said: '5 is no schema' },
  ])('$said', ({ schema, said }) => {
    expect(() => readSchema(schema)).toThrow(said);
  });
});

test('a record that contains itself is read', () => {
  const list = { type: 'record', name: 'List', fields: [{ name: 'next', type: ['null', 'List'] }] };
  expect(identity(list)).toMatch(/^[0-9a-f]{64}$/);
});
