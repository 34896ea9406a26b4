import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePortBase } from '../platform/port-plan.ts';
import { identityOf } from '../processes/identity.ts';
import { createSupervisor, type Supervisor } from '../processes/supervisor.ts';
import { silent } from '../progress.ts';
import { redisUrlAs } from './accounts.ts';
import { startRedis } from './server.ts';

const secret = 'a secret of tests';
let dataFolder: string;
let supervisor: Supervisor;
let url: string;
beforeAll(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'redis-accounts-'));
  supervisor = createSupervisor({ dataFolder, plan: 'test', watched: identityOf(process.pid)! });
  const port = await freePortBase(1);
  url = await startRedis({ supervisor, port, secret, services: ['intake', 'status-feed'], progress: silent });
});
afterAll(async () => {
  await supervisor.stop('redis');
  rmSync(dataFolder, { recursive: true });
});

/** What Redis answers to a command of an account. */
const ask = (address: string, ...command: string[]): string =>
  execFileSync('redis-cli', ['--no-auth-warning', '-u', address, ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
const as = (account: string, ...command: string[]): string => ask(redisUrlAs(url, secret, account), ...command);

describe('an account of Redis', () => {
  test('counts the requests of its service, and reaches no keys of others', () => {
    expect(as('intake', 'incr', 'rate:{intake:caller:x}:10:1')).toBe('1');
    expect(as('intake', 'eval', "return redis.call('get', KEYS[1])", '1', 'rate:{intake:caller:x}:10:1')).toBe('1');
    expect(as('status-feed', 'get', 'rate:{intake:caller:x}:10:1')).toContain('NOPERM');
    expect(as('status-feed', 'incr', 'rate:{intake:caller:x}:10:1')).toContain('NOPERM');
    expect(as('intake', 'eval', "return redis.call('get', 'rate:{status-feed:x}:10:1')", '0')).toContain(
      'The user executing the script can',
    );
  });

  test('nudges on the channels of its service alone', () => {
    expect(as('status-feed', 'publish', 'status-feed.items', '1')).toBe('0');
    expect(as('status-feed', 'publish', 'copy-7.status-feed.items', '1')).toBe('0');
    expect(as('intake', 'publish', 'status-feed.items', '1')).toContain('NOPERM');
  });

  test.each([
    ...[['flushall'], ['config', 'get', '*'], ['keys', '*'], ['acl', 'list'], ['shutdown']],
    // Of the connections of others: whoever took over one service must not halt the rest, nor see them.
    ...[
      ['client', 'list'],
      ['client', 'pause', '1'],
      ['client', 'kill', 'type', 'normal'],
      ['client', 'unpause'],
    ],
  ])('of a service may not %s %s', (...command) => expect(as('intake', ...command)).toContain('NOPERM'));

  test("is needed: nobody comes in without a name, or with another one's password", () => {
    const { port } = new URL(url);
    expect(ask(`redis://127.0.0.1:${port}`, 'get', 'x')).toContain('NOAUTH');
    const stolen = new URL(redisUrlAs(url, secret, 'intake'));
    stolen.username = 'operator';
    // The client says that its password was wrong, goes on without a name, and is refused.
    expect(ask(stolen.toString(), 'get', 'x')).toContain('NOAUTH');
  });

  test('has its password nowhere in clear', () => {
    const file = join(dataFolder, 'redis/users.acl');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(new URL(redisUrlAs(url, secret, 'intake')).password);
  });
});

test("the address of somebody else's Redis stays as it was given", () => {
  expect(redisUrlAs('redis://somebody:word@cache:6379', secret, 'intake')).toBe('redis://somebody:word@cache:6379');
});
