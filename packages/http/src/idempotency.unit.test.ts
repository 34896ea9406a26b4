import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson, idempotencyOf } from './idempotency.ts';
import { type TestApp, testApp } from './test-support/app.ts';

const key = '5b0d3bb5-7a0c-4d5f-8b3f-0d3bb57a0c4d';
const policy = { roles: ['clerk'], scope: 'own_centre' } as const;
const Params = Type.Object({ id: Type.String() });
const Body = Type.Object({ a: Type.Optional(Type.Integer()), b: Type.Optional(Type.Integer()) });
let it: TestApp;

beforeAll(async () => {
  it = await testApp();
  for (const path of ['claim', 'close']) {
    it.app.post(
      `/v1/cases/:id/${path}`,
      { config: { policy, command: true }, schema: { params: Params, body: Body } },
      async (request) => {
        const { requestHash, ...rest } = idempotencyOf(request);
        return { ...rest, hash: requestHash.toString('hex') };
      },
    );
  }
});
afterAll(() => it.app.close());

type Sent = { key?: string | undefined; who?: string; path?: string; id?: string; body?: string; from?: TestApp };
async function send({ key: sent = key, who = 'clerk', path = 'claim', id = 'c1', body = '{"a":1}', from = it }: Sent) {
  const headers = await from.issuer.as(who, [{ role: 'clerk', centreId: 'a' }]);
  return from.app.inject({
    method: 'POST',
    url: `/v1/cases/${id}/${path}`,
    headers: { ...headers, 'content-type': 'application/json', ...(sent === '' ? {} : { 'idempotency-key': sent }) },
    payload: body,
  });
}
const sentAs = async (sent: Sent) => (await send(sent)).json<{ key: string; scope: string; hash: string }>();

describe('the header Idempotency-Key', () => {
  test('is asked for by a command, before its body is looked at', async () => {
    expect((await send({ key: '', body: '{' })).json()).toMatchObject({ status: 422, code: 'idempotency_key_missing' });
  });

  test.each(['x', '1', `${key}0`, `{${key}}`, key.replaceAll('-', ''), `${key}, ${key}`])(
    'that is no UUID is refused: %s',
    async (sent) => {
      expect((await send({ key: sent })).json()).toMatchObject({ status: 422, code: 'idempotency_key_malformed' });
    },
  );

  test('is the same in capitals', async () => {
    expect((await sentAs({ key: key.toUpperCase() })).key).toBe(key);
  });
});

describe('a command sent again', () => {
  test('is the same when its fields come in another order or with other white space', async () => {
    expect(await sentAs({ body: '{"a":1,"b":2}' })).toEqual(await sentAs({ body: ' {"b" : 2, "a":1}' }));
  });

  test('is another with another body, or for another case', async () => {
    const { hash } = await sentAs({});
    expect((await sentAs({ body: '{"a":2}' })).hash).not.toBe(hash);
    expect((await sentAs({ body: '{"a":1,"b":0}' })).hash).not.toBe(hash);
    expect((await sentAs({ id: 'c2' })).hash).not.toBe(hash);
  });

  test("is not found under another caller's key, nor on another route", async () => {
    const { scope } = await sentAs({});
    expect((await sentAs({ who: 'other' })).scope).not.toBe(scope);
    expect((await sentAs({ path: 'close' })).scope).not.toBe(scope);
    expect(scope).toBe('clerk POST /v1/cases/:id/claim');
  });

  test('has a hash that cannot be made without the key of the service', async () => {
    const other = await testApp({ commandHashKey: 'another key of more than 32 bytes!' });
    other.app.post(
      '/v1/cases/:id/claim',
      { config: { policy }, schema: { params: Params, body: Body } },
      async (request) => ({ hash: idempotencyOf(request).requestHash.toString('hex') }),
    );
    expect((await sentAs({ from: other })).hash).not.toBe((await sentAs({})).hash);
    await other.app.close();
  });
});

test('a key of the service that is too short to be one is refused at the start', async () => {
  await expect(testApp({ commandHashKey: 'short' })).rejects.toThrow(/needs at least 32/);
});

test('canonical JSON keeps what differs apart', () => {
  const texts = [
    [],
    [[]],
    {},
    [{}],
    null,
    '',
    '{}',
    0,
    '0',
    false,
    { a: null },
    { a: {} },
    ['a', 'b'],
    ['a,b'],
    { a: 'b' },
  ];
  expect(new Set(texts.map(canonicalJson)).size).toBe(texts.length);
  expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: undefined })).toBe('{"b":[1,{"c":2,"d":1}]}');
});
