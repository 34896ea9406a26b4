import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureLdapServer, ensurePrerequisites, type Needs } from './prerequisites.ts';
import { silent } from './progress.ts';

/**
 * A machine where nothing is prepared, as far as the search path tells: a folder with programs of this test's own,
 * and an `apt-get` that "installs" by writing more of them there.
 */
let folder: string;
let path: string | undefined;

const program = (name: string, script: string, where = folder): void => {
  const file = join(where, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { flag: 'wx' });
  chmodSync(file, 0o755);
};
const java = (version: string) => `echo 'openjdk version "${version}"' >&2`;
/** A program that is there once `apt-get install` has run. */
const inArchive = (name: string, script = ''): void => {
  mkdirSync(join(folder, 'archive'), { recursive: true });
  program(name, script, join(folder, 'archive'));
};
const apt = (install = `/bin/cp ${folder}/archive/* ${folder}`): void =>
  program('apt-get', `echo "$*" >> ${folder}/asked\ncase "$*" in *install*) ${install} ;; esac`);
const asked = (): string => (existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : '');

const everything: Needs = { kafka: true, jars: true, redis: true };
const ROOT = 0;
const SOMEBODY = 1_000;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'programs-'));
  path = process.env['PATH'];
  process.env['PATH'] = folder;
});

afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true });
});

describe('system packages', () => {
  test('that are there are used, and nobody is asked for anything', async () => {
    program('java', java('17.0.15'));
    for (const name of ['mvn', 'redis-server', 'openssl']) program(name, '');
    apt('true');
    await ensurePrerequisites(everything, silent, ROOT);
    expect(asked()).toBe('');
  });

  test('that are missing are named in one sentence where apt may not be used', async () => {
    program('java', java('11.0.2'));
    program('openssl', '');
    await expect(ensurePrerequisites(everything, silent, SOMEBODY)).rejects.toMatchObject({
      ...{
        code: 'missing_packages',
        message: 'Please install these packages first: openjdk-17-jre-headless maven redis-server.',
      },
    });
    apt('true');
    program('sudo', 'exit 1');
    await expect(ensurePrerequisites(everything, silent, SOMEBODY)).rejects.toThrow(
      'Please install these packages first',
    );
    expect(asked()).toBe('');
  });

  test('that nothing needs are not missed', async () => {
    await ensurePrerequisites({ kafka: false, jars: true, redis: false }, silent, SOMEBODY);
    program('java', java('21'));
    program('openssl', '');
    await ensurePrerequisites({ kafka: true, jars: false, redis: false }, silent, SOMEBODY);
  });

  test('that only tests need are asked for by tests alone', async () => {
    const nothing: Needs = { kafka: false, jars: false, redis: false };
    inArchive('chromium');
    apt();
    await ensurePrerequisites(nothing, silent, ROOT);
    expect(asked()).toBe('');
    await expect(ensurePrerequisites({ ...nothing, chromium: true }, silent, SOMEBODY)).rejects.toThrow(
      'Please install these packages first: chromium.',
    );
    await ensurePrerequisites({ ...nothing, chromium: true }, silent, ROOT);
    expect(asked()).toContain('install -y --no-install-recommends chromium');
  });

  test('are installed by root', async () => {
    for (const name of ['mvn', 'openssl']) program(name, '');
    inArchive('java', java('17.0.1'));
    inArchive('redis-server');
    apt();
    await ensurePrerequisites(everything, silent, ROOT);
    expect(asked()).toBe('-q update\n-q install -y --no-install-recommends openjdk-17-jre-headless redis-server\n');
  });

  test('are installed by sudo where it asks for no password', async () => {
    program('java', java('17.0.1'));
    for (const name of ['mvn', 'openssl', 'true']) program(name, '');
    program('env', 'shift 2; exec "$@"');
    program('sudo', '[ "$1" = -n ] || exit 1; shift; exec "$@"');
    inArchive('redis-server');
    apt();
    await ensurePrerequisites(everything, silent, SOMEBODY);
    expect(asked()).toContain('install -y --no-install-recommends redis-server');
  });

  test('that could not be installed are named, with what apt said', async () => {
    program('java', java('17.0.1'));
    for (const name of ['mvn', 'openssl']) program(name, '');
    apt('echo "E: Unable to locate package redis-server" >&2; exit 100');
    await expect(ensurePrerequisites(everything, silent, ROOT)).rejects.toThrow(
      /^Please install these packages first: redis-server\.\n.*exit code 100:\nE: Unable to locate/s,
    );
  });
});

describe('the LDAP server that tests of directories need', () => {
  const ensure = (uid: number) => ensureLdapServer(silent, uid, join(folder, 'slapd'));

  test('is installed where it may be, and named in one sentence where not', async () => {
    program('openssl', '');
    await expect(ensure(SOMEBODY)).rejects.toMatchObject({
      ...{ code: 'missing_packages', message: 'Please install these packages first: slapd.' },
    });
    inArchive('slapd');
    apt();
    await ensure(ROOT);
    expect(asked()).toContain('install -y --no-install-recommends slapd');
  });
});
