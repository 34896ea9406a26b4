/** Accounts as whoever keeps them meets them, and how a change counts on the tokens that were given before. */
import { randomUUID } from 'node:crypto';
import { eventually } from '@vienuviet/testing';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningIdentity, runIdentity } from '../tests/running-identity.ts';

const cesis = '832c856f-4a4a-5d55-b2d5-d5ddf1a1df52';
const aizkraukle = 'e34b7b38-14c8-546c-b9fe-5407926b5451';
let identity: RunningIdentity;
beforeAll(async () => {
  identity = await runIdentity();
});
afterAll(() => identity?.close());

type Answer = { status: number; json: Record<string, never> & { [field: string]: unknown } };

async function call(path: string, token?: string, body?: object | 'none', key: string = randomUUID()): Promise<Answer> {
  const response = await fetch(`${identity.issuer}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'idempotency-key': key }),
      ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
    },
    ...(typeof body === 'object' ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, json: (await response.json()) as never };
}
const tokenAnswer = (name: string, role?: string) => call('/v1/tokens', undefined, { name, ...(role && { role }) });
const tokenOf = async (name: string, role?: string) => String((await tokenAnswer(name, role)).json['accessToken']);
const told = ({ status, json }: Answer) => `${status} ${json['code'] ?? ''}`.trim();
const change = async (as: string, path: string, body: object | 'none' = 'none') =>
  call(`/v1/accounts/${path}`, await tokenOf(as), body);
const rolesIn = (token: string) => (decodeJwt(token)['grants'] as { role: string }[]).map(({ role }) => role);
const seen = async (as: string, id: string, { json }: Answer) =>
  call(`/v1/accounts/${id}?after=${json['stream']}@${json['version']}`, await tokenOf(as));
const grantIdOf = async (as: string, id: string, role: string) => {
  const { json } = await call(`/v1/accounts/${id}`, await tokenOf(as));
  return (json['roles'] as unknown as { role: string; grantId: string }[]).find((held) => held.role === role)?.grantId;
};
/** Whether the account's own page opens with a token. */
const opens = async (token: string, name: string) => told(await call(`/v1/accounts/${name}`, token));

describe('a role', () => {
  test('that is given and taken counts on tokens at once, and is told with who gave it', async () => {
    const before = await tokenOf('clerk.cesis.1');
    const role = { role: 'supervisor', centreId: cesis, validUntil: '2099-12-31T22:00:00Z' };
    const given = await change('supervisor.cesis', 'clerk.cesis.1/roles', role);
    expect(given.status).toBe(201);
    await eventually('the refusal', async () =>
      (await opens(before, 'clerk.cesis.1')) === '401 token_revoked' ? true : undefined,
    );
    const { json } = await seen('supervisor.cesis', 'clerk.cesis.1', given);
    expect(json['roles']).toMatchObject([
      { role: 'clerk', source: 'sample', validUntil: null },
      {
        ...{ role: 'supervisor', centreId: cesis, mayGrant: false, validUntil: '2099-12-31T22:00:00.000Z' },
        ...{ grantedBy: 'supervisor.cesis', source: 'administration' },
        grantedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    ]);
    const both = [await tokenOf('clerk.cesis.1'), await tokenOf('clerk.cesis.1', 'supervisor')] as const;
    expect(both.map(rolesIn)).toEqual([['clerk'], ['supervisor']]);
    expect(await opens(both[1], 'clerk.cesis.1')).toBe('200');

    const taken = await change('supervisor.cesis', `clerk.cesis.1/roles/${given.json['grantId']}/revoke`);
    expect(taken.status).toBe(200);
    expect(told(await tokenAnswer('clerk.cesis.1', 'supervisor'))).toBe('404 not_found');
    await eventually('the refusal', async () =>
      (await opens(both[1], 'clerk.cesis.1')) === '401 token_revoked' ? true : undefined,
    );
  });

  test('counts from its beginning to its end, without anything being done then', async () => {
    const [from, until] = [Date.now() + 2_000, Date.now() + 4_000].map((at) => new Date(at).toISOString());
    const role = { role: 'supervisor', centreId: cesis, validFrom: from, validUntil: until };
    expect((await change('supervisor.cesis', 'clerk.cesis.2/roles', role)).status).toBe(201);
    expect((await tokenAnswer('clerk.cesis.2', 'supervisor')).status).toBe(404);
    await eventually('its beginning', async () =>
      (await tokenAnswer('clerk.cesis.2', 'supervisor')).status === 200 ? true : undefined,
    );
    const token = await tokenOf('clerk.cesis.2', 'supervisor');
    expect((await call('/v1/accounts', token)).status).toBe(200);
    await eventually('its end', async () =>
      told(await call('/v1/accounts', token)) === '403 role_missing' ? true : undefined,
    );
  });

  test.each<[string, string, string, object, string]>([
    [
      'at a foreign centre',
      'supervisor.cesis',
      'clerk.cesis.1',
      { role: 'clerk', centreId: aizkraukle },
      '404 not_found',
    ],
    ['everywhere', 'supervisor.cesis', 'clerk.cesis.1', { role: 'auditor' }, '404 not_found'],
    ['to oneself', 'supervisor.cesis', 'supervisor.cesis', { role: 'clerk', centreId: cesis }, '403 self_grant'],
    [
      'that the giver does not hold',
      'engineer',
      'clerk.cesis.1',
      { role: 'clerk', centreId: cesis },
      '403 not_yours_to_give',
    ],
    ['that nobody knows', 'supervisor.cesis', 'clerk.cesis.1', { role: 'king', centreId: cesis }, '422 role_unknown'],
    ['without its place', 'supervisor.cesis', 'clerk.cesis.1', { role: 'clerk' }, '422 role_unknown'],
    ['of a machine', 'engineer', 'clerk.cesis.1', { role: 'portal_client' }, '422 role_not_of_people'],
    ['held already', 'supervisor.cesis', 'clerk.cesis.2', { role: 'clerk', centreId: cesis }, '409 role_held'],
    ['of nobody', 'supervisor.cesis', 'nobody', { role: 'clerk', centreId: cesis }, '404 account_unknown'],
  ])('is not given: %s', async (_what, as, to, role, answer) => {
    expect(told(await change(as, `${to}/roles`, role))).toBe(answer);
  });

  test('is given once for one Idempotency-Key', async () => {
    const [token, key] = [await tokenOf('supervisor.cesis'), randomUUID()];
    const role = { role: 'supervisor', centreId: cesis, validFrom: '2030-01-01T00:00:00Z' };
    const [one, two] = [
      await call('/v1/accounts/clerk.cesis.2/roles', token, role, key),
      await call('/v1/accounts/clerk.cesis.2/roles', token, role, key),
    ];
    expect(two).toEqual(one);
  });
});

describe('an account', () => {
  test('that is switched off lets nobody in, and can be switched on again', async () => {
    const before = await tokenOf('clerk.aizkraukle.1');
    expect(told(await change('supervisor.cesis', 'clerk.aizkraukle.1/deactivate'))).toBe('404 not_found');
    expect(told(await change('supervisor.aizkraukle', 'clerk.aizkraukle.1/deactivate'))).toBe('200');
    expect((await tokenAnswer('clerk.aizkraukle.1')).status).toBe(404);
    await eventually('the refusal', async () =>
      (await opens(before, 'clerk.aizkraukle.1')) === '401 token_revoked' ? true : undefined,
    );
    expect(told(await change('supervisor.aizkraukle', 'clerk.aizkraukle.1/reactivate'))).toBe('200');
    expect(await opens(await tokenOf('clerk.aizkraukle.1'), 'clerk.aizkraukle.1')).toBe('200');
  });

  test('is seen by its person and by who keeps its places; foreign and missing ones answer alike', async () => {
    expect((await call('/v1/accounts/clerk.cesis.2', await tokenOf('clerk.cesis.2'))).status).toBe(200);
    const clerk = await tokenOf('clerk.aizkraukle.2');
    const foreign = await call('/v1/accounts/supervisor.cesis', clerk);
    const missing = await call('/v1/accounts/nobody', clerk);
    expect([foreign.status, missing.status]).toEqual([404, 404]);
    expect(Object.keys(foreign.json)).toEqual(Object.keys(missing.json));
  });

  test('is listed with the roles at one’s own places, page by page', async () => {
    const token = await tokenOf('supervisor.aizkraukle');
    const first = await call('/v1/accounts?limit=2', token);
    const items = first.json['items'] as unknown as { accountId: string; roles: { centreId: string }[] }[];
    expect(items.map(({ accountId }) => accountId)).toEqual(['clerk.aizkraukle.1', 'clerk.aizkraukle.2']);
    expect(new Set(items.flatMap(({ roles }) => roles.map(({ centreId }) => centreId)))).toEqual(new Set([aizkraukle]));
    const second = await call(`/v1/accounts?limit=2&cursor=${first.json['nextCursor']}`, token);
    expect(second.json['items']).toMatchObject([{ accountId: 'supervisor.aizkraukle' }]);
    expect((await call('/v1/accounts?role=auditor', await tokenOf('auditor'))).json['items']).toMatchObject([
      { accountId: 'auditor' },
    ]);
  });

  test('is opened by a person only where a provider is connected', async () => {
    const body = { login: 'x', title: 'X', role: 'clerk', centreId: cesis };
    expect(told(await call('/v1/accounts', await tokenOf('supervisor.cesis'), body))).toBe('409 no_provider');
  });
});

describe('a substitute', () => {
  test('acts with the roles of the absent person from–to, and no longer', async () => {
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const absent = 'supervisor.cesis';
    const named = await change(absent, `${absent}/substitutes`, { substituteId: 'clerk.cesis.1', endsAt });
    expect(named.status).toBe(201);
    await seen(absent, absent, named);
    const token = await tokenOf('clerk.cesis.1', 'supervisor');
    expect(decodeJwt(token)['grants']).toMatchObject([
      { role: 'supervisor', centreId: cesis, until: expect.any(Number) },
    ]);
    expect((await call('/v1/accounts', token)).status).toBe(200);
    const ended = await change(absent, `${absent}/substitutes/${named.json['absenceId']}/end`);
    expect(ended.status).toBe(200);
    expect((await tokenAnswer('clerk.cesis.1', 'supervisor')).status).toBe(404);
    await eventually('the refusal', async () =>
      told(await call('/v1/accounts', token)) === '401 token_revoked' ? true : undefined,
    );
  });

  test('loses what the absent person loses', async () => {
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const absent = 'clerk.cesis.2';
    const named = await change(absent, `${absent}/substitutes`, { substituteId: 'clerk.cesis.1', endsAt });
    await seen(absent, absent, named);
    const token = await tokenOf('clerk.cesis.1', 'clerk');
    expect(decodeJwt(token)['grants']).toMatchObject([{ role: 'clerk' }, { role: 'clerk', for: absent }]);
    expect(await opens(token, 'clerk.cesis.1')).toBe('200');
    expect(told(await change('supervisor.cesis', `${absent}/deactivate`))).toBe('200');
    await eventually('the refusal', async () =>
      (await opens(token, 'clerk.cesis.1')) === '401 token_revoked' ? true : undefined,
    );
    expect(rolesIn(await tokenOf('clerk.cesis.1', 'clerk'))).toEqual(['clerk']);
    expect(told(await change('supervisor.cesis', `${absent}/reactivate`))).toBe('200');
    expect(told(await change(absent, `${absent}/substitutes/${named.json['absenceId']}/end`))).toBe('200');
  });

  test('is not somebody of another centre, and not named by a stranger', async () => {
    const endsAt = '2030-01-01T00:00:00Z';
    const to = (substituteId: string) => ({ substituteId, endsAt: new Date(Date.now() + 60_000).toISOString() });
    expect(told(await change('clerk.cesis.2', 'clerk.cesis.2/substitutes', to('clerk.aizkraukle.2')))).toBe(
      '422 substitute_elsewhere',
    );
    expect(told(await change('clerk.aizkraukle.2', 'clerk.cesis.2/substitutes', to('clerk.cesis.1')))).toBe(
      '404 not_found',
    );
    expect(
      told(await change('clerk.cesis.2', 'clerk.cesis.2/substitutes', { substituteId: 'clerk.cesis.1', endsAt })),
    ).toBe('422 period_wrong');
  });
});

test('another instance, and one that starts later, know the same', async () => {
  const before = await tokenOf('clerk.cesis.2');
  const grantId = await grantIdOf('supervisor.cesis', 'clerk.cesis.2', 'clerk');
  expect(told(await change('supervisor.cesis', `clerk.cesis.2/roles/${grantId}/revoke`))).toBe('200');
  const later = await identity.start();
  const answer = await fetch(`${later.address}/v1/accounts/clerk.cesis.2`, {
    headers: { authorization: `Bearer ${before}` },
  });
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'token_revoked']);
});
