/**
 * Services as a container runs them: by somebody who owns nothing, on files that cannot be written. Node's permission
 * model refuses every write, whoever runs the test; where that is root, the service runs as an ordinary user besides.
 */
import { chownSync, existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';
import { root } from './test-folders.ts';
import { type TestPlatform, testPlatform } from './test-platform.ts';

/** The same as in the Dockerfile. */
const ordinary = { uid: 65_532, gid: 65_532 };

let platform: TestPlatform;
let folder: string;
const started: ServiceProcess[] = [];

beforeAll(async () => {
  platform = await testPlatform();
  folder = await mkdtemp(join(tmpdir(), 'ordinary-'));
  if (isRoot) chownSync(folder, ordinary.uid, ordinary.gid);
});
afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
  await platform.release();
});

const isRoot = process.getuid?.() === 0;
/** A checkout below a folder of mode 700 cannot be read by anybody else. */
const isReadable = root
  .split('/')
  .map((_, index, all) => all.slice(0, index + 1).join('/') || '/')
  .every((parent) => (statSync(parent).mode & 0o005) === 0o005);

/** What the environment names in the data folder, as it is mounted into a container: readable by the service. */
async function mounted(service: string, env: Record<string, string>): Promise<Record<string, string>> {
  const copies = Object.entries(env).map(async ([name, value]) => {
    if (!value.startsWith(platform.dataFolder) || !existsSync(value)) return [name, value] as const;
    const copy = join(folder, service, name, basename(value));
    await mkdir(join(folder, service, name), { recursive: true });
    await cp(value, copy, { recursive: true });
    return [name, copy] as const;
  });
  const copied = Object.fromEntries(await Promise.all(copies));
  if (isRoot)
    for (const file of globSync('**/*', { cwd: folder })) chownSync(join(folder, file), ordinary.uid, ordinary.gid);
  return copied;
}

const statusOf = (pid: number): string => readFileSync(`/proc/${pid}/status`, 'utf8');

/** A sample where every start counts; all of them in `./scripts/test full`. */
const services =
  process.env['VIENUVIET_TEST_FULL'] === 'yes'
    ? (['identity', 'schema-registry', 'intake', 'status-feed', 'reporting', 'partner-gateway'] as const)
    : (['identity', 'partner-gateway'] as const);

describe.each(services)('%s', (service) => {
  test('runs as an ordinary user, writes no file, and ends in time when it is asked to', async () => {
    const { NODE_COMPILE_CACHE: _, ...env } = await mounted(service, platform.environmentOf(service));
    const process = startServiceProcess(service, {
      ...{ env, nodeArgs: ['--permission', '--allow-fs-read=*'] },
      ...(isRoot && isReadable ? { user: ordinary } : {}),
    });
    started.push(process);
    const address = await process.address;
    if (isRoot && isReadable) expect(statusOf(process.child.pid!)).toMatch(/^Uid:\t65532\t65532\t65532\t65532$/m);
    expect((await fetch(`${address}/health/live`)).status).toBe(200);
    expect((await fetch(`${address}/docs/`)).status).toBe(200);
    const asked = performance.now();
    process.child.kill('SIGTERM');
    expect(await process.ended).toBe(0);
    expect(performance.now() - asked).toBeLessThan(12_000);
    expect(process.output()).not.toMatch(/ERR_ACCESS_DENIED|EACCES|EROFS/);
  }, 60_000);
});

test('a service that tried to write would be refused', async () => {
  const { NODE_COMPILE_CACHE: _, ...env } = await mounted('identity', platform.environmentOf('identity'));
  const process = startServiceProcess('identity', {
    env: { ...env, SAMPLE_PASSWORD_FILE: join(folder, 'nowhere', 'password') },
    nodeArgs: ['--permission', '--allow-fs-read=*'],
  });
  started.push(process);
  expect(await process.ended).toBe(1);
  expect(process.output()).toContain('ERR_ACCESS_DENIED');
});
