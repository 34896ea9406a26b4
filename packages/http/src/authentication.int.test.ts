import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keysAt } from './authentication.ts';
import { type TestApp, testApp } from './test-support/app.ts';
import { createTestIssuer, type TestIssuer } from './testing.ts';

let issuer: TestIssuer;
let server: Server;
let address: string;
let fetched = 0;
/** Whether the issuer takes connections and says nothing. */
let hangs = false;
let it: TestApp;

beforeEach(async () => {
  issuer = await createTestIssuer();
  fetched = 0;
  hangs = false;
  server = createServer((_request, response) => {
    fetched++;
    if (hangs) return;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [issuer.publicKey] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  it = await testApp({ auth: { issuer: 'http://issuer.test', keys: { jwksUrl: address } } });
  it.app.get('/who', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async () => 'in');
});
afterEach(async () => {
  await it.app.close();
  server.closeAllConnections();
  server.close();
});

const who = async (name = 'auditor', from = issuer) =>
  it.app.inject({ url: '/who', headers: await from.as(name, [{ role: 'auditor' }]) });

describe("the issuer's keys", () => {
  test('are fetched once for many requests', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => who(`auditor-${index}`)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
    expect(fetched).toBe(1);
  });

  test('are not fetched for every token of an unknown key', async () => {
    await who();
    const stranger = await createTestIssuer();
    for (let index = 0; index < 20; index++) expect((await who(`s-${index}`, stranger)).statusCode).toBe(401);
    expect(fetched).toBe(1);
  });

  test('that cannot be had yet are a 503, and the next request succeeds once the issuer is there', async () => {
    server.close();
    server.closeAllConnections();
    const answer = await who();
    expect(answer.json()).toMatchObject({ status: 503, code: 'keys_unavailable' });
    expect(answer.headers['retry-after']).toBe('2');
    await new Promise<void>((resolve) => server.listen(Number(new URL(address).port), '127.0.0.1', resolve));
    expect((await who()).statusCode).toBe(200);
  });

  test('that have grown old go on being used while the issuer is away, and a new key is not called a wrong one', async () => {
    const own = await testApp({ auth: { issuer: 'http://issuer.test', keys: keysAt(address, 1) } });
    own.app.get('/who', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async () => 'in');
    const as = async (name: string, from = issuer) =>
      own.app.inject({ url: '/who', headers: await from.as(name, [{ role: 'auditor' }]) });
    expect((await as('first')).statusCode).toBe(200);
    server.close();
    server.closeAllConnections();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await as('second')).statusCode).toBe(200);
    expect((await as('third', await createTestIssuer())).json()).toMatchObject({ code: 'keys_unavailable' });
    await own.app.close();
  });

  test('that were rotated away are taken no more, and the next one is', async () => {
    const own = await testApp({ auth: { issuer: 'http://issuer.test', keys: keysAt(address, 1) } });
    own.app.get('/who', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async () => 'in');
    const as = async (name: string, from: TestIssuer) =>
      own.app.inject({ url: '/who', headers: await from.as(name, [{ role: 'auditor' }]) });
    const before = issuer;
    expect((await as('first', before)).statusCode).toBe(200);
    issuer = await createTestIssuer();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await as('second', issuer)).statusCode).toBe(200);
    const answer = await as('third', before);
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'token_unknown_key']);
    await own.app.close();
  });

  test('are asked for once in a while of an issuer that hangs, and hold up nobody meanwhile', async () => {
    const own = await testApp({ auth: { issuer: 'http://issuer.test', keys: keysAt(address, 1) } });
    own.app.get('/who', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async () => 'in');
    const as = async (name: string, from = issuer) =>
      own.app.inject({ url: '/who', headers: await from.as(name, [{ role: 'auditor' }]) });
    expect((await as('first')).statusCode).toBe(200);
    hangs = true;
    await new Promise((resolve) => setTimeout(resolve, 20));
    // This one finds out, and waits for it.
    expect((await as('second')).statusCode).toBe(200);
    const before = performance.now();
    for (let index = 0; index < 5; index++) expect((await as(`later-${index}`)).statusCode).toBe(200);
    expect((await as('stranger', await createTestIssuer())).json()).toMatchObject({ code: 'keys_unavailable' });
    // One that asked would wait for three seconds.
    expect(performance.now() - before).toBeLessThan(2_900);
    expect(fetched).toBe(2);
    await own.app.close();
  });

  test('are asked for as before while somebody sends tokens that do not say by which of two keys', async () => {
    const next = await createTestIssuer();
    let published = [issuer.publicKey, next.publicKey];
    server.removeAllListeners('request').on('request', (_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
    });
    const own = await testApp({ auth: { issuer: 'http://issuer.test', keys: keysAt(address, 1) } });
    own.app.get('/who', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async () => 'in');
    const ask = async (authorization: string) => {
      // Longer than keys are kept.
      await new Promise((resolve) => setTimeout(resolve, 20));
      const answer = await own.app.inject({ url: '/who', headers: { authorization } });
      return [answer.statusCode, answer.statusCode === 200 ? '' : answer.json().code];
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const withoutKid = `Bearer ${part({ alg: 'ES256', typ: 'at+jwt' })}.${part({ sub: 'x' })}.${'A'.repeat(86)}`;
    expect(await ask(withoutKid)).toEqual([401, 'token_malformed']);
    const third = await createTestIssuer();
    published = [next.publicKey, third.publicKey];
    const of = async (from: TestIssuer) => (await from.as('auditor', [{ role: 'auditor' }])).authorization;
    expect(await ask(await of(third))).toEqual([200, '']);
    expect(await ask(withoutKid)).toEqual([401, 'token_malformed']);
    published = [third.publicKey];
    // A key that was withdrawn stops at once.
    expect(await ask(await of(next))).toEqual([401, 'token_unknown_key']);
    await own.app.close();
  });
});
