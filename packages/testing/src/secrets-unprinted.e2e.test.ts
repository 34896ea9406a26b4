/** What services and commands print, looked through for every secret of the platform; also when nothing works. */
import { randomBytes } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSecrets } from '@vienuviet/infra-local';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';
import { root } from './test-folders.ts';
import { type TestPlatform, testPlatform } from './test-platform.ts';

let platform: TestPlatform;
let folder: string;
const started: ServiceProcess[] = [];

beforeAll(async () => {
  platform = await testPlatform();
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
});
afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
  await platform.release();
});

const start: typeof startServiceProcess = (...args) => {
  const process = startServiceProcess(...args);
  started.push(process);
  return process;
};

const passwordIn = (url: string): string[] => {
  const { password } = new URL(url);
  return password === '' ? [] : [password, decodeURIComponent(password)];
};

/** The inner lines of a key in PEM, each of which is enough to look for. */
const linesOfKey = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.includes('-----'))
    .slice(0, 3);

/** Everything that an environment holds and nobody may read. */
function secretsIn(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (name.endsWith('_URL')) return passwordIn(value);
    if (name === 'KAFKA_KEY_FILE') return linesOfKey(value);
    if (/KEY|SECRET|PASSWORD/.test(name) && !/FILE|FOLDER|SECONDS/.test(name)) return value.split(',');
    return name.endsWith('PASSWORD_FILE') && existsSync(value) ? [readFileSync(value, 'utf8').trim()] : [];
  });
}

/** The private parts of the keys of sample clients. */
const clientKeys = (): string[] =>
  globSync('identity/client-keys/*.json', { cwd: platform.dataFolder }).map(
    (file) => (JSON.parse(readFileSync(join(platform.dataFolder, file), 'utf8')) as { d: string }).d,
  );

/** Also as they would stand in base64 or in an address. */
const spellings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1),
];

function expectNone(secrets: readonly string[], text: string, where: string): void {
  expect(secrets.length).toBeGreaterThan(0);
  for (const secret of secrets) {
    // Shorter ones would be found by accident.
    expect(secret.length, 'a secret').toBeGreaterThan(9);
    for (const spelling of spellings(secret)) {
      if (text.includes(spelling)) throw new Error(`${where}: a secret of ${secret.length} signs stands there`);
    }
  }
}

test('the search finds a planted secret, however it is written', () => {
  const secret = 'planted/secret+of=20';
  for (const text of [secret, encodeURIComponent(secret), `{"a":"${Buffer.from(`${secret}`).toString('base64')}"}`]) {
    expect(() => expectNone([secret], `before ${text} after`, 'here')).toThrow('a secret of 20 signs');
  }
  expectNone([secret], 'nothing', 'here');
});

/** A sample where every start counts; all of it in `./scripts/test full`. */
const isFull = process.env['VIENUVIET_TEST_FULL'] === 'yes';
const services = isFull
  ? (['identity', 'schema-registry', 'intake', 'status-feed', 'reporting', 'partner-gateway'] as const)
  : (['identity', 'intake'] as const);

describe('a service at the level trace', () => {
  test.each(services)(
    '%s prints and answers none of what it was given',
    async (service) => {
      const env = platform.environmentOf(service);
      const process = start(service, { env: { ...env, LOG_LEVEL: 'trace' } });
      const address = await process.address;
      const { stdout: token } = await platform.vienuviet('token', 'engineer');
      const authorization = `Bearer ${token.trim()}`;
      const answers: string[] = [];
      for (const [path, headers] of [
        ['/metrics', {}],
        ['/health/ready', {}],
        ['/openapi.json', {}],
        ['/nowhere', { authorization }],
        ['/v1/operations/projections', { authorization }],
        ['/v1/operations/projections', { authorization: `${authorization}x` }],
        ['/v1/operations/projections', { authorization: 'Bearer nothing' }],
      ] as const) {
        const answer = await fetch(`${address}${path}`, { headers });
        answers.push(JSON.stringify([...answer.headers]), await answer.text());
      }
      process.child.kill('SIGTERM');
      expect(await process.ended).toBe(0);
      const secrets = [...secretsIn(env), token.trim(), token.trim().split('.')[2]!];
      if (service === 'identity') secrets.push(...clientKeys());
      expectNone(secrets, process.output(), `what ${service} printed`);
      expectNone(secrets, answers.join('\n'), `what ${service} answered`);
      expect(process.output()).toContain('"level":"debug"');
    },
    60_000,
  );
});

describe('a service that cannot start', () => {
  const planted = `planted-${randomBytes(12).toString('hex')}`;
  const changed = (url: string, change: (url: URL) => void): string => {
    const next = new URL(url);
    change(next);
    return next.toString();
  };
  const wrongPassword = (url: string) =>
    changed(url, (each) => {
      each.password = planted;
    });
  const nobodyThere = (url: string) =>
    changed(url, (each) => {
      each.password = planted;
      each.port = '1';
    });
  type Env = Record<string, string>;
  const mistakes: readonly { name: string; change: (env: Env) => Env; args?: readonly string[] }[] = [
    {
      name: 'a wrong password of the database',
      change: (env) => ({ ...env, DATABASE_URL: wrongPassword(env['DATABASE_URL']!) }),
    },
    {
      name: 'a database that is not there',
      change: (env) => ({ ...env, DATABASE_URL: nobodyThere(env['DATABASE_URL']!) }),
    },
    {
      name: 'an address that is none',
      change: (env) => ({ ...env, DATABASE_URL: `postgres://intake:${planted}/2#@db/x` }),
    },
    { name: 'a password without an address', change: (env) => ({ ...env, REDIS_URL: planted }) },
    {
      name: 'a wrong password of the owner',
      change: (env) => ({ ...env, DATABASE_OWNER_URL: wrongPassword(env['DATABASE_OWNER_URL']!) }),
      args: ['migrate'],
    },
    { name: 'a short key', change: (env) => ({ ...env, COMMAND_HASH_KEY: planted.slice(0, 20) }) },
    { name: 'a signing key that is none', change: (env) => ({ ...env, AUDIT_SIGNING_KEY: planted }) },
    {
      name: 'a key of Kafka that is none',
      change: (env) => {
        const file = join(folder, 'key.pem');
        writeFileSync(file, `-----BEGIN PRIVATE KEY-----\n${planted}\n-----END PRIVATE KEY-----\n`);
        return { ...env, KAFKA_KEY_FILE: file };
      },
    },
  ];

  test.each(isFull ? mistakes : mistakes.slice(0, 3))(
    'by $name says so in one line, without it',
    async ({ change, args = [] }) => {
      const env = platform.environmentOf('intake');
      const process = start('intake', { env: { ...change(env), LOG_LEVEL: 'trace' }, args });
      expect(await process.ended).toBe(1);
      const lines = process.output().trim().split('\n');
      expect(JSON.parse(lines.at(-1)!)).toMatchObject({ level: 'fatal', msg: 'cannot start' });
      expectNone([planted.slice(0, 20), ...secretsIn(env)], process.output(), 'what it printed');
    },
  );

  test('has not to, where only Redis is away or refuses it, and prints no password of it', async () => {
    for (const change of [wrongPassword, nobodyThere]) {
      const env = platform.environmentOf('intake');
      const process = start('intake', { env: { ...env, REDIS_URL: change(env['REDIS_URL']!), LOG_LEVEL: 'trace' } });
      const address = await process.address;
      expect((await fetch(`${address}/docs/json`)).status).toBe(200);
      expect((await fetch(`${address}/v1/work-queue`)).status).toBe(401);
      process.child.kill('SIGTERM');
      expect(await process.ended).toBe(0);
      expect(process.output()).toContain('Redis');
      expectNone([planted, ...secretsIn(env)], process.output(), 'what it printed');
    }
  }, 60_000);
});

describe('the platform', () => {
  const all = () => [
    ...Object.values(ensureSecrets(platform.dataFolder)),
    ...platform.services.flatMap((service) => secretsIn(platform.environmentOf(service))),
    ...clientKeys(),
  ];

  test('has written no secret to a log file of a server or service', () => {
    const files = globSync('logs/*.log', { cwd: platform.dataFolder });
    expect(files.length).toBeGreaterThan(6);
    for (const file of files) expectNone(all(), readFileSync(join(platform.dataFolder, file), 'utf8'), file);
  });

  test('shows no secret in the list of processes', () => {
    const shown = globSync('/proc/[0-9]*/cmdline').map((file) => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return '';
      }
    });
    expect(shown.some((line) => line.includes('redis-server'))).toBe(true);
    expectNone(all(), shown.join('\n'), 'the list of processes');
  });

  test('keeps every file with a secret to its owner', () => {
    const holding = globSync(['*.json', 'certificates/*.pem', 'identity/**/*', 'redis/*'], {
      ...{ cwd: platform.dataFolder, withFileTypes: true },
    });
    const secrets = all();
    const open = holding
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => secrets.some((secret) => readFileSync(file, 'latin1').includes(secret)))
      .filter((file) => (statSync(file).mode & 0o077) !== 0);
    expect(open).toEqual([]);
  });

  test('prints none by its commands', async () => {
    for (const command of [
      ['status'],
      ['topics'],
      ['people'],
      ['projection', 'list'],
      ['parked', 'list'],
      ['status', '--json'],
    ]) {
      const { stdout, stderr } = await platform.vienuviet(...command);
      expectNone(all(), stdout + stderr, command.join(' '));
    }
  }, 60_000);

  test('holds none in what is committed', () => {
    const files = globSync('{services,packages,infra,docs,schemas,scripts}/**/*.{ts,json,md,sql,sh}', {
      ...{ cwd: root, exclude: ['**/node_modules/**'] },
    });
    expect(files.length).toBeGreaterThan(500);
    const found = files.filter((file) =>
      /-----BEGIN (EC |RSA )?PRIVATE KEY-----\s*\n[A-Za-z0-9+/=]{40}/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(found).toEqual([]);
  });
});
