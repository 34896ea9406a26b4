import { afterEach, describe, expect, test } from 'vitest';
import { requireWithin, scopeOf } from './caller-scope.ts';
import type { Policy } from './policy.ts';
import { notFound } from './problems.ts';
import { listRoutes } from './routes.ts';
import { open, type TestApp, testApp } from './test-support/app.ts';

let it: TestApp;
afterEach(() => it.app.close());

async function appWith(policy: Policy, settings = {}) {
  it = await testApp(settings);
  it.app.get('/v1/things', { config: { policy } }, async (request) =>
    'public' in policy ? 'open' : { scope: scopeOf(request), purpose: request.purpose },
  );
  return it;
}

const clerkOf = (centreId: string) => [{ role: 'clerk' as const, centreId }];

describe('a route', () => {
  test.each([
    ['no policy', undefined, /GET \/v1\/things declares no policy/],
    ['no role', { roles: [], scope: 'all' }, /names no role/],
    ['no reason to be public', { public: true, why: ' ' }, /is public without saying why/],
    [
      'a role that its scope cannot narrow',
      { roles: ['holder_specialist'], scope: 'own_centre' },
      /says nothing to holder_specialist/,
    ],
  ])('with %s keeps the app from starting', async (_name, policy, message) => {
    await appWith(policy as Policy);
    await expect(it.app.ready()).rejects.toThrow(message);
  });

  test('with roles keeps an app from starting that checks no tokens', async () => {
    await appWith({ roles: ['clerk'], scope: 'own_centre' }, { auth: undefined });
    await expect(it.app.ready()).rejects.toThrow(/the app checks no tokens/);
  });

  test('is listed with its policy, also when it was added by a plugin', async () => {
    it = await testApp();
    await it.app.register(async (app) => {
      app.get('/v1/inner', { config: open }, async () => 'x');
    });
    await it.app.ready();
    expect(listRoutes(it.app)).toContainEqual({ method: 'GET', url: '/v1/inner', policy: open.policy });
    expect(listRoutes(it.app).filter(({ policy }) => policy === undefined)).toEqual([]);
    expect(listRoutes(it.app).map(({ url }) => url)).toContain('/openapi.json');
  });
});

describe('a caller', () => {
  test('with one of the roles gets in, and the handler gets the scope', async () => {
    await appWith({ roles: ['clerk', 'auditor'], scope: 'own_centre' });
    const answer = await it.app.inject({ url: '/v1/things', headers: await it.issuer.as('c', clerkOf('a')) });
    expect(answer.json()).toEqual({ scope: { actorId: 'c', roles: ['clerk'], centreIds: ['a'] } });
  });

  test('without any of the roles gets 403, and that is logged with the account and the route alone', async () => {
    await appWith({ roles: ['auditor'], scope: 'all' });
    const answer = await it.app.inject({ url: '/v1/things', headers: await it.issuer.as('c', clerkOf('a')) });
    expect(answer.json()).toMatchObject({ status: 403, code: 'role_missing' });
    const line = it.logged().find(({ event }) => event === 'role_missing');
    expect(line).toMatchObject({ actorId: 'c', method: 'GET', route: '/v1/things' });
  });

  test('who reaches for something foreign gets the same 404 as for nothing, and that is logged without its id', async () => {
    it = await testApp();
    const policy: Policy = { roles: ['clerk'], scope: 'own_centre' };
    it.app.get('/v1/things/:id', { config: { policy } }, async (request) => {
      const { id } = request.params as { id: string };
      if (id === 'missing') throw notFound();
      requireWithin(request, { centreId: id });
      return 'in';
    });
    const headers = await it.issuer.as('c', clerkOf('a'));
    const read = async (id: string) => {
      const answer = await it.app.inject({ url: `/v1/things/${id}`, headers });
      const { instance: _instance, ...document } = answer.json<Record<string, unknown>>();
      return document;
    };
    expect((await it.app.inject({ url: '/v1/things/a', headers })).statusCode).toBe(200);
    expect(await read('b')).toEqual(await read('missing'));
    const lines = it.logged().filter(({ event }) => event === 'foreign_access');
    expect(lines[0]).toMatchObject({ actorId: 'c', route: '/v1/things/:id' });
    expect(JSON.stringify(lines)).not.toContain('/v1/things/b');
  });

  test('is turned away before the body is read', async () => {
    it = await testApp();
    it.app.post('/v1/things', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async () => 'in');
    const answer = await it.app.inject({
      method: 'POST',
      url: '/v1/things',
      headers: { 'content-type': 'application/json' },
      payload: '{',
    });
    expect(answer.statusCode).toBe(401);
  });
});

describe('the header Purpose', () => {
  const policy: Policy = { roles: ['clerk'], scope: 'own_centre', purpose: true };
  const read = async (purpose?: string) => {
    await appWith(policy);
    const headers = { ...(await it.issuer.as('c', clerkOf('a'))), ...(purpose === undefined ? {} : { purpose }) };
    return it.app.inject({ url: '/v1/things', headers });
  };

  test('is asked for where the policy says so', async () => {
    expect((await read()).json()).toMatchObject({ status: 422, code: 'purpose_missing' });
  });

  test('that is no known code is refused without being repeated', async () => {
    const answer = await read('curiosity');
    expect(answer.json()).toMatchObject({ status: 422, code: 'purpose_unknown' });
    expect(answer.body).not.toContain('curiosity');
  });

  test('reaches the handler', async () => {
    expect((await read('consultation')).json()).toMatchObject({ purpose: 'consultation' });
  });
});

describe('answers', () => {
  test('of every kind tell browsers to be careful and caches to keep nothing', async () => {
    await appWith({ public: true, why: 'a test' });
    for (const url of ['/v1/things', '/nowhere', '/health/live']) {
      const { headers } = await it.app.inject(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('let no page of another origin in', async () => {
    await appWith({ public: true, why: 'a test' });
    const headers = { origin: 'https://elsewhere.test', 'access-control-request-method': 'GET' };
    const preflight = await it.app.inject({ method: 'OPTIONS', url: '/v1/things', headers });
    expect(preflight.statusCode).toBe(405);
    expect(Object.keys(preflight.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  test('are measured by the pattern of the route, never by the path', async () => {
    it = await testApp();
    it.app.get('/v1/things/:id', { config: open }, async () => 'x');
    await it.app.inject('/v1/things/5b0d3bb5');
    await it.app.inject('/elsewhere/5b0d3bb5');
    const text = await it.metrics.registry.metrics();
    expect(text).toContain('_count{service="test",method="GET",route="/v1/things/:id",status="200"} 1');
    expect(text).toContain('_count{service="test",method="GET",route="none",status="404"} 1');
    expect(text).not.toContain('5b0d3bb5');
  });
});
