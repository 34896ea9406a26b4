import { testInfrastructure } from '@vienuviet/testing';
import { expect, test } from 'vitest';
import { withClient } from './with-client.ts';

const config = { connectionString: testInfrastructure().postgresUrl };

test('the work of a client is done, and its connection ended', async () => {
  const pid = await withClient(
    config,
    async (client) => (await client.query('select pg_backend_pid() as pid')).rows[0].pid,
  );
  const left = await withClient(config, async (client) => {
    const { rows } = await client.query('select 1 from pg_stat_activity where pid = $1', [pid]);
    return rows.length;
  });
  expect(left).toBe(0);
});

test('a server that goes in the middle fails the work, and ends nothing else', async () => {
  const work = withClient(config, async (client) => {
    const { rows } = await client.query('select pg_backend_pid() as pid');
    await withClient(config, (other) => other.query('select pg_terminate_backend($1)', [rows[0].pid]));
    // The error comes between two statements, when no query hears of it.
    await new Promise((resolve) => setTimeout(resolve, 100));
    return client.query('select 1');
  });
  await expect(work).rejects.toThrow();
});
