import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { structureFault } from './json-body.ts';
import { open, type TestApp, testApp } from './test-support/app.ts';

const json = { 'content-type': 'application/json' };
/** Time that this thread worked, however busy the machine is. */
const cpuMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.threadCpuUsage(since);
  return (user + system) / 1_000;
};

describe('a JSON body', () => {
  let it: TestApp;
  beforeAll(async () => {
    it = await testApp();
    it.app.post('/echo', { config: open, schema: { body: Type.Unknown() } }, async ({ body }) => ({ got: body }));
    it.app.post('/none', { config: open }, async () => ({ ok: true }));
  });
  afterAll(() => it.app.close());

  const post = (payload: string | Buffer, type = 'application/json', url = '/echo') =>
    it.app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload });
  const codeOf = async (payload: string | Buffer, type?: string, url?: string) => {
    const answer = await post(payload, type, url);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    return `${answer.statusCode} ${answer.json<{ code: string }>().code}`;
  };

  test('in UTF-8 is read', async () => {
    expect((await post('{"text":"Ķekava \\u0101 🌲"}')).json()).toEqual({ got: { text: 'Ķekava ā 🌲' } });
    expect((await post('{}', 'application/json; charset=utf-8')).statusCode).toBe(200);
  });

  test.each([
    ['cut off', '{"a":'],
    ['single quotes', "{'a':1}"],
    ['a comment', '{"a":1}//'],
    ['two values', '{}{}'],
    ['a trailing comma', '{"a":1,}'],
    ['NaN', '{"a":NaN}'],
    ['a prototype', '{"__proto__":{"admin":true}}'],
    ['a constructor', '{"constructor":{"prototype":{"admin":true}}}'],
    ['U+0000', '{"a":"x\\u0000"}'],
    ['U+0000 in a name', '{"a\\u0000":1}'],
    ['half a surrogate pair', '{"a":["\\ud83c"]}'],
    ['nesting without end', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ])('that is not JSON as we take it is refused: %s', async (_name, payload) => {
    expect(await codeOf(payload)).toBe('400 malformed_json');
  });

  test('that is not UTF-8 is refused', async () => {
    expect(await codeOf(Buffer.from([0x22, 0xe2, 0x28, 0xa1, 0x22]))).toBe('400 malformed_json');
    expect(await codeOf(Buffer.from('{"a":1}', 'utf16le'))).toBe('400 malformed_json');
  });

  test('of a million fields is refused before it is read', async () => {
    const it = await testApp({ limits: { bodyBytes: 32 * 1024 * 1024 } });
    it.app.post('/echo', { config: open, schema: { body: Type.Unknown() } }, async () => 'ok');
    const payload = `{${Array.from({ length: 1_000_000 }, (_, index) => `"f${index}":1`).join()}}`;
    const before = process.threadCpuUsage();
    const answer = await it.app.inject({ method: 'POST', url: '/echo', headers: json, payload });
    expect(cpuMs(before)).toBeLessThan(500);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ detail: 'A thing in the body has more than 5000 fields.' });
    await it.app.close();
  });

  test('is never quoted in the answer', async () => {
    expect((await post('{"code":"010190-12345"')).body).not.toContain('010190');
  });

  test('of another media type is refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/json', 'x']) {
      expect(await codeOf('{"a":1}', type)).toBe('415 unsupported_media_type');
    }
  });

  test('over the limit is refused by its size, and a route may take more', async () => {
    it = await testApp({ limits: { bodyBytes: 1_000 } });
    it.app.post('/echo', { config: open, schema: { body: Type.Unknown() } }, async () => 'ok');
    it.app.post('/large', { config: open, bodyLimit: 10_000, schema: { body: Type.Unknown() } }, async () => 'ok');
    expect(await codeOf(JSON.stringify('x'.repeat(1_000)))).toBe('413 body_too_large');
    expect((await post(JSON.stringify('x'.repeat(5_000)), 'application/json', '/large')).statusCode).toBe(200);
    expect((await post(JSON.stringify('x'.repeat(900)))).statusCode).toBe(200);
  });

  test('is refused by a route that takes none', async () => {
    const own = await testApp();
    own.app.post('/none', { config: open }, async () => ({ ok: true }));
    const sent = await own.app.inject({ method: 'POST', url: '/none', payload: { a: 1 } });
    expect(sent.json()).toMatchObject({ code: 'invalid_request', detail: 'This route takes no body.' });
    const empty = await own.app.inject({
      method: 'POST',
      url: '/none',
      headers: { 'content-type': 'application/json' },
    });
    expect(empty.statusCode).toBe(200);
    await own.app.close();
  });
});

test('nesting is counted outside strings only', () => {
  expect(structureFault(JSON.stringify({ a: '['.repeat(1_000), b: '"\\"[' }))).toBeUndefined();
  expect(structureFault('['.repeat(64) + ']'.repeat(64))).toBeUndefined();
  expect(structureFault('['.repeat(65))).toBe('depth');
  expect(structureFault('[],'.repeat(1_000))).toBeUndefined();
});

test('fields are counted for each thing, outside strings only', () => {
  const thing = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, ':']));
  expect(structureFault(JSON.stringify(thing(5_000)))).toBeUndefined();
  expect(structureFault(JSON.stringify(thing(5_001)))).toBe('fields');
  expect(structureFault(JSON.stringify([thing(3_000), { a: thing(3_000), b: thing(3_000) }]))).toBeUndefined();
  expect(structureFault('}:'.repeat(10_000))).toBeUndefined();
});
