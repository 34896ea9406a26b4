import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureDatabases } from './databases.ts';
import type { ServiceName } from './port-plan.ts';

const adminUrl = process.env['VIENUVIET_POSTGRES_URL']!;
/** Services that have no database on the platform, so that none of another test's is met. */
const services = ['schema-registry', 'nothing-yet' as ServiceName] as const;
const databases = ['schema_registry', 'schema_registry_keys', 'nothing_yet', 'nothing_yet_keys'];
const roles = ['schema_registry', 'nothing_yet'].flatMap((name) =>
  ['owner', 'writer', 'reader'].map((role) => `${name}_${role}`),
);
const humbleUrl = Object.assign(new URL(adminUrl), { username: 'humble_admin', password: 'humble' }).toString();

async function onServer(statements: readonly string[]): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  for (const statement of statements) await admin.query(statement);
  await admin.end();
}

const clear = [
  ...databases.map((name) => `drop database if exists ${name} with (force)`),
  ...roles.map((name) => `drop role if exists ${name}`),
];
const place = pg.escapeIdentifier(new URL(adminUrl).pathname.slice(1));

beforeAll(() =>
  onServer([
    `create role humble_admin login createrole createdb password 'humble'`,
    `grant connect on database ${place} to humble_admin`,
  ]),
);

afterAll(() => onServer([...clear, 'drop owned by humble_admin', 'drop role humble_admin']));

describe('the databases of services', () => {
  test.each([
    ['a superuser', adminUrl, []],
    ['who may only create them', humbleUrl, [expect.stringContaining('_reader roles can take advisory locks')]],
  ])('made by %s come with a warning where one is due, and then with a single one', async (_who, postgresUrl, said) => {
    const warnings: string[] = [];
    const made = await ensureDatabases({
      ...{ services, postgresUrl, password: 'a secret' },
      warn: (text) => warnings.push(text),
    });
    expect(warnings).toEqual(said);
    expect([...made.keys()]).toEqual(services);
    await onServer(clear);
  });
});
