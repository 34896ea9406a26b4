/** A change of somebody's access reaches every service: identity publishes it, here the test does in its place. */
import { partitionOf } from '@vienuviet/event-bus';
import { codec, topicOf } from '@vienuviet/schemas';
import { createBusWriter, eventually } from '@vienuviet/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineService } from '../definition.ts';
import type { RunningStoreService } from '../start.ts';
import { startTestService, type TestService } from '../testing.ts';

const anything = defineService({
  name: 'anything',
  title: 'Anything',
  projections: [],
  reactions: [],
  routes: () => (app) => {
    app.get('/who', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async ({ caller }) => caller?.id);
  },
});

let bed: TestService;
let second: RunningStoreService;
beforeAll(async () => {
  bed = await startTestService(anything);
  second = await bed.another();
});
afterAll(() => bed?.close());

const seconds = () => Math.floor(Date.now() / 1_000);
const told = async (token: string, instance = bed.service) => {
  const answer = await instance.app.inject({ url: '/who', headers: { authorization: `Bearer ${token}` } });
  return answer.statusCode === 200 ? answer.body : answer.json<{ code: string }>().code;
};

test('tokens that were revoked count no more in any instance; later ones do, and others’', async () => {
  const identity = createBusWriter('identity', {
    encode: (type, data) => codec.encode(type as never, data as never),
    ...{ topicOf: (type: string) => topicOf(type), partitionOf, publisher: bed.publisher },
  });
  const grants = [{ role: 'auditor' }] as const;
  const token = (name: string, iat: number) => bed.issuer.token(name, grants, { iat });
  const [before, others] = [await token('anna', seconds()), await token('eva', seconds())];
  expect(await told(before)).toBe('anna');

  const stream = 'account-00000000-0000-4000-8000-000000000001';
  const act = { accountId: 'anna', actorId: 'boss', occurredAt: Date.now() };
  await identity.append(
    stream,
    { type: 'identity.AccountOpened', data: { ...act, source: 'administration' } },
    { type: 'identity.TokensRevoked', data: { ...act, reason: 'access_changed' } },
    // An older clock somewhere else takes nothing back.
    { type: 'identity.TokensRevoked', data: { ...act, occurredAt: act.occurredAt - 60_000, reason: 'signed_out' } },
  );
  for (const instance of [bed.service, second]) {
    await eventually('the refusal', async () =>
      (await told(before, instance)) === 'token_revoked' ? true : undefined,
    );
    expect(await told(others, instance)).toBe('eva');
    // One that was given while the revocation was on its way is of what was before.
    expect(await told(await token('anna', Math.floor(act.occurredAt / 1_000) + 1), instance)).toBe('token_revoked');
    expect(await told(await token('anna', Math.floor(act.occurredAt / 1_000) + 5), instance)).toBe('anna');
  }
});

test('an instance that starts later knows them too', async () => {
  const third = await bed.another();
  expect(await told(await bed.issuer.token('anna', [{ role: 'auditor' }], { iat: seconds() - 60 }), third)).toBe(
    'token_revoked',
  );
});
