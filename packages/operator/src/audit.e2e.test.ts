import { eventually } from '@vienuviet/testing';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await testPlatform();
});
afterAll(() => platform.release());

interface Line {
  readonly service: string;
  readonly records: number;
  readonly copies: number;
  readonly unsigned: number;
  readonly fault: string | null;
}

async function verify(...args: string[]): Promise<{ exitCode: number; lines: Line[] }> {
  const { exitCode, stdout } = await platform.vienuviet('audit', 'verify', '--json', ...args);
  return { exitCode, lines: JSON.parse(stdout) };
}

/** As the owner of identity's database, who can switch triggers off. */
async function tamper(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: platform.endpoints.postgres['identity']!.main });
  await client.connect();
  try {
    await client.query('alter table audit.records disable trigger user');
    for (const { name } of (
      await client.query(`select inhrelid::regclass::text as name from pg_inherits
                                                 where inhparent = 'audit.records'::regclass`)
    ).rows) {
      await client.query(`alter table ${name} disable trigger user`);
    }
    await client.query(sql);
  } finally {
    await client.end();
  }
}

describe('vienuviet audit verify', () => {
  test('finds every service’s audit whole, and the same on Kafka', async () => {
    const headers = { authorization: 'Bearer nonsense' };
    expect((await fetch(`${platform.endpoints.identity}/v1/accounts`, { headers })).status).toBe(401);
    const signed = await eventually(
      'a signed checkpoint of identity',
      async () => {
        const { exitCode, lines } = await verify();
        expect(lines.filter(({ fault }) => fault !== null)).toEqual([]);
        expect(exitCode).toBe(0);
        return lines.find(({ service, copies }) => service === 'identity' && copies > 0) && lines;
      },
      120_000,
    );
    expect(signed.map(({ service }) => service)).toEqual(Object.keys(platform.endpoints.postgres));
  });

  test('names a record that the owner of the database altered, and ends with 1', async () => {
    await tamper(`update audit.records set code = code || '_' where sequence = 1`);
    try {
      const { exitCode, lines } = await verify('identity');
      expect(exitCode).toBe(1);
      expect(lines[0]!.fault).toMatch(/^record 1 of chain [0-9a-f-]{36} was altered$/);
    } finally {
      await tamper(`update audit.records set code = rtrim(code, '_') where sequence = 1`);
    }
    expect((await verify('identity')).exitCode).toBe(0);
  });

  test('refuses a service that has none, and says which have', async () => {
    const { exitCode, stderr } = await platform.vienuviet('audit', 'verify', 'schema-registry');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('these have: identity')]);
  });
});
