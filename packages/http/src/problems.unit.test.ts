import { afterEach, describe, expect, test } from 'vitest';
import { answerUnknownBy } from './error-handling.ts';
import { problems } from './errors.ts';
import { HttpProblem, notFound, problem, problemDocument, refusalProblem } from './problems.ts';
import { open, type TestApp, testApp } from './test-support/app.ts';

let it: TestApp;
afterEach(() => it?.app.close());

const throwing = async (error: unknown, settings = {}) => {
  it = await testApp(settings);
  it.app.get('/throw', { config: open }, async () => {
    throw error;
  });
  return it.app.inject('/throw');
};

describe('a problem document', () => {
  test('has type, title, status, code, detail and the id of the request', async () => {
    const answer = await throwing(problem('invalid_cursor', 'Start again without a cursor.'));
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json()).toEqual({
      type: 'https://vienuviet.lv/problems/invalid_cursor',
      title: problems.invalid_cursor.title,
      status: 400,
      code: 'invalid_cursor',
      detail: 'Start again without a cursor.',
      instance: `urn:uuid:${answer.headers['request-id']}`,
    });
  });

  test('of a refused command is a 409 with the details beside the code', () => {
    const refusal = { code: 'transition_not_allowed', message: 'Register it first.', details: { allowed: ['claim'] } };
    expect(problemDocument(refusalProblem(refusal))).toMatchObject({
      status: 409,
      code: 'transition_not_allowed',
      detail: 'Register it first.',
      allowed: ['claim'],
    });
    expect(problemDocument(refusalProblem(refusal, 422)).status).toBe(422);
  });

  test('is not overwritten by details of the same names', () => {
    const refusal = {
      code: 'x',
      message: 'm',
      details: { status: 200, code: 'y', type: 'z', title: 't', instance: 'i' },
    };
    expect(problemDocument(refusalProblem(refusal))).toMatchObject({ status: 409, code: 'x', detail: 'm' });
  });

  test('carries the headers of its kind', async () => {
    const answer = await throwing(problem('not_yet_visible', undefined, { headers: { 'retry-after': '1' } }));
    expect(answer.headers['retry-after']).toBe('1');
  });
});

describe('an unexpected error', () => {
  test('is answered without its words, and logged with the id of the request', async () => {
    const answer = await throwing(new Error('relation "cases" does not exist'));
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('cases');
    expect(answer.json()).toMatchObject({ code: 'unexpected' });
    const line = it.logged().find(({ msg }) => msg === 'unexpected error');
    expect(line).toMatchObject({ level: 'error', reqId: answer.headers['request-id'], route: '/throw' });
    expect(JSON.stringify(line)).toContain('relation');
  });

  test.each([
    ['text', 'boom'],
    ['null', null],
    ['undefined', undefined],
    ['a status of its own', { statusCode: 418 }],
  ])('is answered as one also when it is no Error: %s', async (_name, thrown) => {
    const answer = await throwing(thrown);
    expect(answer.json()).toMatchObject({ status: 500, code: 'unexpected' });
  });
});

describe('an address', () => {
  test('that is no route answers 404, whatever the method and body', async () => {
    it = await testApp();
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      const answer = await it.app.inject({
        method,
        url: '/nowhere?x=1',
        ...(method === 'POST' ? { payload: 'x' } : {}),
      });
      expect(answer.json()).toMatchObject({ status: 404, code: 'route_not_found' });
    }
  });

  test('of a route that takes other methods answers 405 and names them', async () => {
    it = await testApp();
    it.app.get('/v1/things/:id', { config: open }, async () => 'x');
    it.app.put('/v1/things/:id', { config: open }, async () => 'x');
    const answer = await it.app.inject({ method: 'DELETE', url: '/v1/things/5' });
    expect(answer.json()).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(answer.headers['allow']).toBe('GET, HEAD, PUT');
    expect((await it.app.inject({ method: 'DELETE', url: '/v1/things/5/more' })).statusCode).toBe(404);
  });

  test('that is no route below a prefix of another form is answered in that form, and elsewhere as ever', async () => {
    it = await testApp();
    it.app.register(
      async (scope) =>
        answerUnknownBy(scope, (_request, reply, { code, statusCode }) => reply.code(statusCode).send([code])),
      { prefix: '/other' },
    );
    it.app.get('/other/things', { config: open }, async () => 'x');
    expect((await it.app.inject('/other/nowhere')).json()).toEqual(['route_not_found']);
    expect((await it.app.inject({ method: 'PUT', url: '/other/things' })).json()).toEqual(['method_not_allowed']);
    expect((await it.app.inject('/nowhere')).json()).toMatchObject({ status: 404, code: 'route_not_found' });
  });

  test('that cannot be decoded, or whose pieces are too long, is a problem too', async () => {
    it = await testApp();
    it.app.get('/v1/things/:id', { config: open }, async () => 'x');
    const malformed = await it.app.inject('/v1/things/%E0%A4%A');
    expect(malformed.json()).toMatchObject({ status: 400, code: 'malformed_url' });
    const long = await it.app.inject(`/v1/things/${'x'.repeat(200)}`);
    expect(long.json()).toMatchObject({ status: 414, code: 'url_too_long' });
  });
});

test('what is not there and what is foreign are the same answer', () => {
  expect(problemDocument(notFound())).toEqual(problemDocument(notFound()));
  expect(notFound()).toBeInstanceOf(HttpProblem);
});
