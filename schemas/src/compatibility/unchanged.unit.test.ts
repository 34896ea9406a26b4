import { describe, expect, test } from 'vitest';
import { enumOf, field, type Json, millis, optional, painted, paintedIn, slug, uuid } from '../testing/contracts.ts';
import { versionProblems } from './check-contracts.ts';
import { resolutionFault } from './resolution.ts';

/** What avsc says of both directions: undefined when it takes the change. */
const avscRefusal = (earlier: Json, later: Json): string | undefined =>
  resolutionFault({ json: later }, { json: earlier }) ?? resolutionFault({ json: earlier }, { json: later });

const problemsOf = (...versions: Json[]): string[] =>
  versionProblems(paintedIn(...versions)).map(({ problem }) => problem);

const decimal = (precision: number, scale: number) => ({ type: 'bytes', logicalType: 'decimal', precision, scale });
const one = (type: unknown, more?: Json): Json => painted([field('it', type, more)]);
const item = (...fields: Json[]): Json => ({ type: 'record', name: 'Item', doc: 'Item.', fields });

describe('changes that avsc takes in both directions, and that are refused here', () => {
  test.each<{ what: string; earlier: Json; later: Json; said: string }>([
    {
      what: 'another scale of a decimal',
      earlier: one(decimal(10, 2)),
      later: one(decimal(10, 3)),
      said: 'it: scale was 2 and is 3',
    },
    {
      what: 'another precision of a decimal',
      earlier: one(decimal(10, 2)),
      later: one(decimal(12, 2)),
      said: 'it: precision was 10 and is 12',
    },
    {
      what: 'a logical type on what was a plain number',
      earlier: one('long'),
      later: one(millis),
      said: 'it: logicalType was none and is "timestamp-millis"',
    },
    {
      what: 'a logical type taken away',
      earlier: one(uuid),
      later: one('string'),
      said: 'it: logicalType was "uuid" and is none',
    },
    {
      what: 'milliseconds that become microseconds',
      earlier: one(millis),
      later: one({ type: 'long', logicalType: 'timestamp-micros' }),
      said: 'it: logicalType was "timestamp-millis" and is "timestamp-micros"',
    },
    {
      what: 'another logical type inside what may be absent',
      earlier: painted([optional('it', 'long')]),
      later: painted([optional('it', millis)]),
      said: 'it: logicalType was none',
    },
    {
      what: 'another logical type in a list of records',
      earlier: one({ type: 'array', items: item(field('at', 'long')) }),
      later: one({ type: 'array', items: item(field('at', millis)) }),
      said: 'it[].at: logicalType was none',
    },
    {
      what: 'another default',
      earlier: one('int', { default: 0 }),
      later: one('int', { default: 1 }),
      said: 'it had the default 0 and has the default 1',
    },
    {
      what: 'a default for what had none',
      earlier: one('int'),
      later: one('int', { default: 0 }),
      said: 'it had no default and has the default 0',
    },
    {
      what: 'a default taken away',
      earlier: one('int', { default: 0 }),
      later: one('int'),
      said: 'it had the default 0 and has no default',
    },
    {
      what: 'a field that is gone',
      earlier: painted([field('id', uuid), optional('it', slug)]),
      later: painted([field('id', uuid)]),
      said: 'it is gone, and what is stored in it with it',
    },
    {
      what: 'a field under another name',
      earlier: painted([field('id', uuid), optional('it', slug)]),
      later: painted([field('id', uuid), optional('that', slug)]),
      said: 'it is gone',
    },
    {
      what: 'a symbol that is gone',
      earlier: one(enumOf('Color', 'red', 'blue')),
      later: one(enumOf('Color', 'red')),
      said: 'it lost the symbol blue: old events would read as unknown',
    },
    {
      what: 'a symbol under another name',
      earlier: one(enumOf('Color', 'red')),
      later: one(enumOf('Color', 'crimson')),
      said: 'it lost the symbol red',
    },
    {
      what: 'another default symbol',
      earlier: one(enumOf('Color', 'red')),
      later: one({ ...enumOf('Color', 'red'), default: 'red' }),
      said: 'it had the default symbol unknown and has red',
    },
    {
      what: 'another format',
      earlier: one(slug),
      later: one({ type: 'string', format: 'name' }),
      said: 'it: format was "slug" and is "name"',
    },
    {
      what: 'a wider range',
      earlier: one({ type: 'int', maximum: 5 }),
      later: one({ type: 'int', maximum: 10 }),
      said: 'it: maximum was 5 and is 10',
    },
    {
      what: 'another owner of sealed data',
      earlier: one('bytes', { pii: 'subjectId' }),
      later: one('bytes', { pii: 'clerkId' }),
      said: 'it: pii was "subjectId" and is "clerkId"',
    },
    {
      what: 'data that are no longer sealed',
      earlier: one('bytes', { pii: 'subjectId' }),
      later: one('bytes'),
      said: 'it: pii was "subjectId" and is none',
    },
    { what: 'an alias', earlier: one(slug), later: one(slug, { aliases: ['that'] }), said: 'it has other aliases' },
    {
      what: 'text that becomes null or text the other way round',
      earlier: painted([field('it', ['null', slug])]),
      later: painted([field('it', [slug, 'null'])]),
      said: 'it was null and is string',
    },
    {
      what: 'text that becomes bytes',
      earlier: one('string'),
      later: one('bytes'),
      said: 'it was string and is bytes',
    },
  ])('$what', ({ earlier, later, said }) => {
    expect(avscRefusal(earlier, later)).toBeUndefined();
    expect(problemsOf(earlier, later).join('\n')).toContain(said);
  });
});

describe('changes that avsc refuses in one direction at least', () => {
  test.each<{ what: string; earlier: Json; later: Json }>([
    {
      what: 'a new field without a default',
      earlier: one(slug),
      later: painted([field('it', slug), field('that', slug)]),
    },
    {
      what: 'a needed field that is gone',
      earlier: painted([field('it', slug), field('that', slug)]),
      later: one(slug),
    },
    { what: 'a wider number', earlier: one('int'), later: one('long') },
    { what: 'what could not be absent and now can', earlier: one(slug), later: painted([optional('it', slug)]) },
    {
      what: 'a symbol that an older enum without a default cannot read',
      earlier: one({ ...enumOf('Color', 'red'), default: undefined }),
      later: one({ ...enumOf('Color', 'red', 'blue'), default: undefined }),
    },
    { what: 'a list that becomes one value', earlier: one({ type: 'array', items: slug }), later: one(slug) },
    { what: 'another name of a type', earlier: one(enumOf('Color', 'red')), later: one(enumOf('Colour', 'red')) },
    {
      what: 'another size',
      earlier: one({ type: 'fixed', name: 'F', size: 4 }),
      later: one({ type: 'fixed', name: 'F', size: 5 }),
    },
  ])('$what', ({ earlier, later }) => {
    expect(avscRefusal(earlier, later)).toBeTypeOf('string');
    expect(problemsOf(earlier, later)).not.toEqual([]);
  });
});

describe('changes that are allowed', () => {
  const before = painted([field('id', uuid), field('it', enumOf('Color', 'red'))]);
  test.each<{ what: string; later: Json }>([
    {
      what: 'a field that can be absent',
      later: painted([field('id', uuid), field('it', enumOf('Color', 'red')), optional('by', slug)]),
    },
    { what: 'a new symbol', later: painted([field('id', uuid), field('it', enumOf('Color', 'red', 'blue'))]) },
    { what: 'another order of the fields', later: painted([field('it', enumOf('Color', 'red')), field('id', uuid)]) },
    { what: 'better words', later: { ...before, doc: 'Somebody painted something.' } },
  ])('$what', ({ later }) => {
    expect(problemsOf(before, later)).toEqual([]);
  });
});

test('every version is compared with every earlier one, not with the last alone', () => {
  const versions = [
    painted([field('id', uuid)]),
    painted([field('id', uuid), optional('it', 'int')]),
    painted([field('id', uuid), optional('it', 'int'), optional('that', 'int')]),
    painted([field('id', uuid), optional('it', millis), optional('that', 'int')]),
  ];
  const problems = versionProblems(paintedIn(...versions));
  const files = new Set(problems.map(({ file }) => file));
  expect(files).toContain('test/Painted/v4.avsc');
  expect(problems.map(({ problem }) => problem).filter((problem) => problem.startsWith('against'))).toEqual([
    'against v2: it was int and is long',
    'against v3: it was int and is long',
  ]);
});

test('an experimental contract may change', () => {
  const contract = paintedIn(one('int'), one('string'));
  expect(versionProblems(contract)).not.toEqual([]);
  expect(versionProblems({ ...contract, experimental: true })).toEqual([]);
});
