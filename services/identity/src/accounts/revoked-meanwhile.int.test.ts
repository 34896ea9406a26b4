/** What is taken away while a token is given: whoever was quicker, the token does not count for longer. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@vienuviet/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningIdentity, runIdentity } from '../tests/running-identity.ts';

let identity: RunningIdentity;
beforeAll(async () => {
  identity = await runIdentity();
});
afterAll(() => identity?.close());

/** The order lock of the event store, under which everything is appended. */
const orderLock = 7_160_010;

const send = async (path: string, body?: object | 'none', token?: string) => {
  const answer = await fetch(`${identity.issuer}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() }),
      ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
    },
    ...(typeof body === 'object' ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
};
const tokenOf = async (name: string) => String((await send('/v1/tokens', { name })).json['accessToken']);

test('a token that was given while its revocation waited to be written counts no more', async () => {
  const account = '/v1/accounts/clerk.cesis.1';
  const supervisor = await tokenOf('supervisor.cesis');
  const other = await identity.database.pool('owner').connect();
  await other.query('select pg_advisory_lock($1)', [orderLock]);
  const deactivated = send(`${account}/deactivate`, 'none', supervisor);
  // For longer than a revocation is given to settle, and into the next second, by which tokens are dated.
  await pause(2_200);
  const token = await tokenOf('clerk.cesis.1');
  expect((await send(account, undefined, token)).status).toBe(200);
  await other.query('select pg_advisory_unlock($1)', [orderLock]);
  other.release();
  expect((await deactivated).status).toBe(200);
  await eventually('the refusal', async () =>
    (await send(account, undefined, token)).json['code'] === 'token_revoked' ? true : undefined,
  );
});
