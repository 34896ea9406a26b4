import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCredentials } from './credentials.ts';
import { type SignIns, signInsOf } from './sign-ins.ts';
import { type StubIssuer, stubIssuer } from './stub-issuer.ts';

const password = 'abcd-efgh-jkmn-pqrs';

let folder: string;
let issuer: StubIssuer;
let retries: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sign-ins-'));
  mkdirSync(join(folder, 'identity/client-keys'), { recursive: true });
  writeFileSync(join(folder, 'identity/sample-password'), `${password}\n`);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k' });
  writeFileSync(join(folder, 'identity/client-keys/portal.json'), key);
  issuer = await stubIssuer(password);
  retries = [];
});
afterEach(() => {
  issuer.close();
  rmSync(folder, { recursive: true });
});

const signIns = (deadlineMs = 5_000): SignIns =>
  signInsOf({
    endpoints: { issuer: issuer.address, intake: 'http://intake.example' },
    credentials: readCredentials(folder),
    ...{ deadlineMs, onRetry: (reason) => retries.push(reason) },
  });

const discovery = 'GET /.well-known/openid-configuration';
const byPage = ['GET /oidc/auth', 'GET /sign-in/1', 'POST /sign-in/1', 'POST /oidc/token authorization_code'];

describe('a person of the day', () => {
  test('signs in by the page when there is something to do, and once', async () => {
    const { tokenOf } = signIns();
    expect(issuer.asked).toEqual([]);
    expect(await tokenOf('clerk.cesis.1')).toEqual({ accessToken: 'clerk.cesis.1 1', expiresIn: 3_600 });
    expect(issuer.asked).toEqual([discovery, ...byPage]);
    expect((await tokenOf('clerk.cesis.1')).accessToken).toBe('refreshed 2');
    expect(issuer.asked.slice(1 + byPage.length)).toEqual(['POST /oidc/token refresh_token']);
  });

  test('signs in again in the same browser when the refresh token is taken no more', async () => {
    const { tokenOf } = signIns();
    await tokenOf('clerk.cesis.1');
    issuer.revoke();
    issuer.asked.length = 0;
    expect((await tokenOf('clerk.cesis.1')).accessToken).toBe('clerk.cesis.1 2');
    expect(issuer.asked).toEqual([
      'POST /oidc/token refresh_token',
      'GET /oidc/auth',
      'POST /oidc/token authorization_code',
    ]);
    expect((await tokenOf('clerk.cesis.1')).accessToken).toBe('refreshed 3');
  });

  test('shares no cookie with another one', async () => {
    const { tokenOf } = signIns();
    await tokenOf('clerk.cesis.1');
    expect((await tokenOf('clerk.cesis.2')).accessToken).toBe('clerk.cesis.2 2');
  });

  test('comes in the role that it plays, so that nobody who was given another one is asked', async () => {
    const { tokenOf } = signIns();
    for (const name of ['clerk.cesis.1', 'specialist.vsaa', 'auditor']) await tokenOf(name);
    expect(issuer.roles).toEqual(['clerk', 'holder_specialist', 'auditor']);
  });

  test('is told when the password is not taken, and where it is from', async () => {
    writeFileSync(join(folder, 'identity/sample-password'), 'another\n');
    await expect(signIns().tokenOf('clerk.cesis.1')).rejects.toMatchObject({
      code: 'refused',
      message: `clerk.cesis.1 cannot sign in with the password of ${folder}/identity/sample-password: Not right.`,
    });
    expect(issuer.asked.filter((one) => one === 'POST /sign-in/1')).toHaveLength(1);
  });

  test('is told what the page asks for beyond the password', async () => {
    await expect(signIns().tokenOf('asked.for.more')).rejects.toMatchObject({
      ...{ code: 'refused', message: expect.stringContaining(': the next page is “Add a second factor”') },
    });
  });

  test.each([
    ['/.well-known/openid-configuration', 503],
    ['/oidc/auth', 0],
    ['/sign-in/1', 429],
    ['/oidc/token', 502],
    ['/oidc/token', 0],
  ])('tries again when %s is answered %i', async (path, status) => {
    issuer.fail(path, status, status);
    expect((await signIns().tokenOf('clerk.cesis.1')).accessToken).toBe('clerk.cesis.1 1');
    expect(retries).toHaveLength(2);
  });

  test('signs in anew when nobody knows whether the refresh token was used', async () => {
    const { tokenOf } = signIns();
    await tokenOf('clerk.cesis.1');
    issuer.fail('/oidc/token', 0);
    expect((await tokenOf('clerk.cesis.1')).accessToken).toBe('clerk.cesis.1 2');
    expect(issuer.asked.filter((one) => one.endsWith('refresh_token'))).toEqual([]);
  });

  test('does not wait for ever for an issuer that is away', async () => {
    issuer.close();
    await expect(signIns(200).tokenOf('clerk.cesis.1')).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('does not answer: ECONNREFUSED'),
    });
  });
});

test('a machine shows its key, each time anew, and never sees a page', async () => {
  const { tokenOf } = signIns();
  expect(await tokenOf('portal')).toEqual({ accessToken: 'portal 1', expiresIn: 3_600 });
  expect((await tokenOf('portal')).accessToken).toBe('portal 2');
  const bykey = 'POST /oidc/token client_credentials';
  expect(issuer.asked).toEqual([discovery, bykey, bykey]);
});

test('at the end everybody is signed out who was signed in', async () => {
  const { tokenOf, signOut } = signIns();
  const names = Array.from({ length: 5 }, (_, index) => `clerk.cesis.${index}`);
  for (const name of [...names, 'portal']) await tokenOf(name);
  issuer.fail('/oidc/logout', 500);
  issuer.asked.length = 0;
  await signOut(2);
  const confirmed = issuer.asked.flatMap((one) => /^POST \/oidc\/logout\/confirm (.*) 1 yes$/.exec(one)?.[1] ?? []);
  // One was answered 500: that session runs out by itself, and keeps nobody else in.
  expect(confirmed).toHaveLength(4);
  expect(new Set([...names, ...confirmed])).toEqual(new Set(names));
});

describe('without credentials', () => {
  const message = (fault: string): string => `${folder}/identity/sample-password ${fault}: nobody can sign in without`;

  test('a day says which file is missing', () => {
    rmSync(join(folder, 'identity'), { recursive: true });
    expect(() => readCredentials(folder)).toThrow(message('cannot be read'));
  });

  test('or empty', () => {
    writeFileSync(join(folder, 'identity/sample-password'), '\n');
    expect(() => readCredentials(folder)).toThrow(message('is empty'));
  });

  test('or no key', () => {
    const file = join(folder, 'identity/client-keys/portal.json');
    writeFileSync(file, 'no key');
    expect(() => readCredentials(folder).keyOf('portal')).toThrow(`${file} is no key`);
  });
});
