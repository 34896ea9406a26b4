/** Somebody is given access who signs in at the institutions' provider; that provider is never asked here. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKeyPair } from '../keys/signing-key.ts';
import { type RunningIdentity, runIdentity } from '../tests/running-identity.ts';

const centreId = '832c856f-4a4a-5d55-b2d5-d5ddf1a1df52';
const secret = randomUUID();
let folder: string;
let identity: RunningIdentity;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open-by-name-'));
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const keyFile = await file('key.json', JSON.stringify((await makeKeyPair()).privateJwk));
  const vsaa = {
    name: 'vsaa',
    title: 'VSAA',
    groups: [],
    subject: 'userName',
    secretFile: await file('secret', secret),
  };
  identity = await runIdentity({
    ...{ UPSTREAM_ISSUER: 'http://127.0.0.1:9', UPSTREAM_CLIENT_ID: 'vienuviet', UPSTREAM_KEY_FILE: keyFile },
    DIRECTORY_FILES: await file('directories.json', JSON.stringify([vsaa])),
  });
});
afterAll(async () => {
  await identity?.close();
  await rm(folder, { recursive: true, force: true });
});

async function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(`${identity.issuer}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, string> };
}

async function open(login: string, role = 'clerk', { as = 'supervisor.cesis', key = randomUUID() as string } = {}) {
  const { json } = await post('/v1/tokens', { name: as });
  const headers = { authorization: `Bearer ${json['accessToken']}`, 'idempotency-key': key };
  return post('/v1/accounts', { login, title: 'Anna Ozola', role, centreId }, headers);
}

describe('an account for whoever signs in under a name', () => {
  test('is opened once, and answered the same again for one Idempotency-Key', async () => {
    const key = randomUUID();
    const first = await open('anna', 'clerk', { key });
    expect(first.status).toBe(201);
    expect(await open('anna', 'clerk', { key })).toEqual(first);
    expect((await open('anna')).json['code']).toBe('login_taken');
  });

  test('that is refused leaves the name to whoever may open it', async () => {
    expect((await open('berta', 'clerk', { as: 'engineer' })).json['code']).toBe('not_yours_to_give');
    const wrong = { ...{ login: 'berta', title: 'B', role: 'clerk', centreId }, validUntil: '2020-01-01T00:00:00Z' };
    const { json } = await post('/v1/tokens', { name: 'supervisor.cesis' });
    const headers = { authorization: `Bearer ${json['accessToken']}`, 'idempotency-key': randomUUID() };
    expect((await post('/v1/accounts', wrong, headers)).json['code']).toBe('period_wrong');
    expect((await open('berta')).status).toBe(201);
  });

  test('is not opened where a directory says who that is: the person would not be let in as that any more', async () => {
    const user = { userName: 'dace@vsaa.example' };
    expect((await post('/scim/v2/Users', user, { authorization: `Bearer ${secret}` })).status).toBe(201);
    expect((await open('Dace@vsaa.example')).json['code']).toBe('login_taken');
  });

  test('is opened by one of two who come at once', async () => {
    const answers = await Promise.all([open('cecilija'), open('cecilija'), open('cecilija')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  });
});
