import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '@vienuviet/http';
import { createTestIssuer, type TestIssuer } from '@vienuviet/http/testing';
import { createLog, createMetrics } from '@vienuviet/telemetry';
import { type TestDatabase, testDatabase } from '@vienuviet/testing';
import { identityMigrations } from '../../migrations.ts';
import type { DirectoryAccount, FollowDirectory } from '../follow.ts';
import type { DirectorySource } from '../ldap/source.ts';
import { serveDirectories } from '../serve-directories.ts';

export const centreId = '832c856f-4a4a-5d55-b2d5-d5ddf1a1df52';
export const clerk = { role: 'clerk', centreId } as const;
export const supervisor = { role: 'supervisor', centreId } as const;

/** The accounts as they would be; a double. */
export interface FollowingAccounts {
  readonly follow: FollowDirectory;
  /** Every call, the oldest first. */
  readonly calls: DirectoryAccount[];
  /** Where each account stands. */
  readonly now: Map<string, DirectoryAccount>;
  /** While set, nothing gets through: before it is done, or after. */
  failing: 'before' | 'after' | undefined;
}

export function followingAccounts(): FollowingAccounts {
  const accounts: FollowingAccounts = {
    ...{ calls: [], now: new Map(), failing: undefined },
    follow: async (account) => {
      if (accounts.failing === 'before') throw new Error('the accounts are away');
      accounts.calls.push(account);
      accounts.now.set(account.accountId, account);
      if (accounts.failing === 'after') throw new Error('the answer was lost');
    },
  };
  return accounts;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a resource has
  readonly body: any;
}

export interface DirectoryBed {
  readonly app: App;
  readonly database: TestDatabase;
  readonly issuer: TestIssuer;
  readonly accounts: FollowingAccounts;
  /** Lines of the log so far. */
  readonly lines: readonly string[];
  secretOf(directory: string): string;
  /** Time goes on. */
  later(seconds: number): void;
  /** A request of a directory. */
  scim(
    method: string,
    path: string,
    body?: unknown,
    more?: { directory?: string; headers?: object; app?: App },
  ): Promise<Answer>;
  /** A request of an operator. */
  operate(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The account of a person, as it stands. */
  accountOf(userName: string): Promise<DirectoryAccount | undefined>;
  /** One more instance on the same database. */
  another(accounts?: FollowingAccounts): Promise<App>;
  close(): Promise<void>;
}

export interface BedOptions {
  readonly source?: DirectorySource;
  /** Milliseconds between two looks of the background work. */
  readonly everyMs?: number;
  readonly ldapSeconds?: number;
}

export const scimDirectories = ['cesis', 'vsaa'] as const;

/** Three directories on a database of the test file's own: two send by SCIM, `novads` is read where there is a source. */
export async function directoryBed({
  source,
  everyMs = 60_000,
  ldapSeconds = 1,
}: BedOptions = {}): Promise<DirectoryBed> {
  const folder = await mkdtemp(join(tmpdir(), 'directories-'));
  const database = await testDatabase({ service: 'identity', sets: [identityMigrations] });
  const issuer = await createTestIssuer();
  const secrets = new Map<string, string>(scimDirectories.map((name) => [name, randomBytes(32).toString('base64url')]));
  for (const [name, secret] of secrets) await writeFile(join(folder, name), secret, { mode: 0o600 });
  const groups = [
    { group: { displayName: 'VPVKAC Clerks' }, ...clerk },
    { group: { externalId: 'g-supervisors' }, ...supervisor },
  ];
  const part = { base: 'dc=example' };
  const ldap = { url: 'ldaps://ldap.example', bindDn: 'cn=x', passwordFile: 'x', users: part, groups: part };
  const file = join(folder, 'directories.json');
  const all = [
    ...scimDirectories.map((name) => ({ name, title: `Directory ${name}`, groups, secretFile: join(folder, name) })),
    ...(source === undefined ? [] : [{ name: 'novads', title: 'A directory that is read', groups, ldap }]),
  ];
  await writeFile(file, JSON.stringify(all));

  const lines: string[] = [];
  const log = createLog({ service: 'identity', level: 'debug', destination: { write: (line) => lines.push(line) } });
  const writer = database.pool('writer');
  const running: App[] = [];
  let ahead = 0;
  const clock = () => new Date(Date.now() + ahead);
  const start = async (accounts: FollowingAccounts): Promise<App> => {
    const app = await createApp({
      ...{ name: 'identity', title: 'Identity', version: '1', description: 'Directories', log, auth: issuer.auth },
      metrics: createMetrics({ service: 'identity', ofProcess: false }),
    });
    await serveDirectories(app, {
      ...{
        files: [file],
        issuer: 'http://identity.test',
        ldapSeconds,
        follow: accounts.follow,
        log,
        clock,
        writer,
        everyMs,
      },
      ...(source === undefined ? {} : { sourceOf: () => source }),
    });
    await app.ready();
    running.push(app);
    return app;
  };
  const accounts = followingAccounts();
  const app = await start(accounts);
  const ask = async (method: string, url: string, body: unknown, headers: object, by = app): Promise<Answer> => {
    const type = body === undefined ? {} : { 'content-type': 'application/scim+json' };
    const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) };
    const answer = await by.inject({ method: method as 'GET', url, headers: { ...type, ...headers }, ...payload });
    return {
      ...{ status: answer.statusCode, headers: answer.headers },
      body: answer.payload === '' ? undefined : JSON.parse(answer.payload),
    };
  };
  const bed: DirectoryBed = {
    ...{ app, database, issuer, accounts, lines },
    secretOf: (directory) => secrets.get(directory) ?? '',
    later: (seconds) => {
      ahead += seconds * 1_000;
    },
    scim: (method, path, body, { directory = 'cesis', headers = {}, app: by = app } = {}) =>
      ask(method, `/scim/v2${path}`, body, { authorization: `Bearer ${bed.secretOf(directory)}`, ...headers }, by),
    operate: async (method, path, body) => {
      const engineer = await issuer.as('engineer', [{ role: 'integration_engineer' }]);
      return ask(method, path, body, { ...engineer, 'content-type': 'application/json' });
    },
    accountOf: async (userName) => {
      const { rows } = await writer.query<{ id: string }>(
        'select account_id as id from identity.directory_user where user_name = $1 order by position desc limit 1',
        [userName],
      );
      return accounts.now.get(rows[0]?.id ?? '');
    },
    another: (others = accounts) => start(others),
    close: async () => {
      await Promise.all(running.map((one) => one.close()));
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
  return bed;
}
