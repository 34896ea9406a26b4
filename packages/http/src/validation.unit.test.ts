import Type from 'typebox';
import { describe, expect, test } from 'vitest';
import type { HttpProblem } from './problems.ts';
import { open, testApp } from './test-support/app.ts';
import { closed, readText, validatorCompiler } from './validation.ts';

type Checked = { value?: unknown; error?: HttpProblem };
const check = (schema: object, value: unknown, httpPart = 'body') =>
  validatorCompiler({ schema, httpPart, method: 'POST', url: '/' } as never)(value) as Checked;
const errorsOf = (checked: Checked) => checked.error?.extensions['errors'];
const rulesOf = (checked: Checked) =>
  ((errorsOf(checked) ?? []) as { path: string; rule: string }[]).map(({ path, rule }) => `${path} ${rule}`);

/** Time that this thread worked, however busy the machine is. */
const cpuMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.threadCpuUsage(since);
  return (user + system) / 1_000;
};

describe('a body', () => {
  const Body = Type.Object({
    id: Type.String({ format: 'uuid' }),
    minutes: Type.Optional(Type.Integer({ minimum: 0 })),
    address: Type.Optional(Type.Object({ town: Type.String() })),
    periods: Type.Optional(Type.Array(Type.Object({ opens: Type.String() }))),
    channel: Type.Optional(Type.Union([Type.Literal('phone'), Type.Literal('post')])),
    note: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  });
  const id = '5b0d3bb5-7a0c-4d5f-8b3f-0d3bb57a0c4d';

  test('that fits is taken as it is', () => {
    const value = { id, minutes: 5, address: { town: 'Cēsis' }, periods: [{ opens: '08:00' }], note: null };
    expect(check(Body, value).value).toBe(value);
  });

  test.each([
    ['number', { minutes: '5' }],
    ['boolean for a number', { minutes: true }],
    ['number for a string', { id: 5 }],
    ['list for a thing', { address: [{ town: 'x' }] }],
    ['thing for a list', { periods: { opens: 'x' } }],
    ['null for a thing', { address: null }],
  ])('is not bent into its schema: %s', (_name, wrong) => {
    expect(check(Body, { id, ...wrong }).error?.code).toBe('invalid_request');
  });

  test.each([
    ['at the top', { extra: 1 }, '/extra unknown_field'],
    ['inside a thing', { address: { town: 'x', extra: 1 } }, '/address/extra unknown_field'],
    ['inside a list', { periods: [{ opens: 'x', extra: 1 }] }, '/periods/0/extra unknown_field'],
  ])('with an unknown field %s is refused', (_where, wrong, told) => {
    expect(rulesOf(check(Body, { id, ...wrong }))).toEqual([told]);
  });

  test('that is missing, or no object, is refused', () => {
    for (const value of [undefined, null, [], 'x', 5]) expect(rulesOf(check(Body, value))).toEqual(['/ type']);
  });

  test('is told every wrong field, by path and rule', () => {
    const wrong = { minutes: -1, address: {}, channel: 'pigeon', note: 'x' };
    expect(rulesOf(check(Body, wrong)).sort()).toEqual([
      '/address/town required',
      '/channel one_of',
      '/id required',
      '/minutes minimum',
      '/note anyOf',
      '/note type',
    ]);
  });

  test('is never told the values that it sent, nor names that are no names', () => {
    const secret = '010190-12345';
    const checked = check(Body, {
      id: secret,
      channel: secret,
      [`<${secret}>`]: 1,
      address: { town: 1, [`${secret}/x`]: 1 },
    });
    expect(JSON.stringify([errorsOf(checked), checked.error?.detail])).not.toContain(secret);
    expect(rulesOf(checked)).toContain('/? unknown_field');
  });

  test('with thousands of wrong fields gets a short answer', () => {
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`f${index}`, index]));
    const { error } = check(Body, { id, ...many });
    expect(error?.extensions['errors']).toHaveLength(20);
  });

  test.each([
    ['bytes', Buffer.alloc(4_000_000)],
    ['bytes inside a thing', { id, address: new Uint8Array(4_000_000) }],
    ['no bytes', Buffer.alloc(0)],
    ['a date', new Date()],
  ])('that is no JSON is refused at once: %s', (_name, value) => {
    const before = process.threadCpuUsage();
    const { error } = check(Body, value);
    expect(cpuMs(before)).toBeLessThan(200);
    expect(error?.extensions['errors']).toEqual([{ in: 'body', path: '/', rule: 'type', message: 'must be JSON' }]);
  });

  test('that is no JSON is for a schema that takes anything', () => {
    const bytes = Buffer.from('a,b');
    expect(check(Type.Unknown({ description: 'The file.' }), bytes).value).toBe(bytes);
  });

  test.each(['at the top', 'inside a thing', 'of an intersection'])(
    'of very many fields is refused cheaply: %s',
    (where) => {
      const many = Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`f${index}`, index]));
      const value = where === 'inside a thing' ? { id, address: many } : many;
      const schema = where === 'of an intersection' ? Type.Intersect([Body, Type.Object({})]) : Body;
      const before = process.threadCpuUsage();
      const { error } = check(schema, value);
      expect(cpuMs(before)).toBeLessThan(250);
      expect(error?.extensions['errors']).toEqual([
        { in: 'body', path: '/', rule: 'maxProperties', message: 'has a thing with more than 5000 fields' },
      ]);
    },
  );

  test('of an intersection is closed as a whole, and each part knows the fields of the others', () => {
    const both = Type.Intersect([
      Type.Object({ a: Type.String() }),
      Type.Object({ b: Type.Object({ c: Type.String() }) }),
    ]);
    expect(check(both, { a: 'x', b: { c: 'y' } }).error).toBeUndefined();
    expect(rulesOf(check(both, { a: 'x', b: { c: 'y' }, d: 1 }))).toEqual(['/d unknown_field']);
    expect(rulesOf(check(both, { a: 'x', b: { c: 'y', d: 1 } }))).toContain('/b/d unknown_field');
    expect(rulesOf(check(both, { a: 'x' }))).toEqual(['/b required']);
  });

  test('stays open where the schema says so', () => {
    expect(check(Type.Object({}, { additionalProperties: true }), { any: 1 }).error).toBeUndefined();
    expect(check(Type.Record(Type.String(), Type.Integer()), { any: 1 }).error).toBeUndefined();
  });

  test('fields that objects have by nature are unknown too', () => {
    const value = JSON.parse('{"toString":1,"valueOf":2}') as unknown;
    expect(rulesOf(check(Type.Object({}), value))).toEqual(['/toString unknown_field', '/valueOf unknown_field']);
  });
});

describe('text of a query', () => {
  const Query = Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1 })),
    share: Type.Optional(Type.Number()),
    open: Type.Optional(Type.Boolean()),
    stage: Type.Optional(Type.Array(Type.Union([Type.Literal('a'), Type.Literal('b')]))),
    text: Type.Optional(Type.String()),
    either: Type.Optional(Type.Union([Type.Integer(), Type.Literal('all')])),
  });
  const query = (value: object) => check(Query, value, 'querystring');

  test('becomes numbers, booleans and lists where the schema has them', () => {
    const read = query({ limit: '5', share: '0.25', open: 'true', stage: 'a', text: '5', either: '7' });
    expect(read.value).toEqual({ limit: 5, share: 0.25, open: true, stage: ['a'], text: '5', either: 7 });
    expect(query({ stage: ['a', 'b'], either: 'all', open: 'false' }).value).toEqual({
      stage: ['a', 'b'],
      either: 'all',
      open: false,
    });
  });

  test.each(['', ' ', '5 ', '1.7', '1e3', '0x10', '05', 'true', '+5', '-', '12345678901234567890', 'NaN', '٥'])(
    'is not bent into an integer: %j',
    (limit) => {
      expect(rulesOf(query({ limit }))).toEqual(['/limit type']);
    },
  );

  test.each(['', '1', '0', 'TRUE', 'yes', 'on'])('is not bent into a boolean: %j', (text) => {
    expect(rulesOf(query({ open: text }))).toEqual(['/open type']);
  });

  test('given twice is refused where one is meant', () => {
    expect(rulesOf(query({ limit: ['1', '2'] }))).toEqual(['/limit type']);
    expect(rulesOf(query({ text: ['1', '2'] }))).toEqual(['/text type']);
  });

  test('with an unknown name is refused', () => {
    expect(rulesOf(query({ limti: '5' }))).toEqual(['/limti unknown_field']);
  });

  test('with the name of an inherited field is not read from the prototype', () => {
    expect(readText({ type: 'object', properties: {} }, { constructor: '1' })).toEqual({ constructor: '1' });
  });
});

test('headers stay open: browsers and proxies add their own', () => {
  const checked = check(Type.Object({ purpose: Type.String() }), { purpose: 'audit', accept: '*/*' }, 'headers');
  expect(checked.error).toBeUndefined();
});

test('a plugin that adds a schema of its own is checked like every other', async () => {
  const { app } = await testApp();
  await app.register(async (routes) => {
    routes.addSchema({ $id: 'Own', type: 'object' });
    const querystring = Type.Object({ limit: Type.Optional(Type.Integer()) });
    routes.get('/inner', { config: open, schema: { querystring } }, async ({ query }) => query);
  });
  for (const query of ['limti=5', 'limit=1.0', 'limit=']) {
    const answer = await app.inject(`/inner?${query}`);
    expect(answer.json()).toMatchObject({ code: 'invalid_request', errors: [{ in: 'query' }] });
  }
  await app.close();
});

test('closing a schema leaves the schema itself alone', () => {
  const schema = Type.Object({ a: Type.Object({}) });
  const before = JSON.stringify(schema);
  closed(schema);
  expect(JSON.stringify(schema)).toBe(before);
});
