import { createLog } from '@vienuviet/telemetry';
import { type TestDatabase, testDatabase } from '@vienuviet/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identityMigrations } from '../migrations.ts';
import { postgresAdapter } from './adapter.ts';
import { keepRemovingExpired, removeExpired } from './clean-up.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await testDatabase({ service: 'identity', sets: [identityMigrations] });
  pool = database.pool('writer');
});
afterAll(() => database?.drop());

const adapterOf = (model: string) => postgresAdapter(pool)(model);
const rows = async () =>
  (await pool.query<{ model: string; id: string; payload: object }>('select * from identity.provider_state')).rows;
/** What lies `seconds` in the future is over. */
const runOut = (model: string) =>
  pool.query(`update identity.provider_state set expires_at = now() - interval '1 second' where model = $1`, [model]);

describe('what the provider keeps', () => {
  test('is found as it was kept, by any instance, until it is destroyed', async () => {
    const payload = { uid: 'u-1', accountId: 'auditor', jti: 's-1', kind: 'Session' };
    await adapterOf('Session').upsert('s-1', payload, 60);
    expect(await adapterOf('Session').find('s-1')).toEqual(payload);
    expect(await adapterOf('Session').findByUid('u-1')).toEqual(payload);
    expect(await adapterOf('Interaction').find('s-1')).toBeUndefined();
    await adapterOf('Session').destroy('s-1');
    expect(await adapterOf('Session').find('s-1')).toBeUndefined();
    expect(await adapterOf('Session').findByUid('u-1')).toBeUndefined();
  });

  test('is replaced by what is kept under the same id', async () => {
    const grants = adapterOf('Grant');
    await grants.upsert('g-1', { accountId: 'one' }, 60);
    await grants.upsert('g-1', { accountId: 'two' }, 60);
    expect(await grants.find('g-1')).toEqual({ accountId: 'two' });
  });

  test('has no end when it was kept without one: a registered client', async () => {
    const clients = adapterOf('Client');
    await clients.upsert('c-1', { client_id: 'c-1' }, undefined as unknown as number);
    await runOut('Nothing');
    await removeExpired(pool);
    expect(await clients.find('c-1')).toEqual({ client_id: 'c-1' });
  });

  test('is not found once it has run out, and is then removed', async () => {
    const interactions = adapterOf('Interaction');
    await interactions.upsert('i-1', { uid: 'i-1' }, 60);
    await runOut('Interaction');
    expect(await interactions.find('i-1')).toBeUndefined();
    expect(await interactions.findByUid('i-1')).toBeUndefined();
    expect(await removeExpired(pool)).toBe(1);
    expect((await rows()).some(({ model }) => model === 'Interaction')).toBe(false);
  });

  test('is removed in more than one batch where there is much of it', async () => {
    await pool.query(`insert into identity.provider_state (model, id, payload, expires_at)
      select 'Old', n::text, '{}', now() - interval '1 hour' from generate_series(1, 2500) n`);
    expect(await removeExpired(pool)).toBe(2_500);
  });

  test('is removed in the background', async () => {
    const stop = keepRemovingExpired(pool, createLog({ service: 'identity', level: 'silent' }), 20);
    await adapterOf('Interaction').upsert('i-2', { uid: 'i-2' }, 60);
    await runOut('Interaction');
    await expect.poll(async () => (await rows()).some(({ id }) => id === 'i-2'), { timeout: 5_000 }).toBe(false);
    await stop();
  });

  test('shows no credential to whoever reads the table', async () => {
    const secret = 'refresh-token-that-nobody-may-read';
    await adapterOf('RefreshToken').upsert(secret, { jti: secret, grantId: 'g-2', kind: 'RefreshToken' }, 60);
    expect(JSON.stringify(await rows())).not.toContain(secret);
    expect(await adapterOf('RefreshToken').find(secret)).toMatchObject({ jti: secret, grantId: 'g-2' });
  });
});

describe('a code', () => {
  test('is consumed once by many who try at once; the others are refused and the grant loses what it has', async () => {
    const [codes, tokens, grants] = [adapterOf('AuthorizationCode'), adapterOf('RefreshToken'), adapterOf('Grant')];
    await grants.upsert('g-3', { accountId: 'auditor' }, 60);
    await grants.upsert('g-4', { accountId: 'auditor' }, 60);
    await codes.upsert('code-1', { grantId: 'g-3' }, 60);
    await tokens.upsert('refresh-1', { grantId: 'g-3' }, 60);
    await tokens.upsert('refresh-2', { grantId: 'g-4' }, 60);
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => codes.consume('code-1')));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of tries)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ error: 'invalid_grant' });
    expect(await grants.find('g-3')).toBeUndefined();
    expect(await tokens.find('refresh-1')).toBeUndefined();
    expect(await tokens.find('refresh-2')).toMatchObject({ grantId: 'g-4' });
  });

  test('says that it was consumed, and when', async () => {
    const codes = adapterOf('AuthorizationCode');
    await codes.upsert('code-2', { grantId: 'g-5' }, 60);
    await codes.consume('code-2');
    expect(await codes.find('code-2')).toMatchObject({ consumed: expect.any(Number) });
  });

  test('that has run out cannot be consumed', async () => {
    const codes = adapterOf('AuthorizationCode');
    await codes.upsert('code-3', { grantId: 'g-6' }, 60);
    await runOut('AuthorizationCode');
    await expect(codes.consume('code-3')).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('of a grant that is revoked goes with it, and others’ do not', async () => {
    const codes = adapterOf('AuthorizationCode');
    await codes.upsert('code-4', { grantId: 'g-7' }, 60);
    await codes.upsert('code-5', { grantId: 'g-8' }, 60);
    await codes.revokeByGrantId('g-7');
    expect(await codes.find('code-4')).toBeUndefined();
    expect(await codes.find('code-5')).toBeDefined();
  });
});

describe('an assertion', () => {
  test('that comes many times at once is taken once', async () => {
    const used = adapterOf('ReplayDetection');
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => used.upsert('jti-1', { iss: 'x' }, 60)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('is taken again when the first one has run out', async () => {
    const used = adapterOf('ReplayDetection');
    await used.upsert('jti-2', { iss: 'x' }, 60);
    await runOut('ReplayDetection');
    await used.upsert('jti-2', { iss: 'x' }, 60);
    await expect(used.upsert('jti-2', { iss: 'x' }, 60)).rejects.toMatchObject({ error: 'invalid_client' });
  });
});
