import { CompactSign, createLocalJWKSet, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acceptOpaqueTokens } from './app.ts';
import type { Grant } from './policy.ts';
import { type TestApp, testApp } from './test-support/app.ts';
import { createTestIssuer } from './testing.ts';

const clerk: Grant = { role: 'clerk', centreId: 'centre-a' };
let it: TestApp;
let now = new Date();

beforeEach(async () => {
  now = new Date();
  it = await testApp({ clock: () => now });
  it.app.get(
    '/who',
    { config: { policy: { roles: ['clerk', 'resident'], scope: 'all' } } },
    async ({ caller }) => caller,
  );
});
afterEach(() => it.app.close());

const who = (authorization?: string) =>
  it.app.inject({ url: '/who', headers: authorization === undefined ? {} : { authorization } });
const whoWith = async (claims: Record<string, unknown>) =>
  who(`Bearer ${await it.issuer.token('clerk.cesis.1', [clerk], claims)}`);
const told = (answer: Awaited<ReturnType<typeof who>>) =>
  `${answer.statusCode} ${answer.json<{ code?: string }>().code ?? 'taken'}`;
const inSeconds = (seconds: number) => Math.floor(now.getTime() / 1000) + seconds;

describe('a bearer token', () => {
  test('of the issuer tells who calls and what they may', async () => {
    const answer = await whoWith({});
    expect(answer.json()).toEqual({ id: 'clerk.cesis.1', grants: [clerk] });
  });

  test.each([
    ['none', undefined, 'token_missing'],
    ['an empty header', '', 'token_missing'],
    ['another scheme', 'Basic dXNlcjpwYXNz', 'token_malformed'],
    ['no token', 'Bearer ', 'token_malformed'],
    ['two tokens', 'Bearer a.b.c d.e.f', 'token_malformed'],
    ['words', 'Bearer hello', 'token_malformed'],
    ['three pieces of nonsense', 'Bearer a.b.c', 'token_malformed'],
    ['one that never ends', `Bearer ${'a'.repeat(9_000)}`, 'token_malformed'],
  ])('that is none is refused: %s', async (_name, authorization, code) => {
    const answer = await who(authorization);
    expect(told(answer)).toBe(`401 ${code}`);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="vienuviet"/);
  });

  test.each([
    ['expired', { iat: -7200, exp: -121 }, 'token_expired'],
    ['not valid yet', { nbf: 125 }, 'token_not_yet_valid'],
    ['issued by a clock that is far ahead', { iat: 125 }, 'token_not_yet_valid'],
  ])('%s is refused with its own code', async (_name, times, code) => {
    const claims = Object.fromEntries(Object.entries(times).map(([name, offset]) => [name, inSeconds(offset)]));
    expect(told(await whoWith(claims))).toBe(`401 ${code}`);
  });

  test('is taken from a clock that is off by less than two minutes, either way', async () => {
    expect(told(await whoWith({ iat: inSeconds(-3_600), exp: inSeconds(-110) }))).toBe('200 taken');
    expect(told(await whoWith({ iat: inSeconds(110), nbf: inSeconds(110) }))).toBe('200 taken');
  });

  test.each([
    ['another issuer', { iss: 'http://elsewhere.test' }, 'token_wrong_issuer'],
    ['another audience', { aud: 'somebody-else' }, 'token_wrong_audience'],
    ['no audience', { aud: undefined }, 'token_wrong_audience'],
    ['no subject', { sub: undefined }, 'token_malformed'],
    ['no end', { exp: undefined }, 'token_malformed'],
    ['no start', { iat: undefined }, 'token_malformed'],
    ['an end that is no time', { exp: 'tomorrow' }, 'token_malformed'],
    ['a subject that could break a log line', { sub: 'a\nb' }, 'token_malformed'],
    ['a subject without end', { sub: 'x'.repeat(200) }, 'token_malformed'],
  ])('of %s is refused', async (_name, claims, code) => {
    expect(told(await whoWith(claims))).toBe(`401 ${code}`);
  });

  test('whose content was changed is refused', async () => {
    const [head, , signature] = (await it.issuer.token('clerk', [clerk])).split('.');
    const [, other] = (await it.issuer.token('clerk', [{ role: 'auditor' }])).split('.');
    expect(told(await who(`Bearer ${head}.${other}.${signature}`))).toBe('401 token_wrong_signature');
  });

  test('signed with a key that the issuer does not publish is refused, and its issuer named when it is another', async () => {
    const same = await createTestIssuer();
    const other = await createTestIssuer('http://elsewhere.test');
    expect(told(await who(`Bearer ${await same.token('clerk', [clerk])}`))).toBe('401 token_unknown_key');
    expect(told(await who(`Bearer ${await other.token('clerk', [clerk])}`))).toBe('401 token_wrong_issuer');
  });

  test('without a signature is refused', async () => {
    const token = new UnsecuredJWT({ grants: [clerk] })
      .setIssuer('http://issuer.test')
      .setAudience('vienuviet')
      .setSubject('clerk')
      .setIssuedAt()
      .setExpirationTime('1h')
      .encode();
    expect(told(await who(`Bearer ${token}`))).toBe('401 token_malformed');
  });

  test('signed with the public key as a shared secret is refused', async () => {
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    const secret = new TextEncoder().encode(await exportSPKI(publicKey));
    const token = await new SignJWT({ grants: [clerk] })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: it.issuer.publicKey.kid as string })
      .setIssuer('http://issuer.test')
      .setAudience('vienuviet')
      .setSubject('clerk')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(secret);
    expect(told(await who(`Bearer ${token}`))).toBe('401 token_malformed');
  });

  test('of a kind that is no access token is refused, though its issuer signed it', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const idToken = await new SignJWT({ grants: [clerk] })
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: 'k' })
      .setIssuer('http://issuer.test')
      .setAudience('vienuviet')
      .setSubject('clerk')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    const own = await testApp({
      auth: { issuer: 'http://issuer.test', keys: async () => publicKey },
    });
    own.app.get('/who', { config: { policy: { roles: ['clerk'], scope: 'all' } } }, async () => 'in');
    const answer = await own.app.inject({ url: '/who', headers: { authorization: `Bearer ${idToken}` } });
    expect(answer.json()).toMatchObject({
      code: 'token_malformed',
      detail: 'The claim or header typ is not as it must be.',
    });
    await own.app.close();
  });

  test.each([
    ['a claim', '"sub":"clerk"', '"sub":"auditor","sub":"clerk"', '401 token_malformed'],
    ['a role of a grant', '"role":"clerk"', '"role":"auditor","role":"clerk"', '401 token_malformed'],
    ['nothing', '', '', '200 taken'],
  ])(
    'that its issuer signed with %s in it twice is told from one that is whole',
    async (_name, once, twice, answered) => {
      const { privateKey, publicKey } = await generateKeyPair('ES256');
      const claims = { iss: 'http://issuer.test', aud: 'vienuviet', iat: inSeconds(0), exp: inSeconds(60) };
      const json = JSON.stringify({ ...claims, sub: 'clerk', grants: [clerk] }).replace(once, twice);
      const token = await new CompactSign(new TextEncoder().encode(json))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
        .sign(privateKey);
      const own = await testApp({ auth: { issuer: 'http://issuer.test', keys: async () => publicKey } });
      own.app.get('/who', { config: { policy: { roles: ['clerk'], scope: 'all' } } }, async () => ({}));
      const answer = await own.app.inject({ url: '/who', headers: { authorization: `Bearer ${token}` } });
      expect(told(answer)).toBe(answered);
      await own.app.close();
    },
  );

  test('is never quoted, in answers or in logs', async () => {
    const token = await it.issuer.token('clerk', [clerk], { iss: 'http://elsewhere.test' });
    const answer = await who(`Bearer ${token}`);
    expect(answer.body + JSON.stringify(it.logged())).not.toContain(token.split('.')[2]);
  });
});

describe('a token that was seen before', () => {
  test('is refused once it has expired, though its signature is remembered', async () => {
    const claims = { iat: inSeconds(-3_600), exp: inSeconds(-100) };
    const header = `Bearer ${await it.issuer.token('clerk', [clerk], claims)}`;
    expect(told(await who(header))).toBe('200 taken');
    now = new Date(now.getTime() + 10_000);
    expect(told(await who(header))).toBe('200 taken');
    now = new Date(now.getTime() + 15_000);
    expect(told(await who(header))).toBe('401 token_expired');
  });

  test('stops being taken within a minute after its key was withdrawn', async () => {
    const { auth, token } = it.issuer;
    let withdrawn = false;
    const none = createLocalJWKSet({ keys: [] });
    const keys = auth.keys as typeof none;
    const own = await testApp({
      clock: () => now,
      auth: { ...auth, keys: (header, jws) => (withdrawn ? none : keys)(header, jws) },
    });
    own.app.get('/who', { config: { policy: { roles: ['clerk'], scope: 'all' } } }, async () => ({}));
    const headers = { authorization: `Bearer ${await token('clerk', [clerk])}` };
    expect((await own.app.inject({ url: '/who', headers })).statusCode).toBe(200);
    withdrawn = true;
    now = new Date(now.getTime() + 61_000);
    expect((await own.app.inject({ url: '/who', headers })).json()).toMatchObject({ code: 'token_unknown_key' });
    await own.app.close();
  });

  test('does not lend its caller to another token', async () => {
    const first = await who(`Bearer ${await it.issuer.token('one', [clerk])}`);
    const second = await who(`Bearer ${await it.issuer.token('two', [clerk])}`);
    expect([first.json<{ id: string }>().id, second.json<{ id: string }>().id]).toEqual(['one', 'two']);
  });
});

test('a token that was issued up to the second in which access was changed is refused, a later one and others’ are not', async () => {
  const seconds = inSeconds(0);
  const revoked = await testApp({ tokensRevokedAt: (id) => (id === 'anna' ? seconds * 1000 + 999 : undefined) });
  revoked.app.get('/who', { config: { policy: { roles: ['clerk'], scope: 'all' } } }, async ({ caller }) => caller);
  const ask = async (name: string, iat: number) => {
    const authorization = `Bearer ${await revoked.issuer.token(name, [clerk], { iat })}`;
    return told(await revoked.app.inject({ url: '/who', headers: { authorization } }));
  };
  expect(await ask('anna', seconds)).toBe('401 token_revoked');
  expect(await ask('anna', seconds - 60)).toBe('401 token_revoked');
  expect((await ask('anna', seconds + 1)).slice(0, 3)).toBe('200');
  expect((await ask('eva', seconds)).slice(0, 3)).toBe('200');
  const substitute = async (iat: number) => {
    const lent = [{ ...clerk, for: 'anna' }, { role: 'auditor', for: 5 }, null] as never;
    const authorization = `Bearer ${await revoked.issuer.token('eva', lent, { iat })}`;
    return told(await revoked.app.inject({ url: '/who', headers: { authorization } }));
  };
  expect(await substitute(seconds)).toBe('401 token_revoked');
  expect((await substitute(seconds + 1)).slice(0, 3)).toBe('200');
  await revoked.app.close();
});

describe('a token that is no JWT', () => {
  test('is looked up where the service says so, and is otherwise unknown', async () => {
    expect(told(await who('Bearer subject-token'))).toBe('401 token_malformed');
    const resident = { id: 'resident', grants: [{ role: 'resident' as const }], subjectId: 'subject-1' };
    acceptOpaqueTokens(it.app, async (token) => (token === 'subject-token' ? resident : undefined));
    expect((await who('Bearer subject-token')).json()).toEqual(resident);
    expect(told(await who('Bearer other-token'))).toBe('401 token_malformed');
  });
});

test('grants are looked up by the port, not only read from the token', async () => {
  const own = await testApp({ grantsOf: async ({ id }) => (id === 'promoted' ? [{ role: 'auditor' }] : []) });
  own.app.get('/audit', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async () => 'in');
  const as = async (name: string) =>
    own.app.inject({ url: '/audit', headers: await own.issuer.as(name, [{ role: 'auditor' }]) });
  expect((await as('promoted')).statusCode).toBe(200);
  expect((await as('dismissed')).statusCode).toBe(403);
  await own.app.close();
});
