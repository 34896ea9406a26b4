import { describe, expect, test } from 'vitest';
import { avroTypeOf } from '../codec/avro-type.ts';
import { contractOf, newestOf } from '../contracts/contracts.ts';
import {
  enumOf,
  field,
  type Json,
  millis,
  optional,
  painted,
  paintedIn,
  slug,
  stamp,
  uuid,
} from '../testing/contracts.ts';
import { ruleProblems } from './rules.ts';
import { sharedNameProblems } from './shared-names.ts';

const problemsOf = (schema: Json, topic?: string): string[] => {
  const contract = paintedIn(schema);
  return ruleProblems(contract, newestOf(contract), topic).map(({ problem }) => problem);
};
const one = (type: unknown, more?: Json): Json => painted([field('it', type, more)]);
const color = enumOf('Color', 'red');

describe('schemas that avsc takes, and that are refused here', () => {
  test.each<{ what: string; schema: Json; said: string }>([
    { what: 'text that may say anything', schema: one('string'), said: 'it: a string needs a format' },
    {
      what: 'text that may say anything in a list',
      schema: one({ type: 'array', items: 'string' }),
      said: 'it[]: a string needs a format',
    },
    {
      what: 'text that may be absent and say anything',
      schema: painted([optional('it', 'string')]),
      said: 'it: a string needs a format',
    },
    {
      what: 'a format that does not exist',
      schema: one({ type: 'string', format: 'comment' }),
      said: 'it: a string needs a format',
    },
    {
      what: 'a format with a typing error',
      schema: one({ type: 'string', fromat: 'slug' }),
      said: 'it: nothing reads the property fromat',
    },
    {
      what: 'an enum without a default',
      schema: one({ ...color, default: undefined }),
      said: 'it: the enum needs the symbol and default "unknown"',
    },
    {
      what: 'an enum whose default is a fact',
      schema: one({ ...color, default: 'red' }),
      said: 'it: the enum needs the symbol and default "unknown"',
    },
    {
      what: 'a symbol in capitals',
      schema: one(enumOf('Color', 'RED')),
      said: 'it: the symbol RED is not in snake_case',
    },
    {
      what: 'a logical type that does not exist',
      schema: one({ type: 'long', logicalType: 'timestamp-milis' }),
      said: 'it: the logical type timestamp-milis of long is none of ours',
    },
    {
      what: 'a logical type of another type',
      schema: one({ type: 'string', logicalType: 'timestamp-millis' }),
      said: 'it: the logical type timestamp-millis of string',
    },
    {
      what: 'a decimal',
      schema: one({ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }, { pii: 'id' }),
      said: 'it: the logical type decimal',
    },
    {
      what: 'bytes that nobody can erase',
      schema: one('bytes'),
      said: 'it: bytes are sealed personal data and name their subject in "pii"',
    },
    {
      what: 'a list of sealed values',
      schema: painted([field('id', uuid), field('it', { type: 'array', items: 'bytes' }, { pii: 'id' })]),
      said: 'it: sealed fields stand in records, not in lists',
    },
    {
      what: 'a subject that the event does not tell',
      schema: painted([field('id', uuid), field('it', 'bytes', { pii: 'subjectId' })]),
      said: 'it: "pii" has to be the path of a UUID of the event, not "subjectId"',
    },
    {
      what: 'a record in itself, in which sealed values would have no end',
      schema: painted([
        field('it', { type: 'record', name: 'Node', doc: 'Node.', fields: [optional('next', 'Node')] }),
      ]),
      said: 'it.next: a record does not contain itself',
    },
    {
      what: 'keys that may say anything',
      schema: one({ type: 'map', values: uuid }),
      said: 'it is a map, whose keys take anything',
    },
    { what: 'a subject beside what is not sealed', schema: one(slug, { pii: 'id' }), said: 'and nothing else does' },
    { what: 'a fixed value', schema: one({ type: 'fixed', name: 'F', size: 4 }), said: 'it is fixed' },
    { what: 'an inexact number', schema: one('double'), said: 'it: amounts and measures are whole numbers' },
    {
      what: 'a default that is a fact',
      schema: one('int', { default: 0 }),
      said: 'it: what can be absent is ["null", …] with the default null',
    },
    {
      what: 'what can be absent without a default',
      schema: one(['null', slug]),
      said: 'it: what can be absent is ["null", …] with the default null',
    },
    { what: 'null in the second place', schema: one([slug, 'null']), said: 'it: the only union is ["null", …]' },
    {
      what: 'a choice of types',
      schema: painted([field('it', ['null', slug, 'int'], { default: null })]),
      said: 'it: the only union is ["null", …]',
    },
    { what: 'a field without a doc', schema: painted([{ name: 'it', type: slug }]), said: 'it has no doc' },
    {
      what: 'a record without a doc',
      schema: painted([field('it', slug)], { doc: ' ' }),
      said: 'lv.vienuviet.test.Painted has no doc',
    },
    {
      what: 'an enum without a doc',
      schema: one({ ...color, doc: undefined }),
      said: 'lv.vienuviet.test.Color has no doc',
    },
    { what: 'a field in snake_case', schema: painted([field('case_id', uuid)]), said: 'case_id is not in camelCase' },
    { what: 'an alias of a field', schema: one(slug, { aliases: ['that'] }), said: 'it has aliases' },
    {
      what: 'an alias of the record',
      schema: painted([field('it', slug)], { aliases: ['Coloured'] }),
      said: 'Painted has aliases',
    },
    {
      what: 'bounds that leave nothing',
      schema: one({ type: 'int', minimum: 5, maximum: 1 }),
      said: 'it: minimum is not below maximum',
    },
    {
      what: 'a bound that is no number',
      schema: one({ type: 'int', minimum: '1' }),
      said: 'it: minimum is no whole number',
    },
  ])('$what', ({ schema, said }) => {
    expect(() => avroTypeOf(schema)).not.toThrow();
    expect(problemsOf(schema).join('\n')).toContain(said);
  });
});

test.each([
  { what: 'occurredAt', fields: stamp.slice(1), said: 'has no occurredAt' },
  { what: 'actorId', fields: stamp.slice(0, 1), said: 'has no actorId' },
  { what: 'occurredAt as a plain number', fields: [field('occurredAt', 'long'), stamp[1]!], said: 'has no occurredAt' },
  { what: 'actorId that may be absent', fields: [stamp[0]!, optional('actorId', slug)], said: 'has no actorId' },
])('an event on a topic without $what is refused; a local one may lack it', ({ fields, said }) => {
  const schema = painted([field('id', uuid), ...fields]);
  expect(problemsOf(schema, 'test.painting').join('\n')).toContain(said);
  expect(problemsOf(schema)).toEqual([]);
});

test('what avsc refuses is told too', () => {
  const wrongDefault = painted([field('it', ['null', slug], { default: 'red' })]);
  expect(problemsOf(wrongDefault).join('\n')).toContain('is no Avro schema');
});

test('a contract as it should be has no problems', () => {
  const period = {
    type: 'record',
    name: 'Period',
    doc: 'Period.',
    fields: [field('from', millis), optional('to', millis)],
  };
  const schema = painted([
    field('id', uuid),
    field('color', color),
    field('score', { type: 'int', minimum: 1, maximum: 5 }),
    field('periods', { type: 'array', items: period }),
    optional('period', 'Period'),
    optional('note', 'bytes', { pii: 'id' }),
    ...stamp,
  ]);
  expect(problemsOf(schema, 'test.painting')).toEqual([]);
});

test('an event has a name like an event', () => {
  const contract = contractOf('test.painted', [JSON.stringify({ ...painted([field('id', uuid)]), name: 'painted' })]);
  expect(ruleProblems(contract, newestOf(contract), undefined)[0]?.problem).toContain('test.painted is not named like');
});

describe('a name that several events share', () => {
  const other = (schema: Json, experimental = false) =>
    contractOf(
      'test.Coloured',
      [JSON.stringify({ ...painted([field('it', schema)]), name: 'Coloured' })],
      experimental,
    );

  test('means the same in all of them', () => {
    expect(sharedNameProblems([paintedIn(one(color)), other(color)])).toEqual([]);
    expect(sharedNameProblems([paintedIn(one(color)), other(enumOf('Color', 'red', 'blue'))])).toEqual([
      { file: 'test/Coloured/v1.avsc', problem: 'lv.vienuviet.test.Color is another one than in test/Painted/v1.avsc' },
    ]);
  });

  test('is looked at in the newest versions only, and not in experimental ones', () => {
    const grown = enumOf('Color', 'red', 'blue');
    expect(sharedNameProblems([paintedIn(one(color), one(grown)), other(grown)])).toEqual([]);
    expect(sharedNameProblems([paintedIn(one(color)), other(grown, true)])).toEqual([]);
  });
});
