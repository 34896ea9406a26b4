import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadDirectories } from './load-directories.ts';

const secret = 'a'.repeat(43);
const next = `${'b'.repeat(42)}=`;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'directories-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function load(secrets: Record<string, string | undefined>, mode = 0o600) {
  const entries = Object.keys(secrets).map((name) => ({
    name,
    title: name,
    groups: [],
    secretFile: join(folder, name),
  }));
  for (const [name, text] of Object.entries(secrets)) if (text) await writeFile(join(folder, name), text, { mode });
  const file = join(folder, 'directories.json');
  await writeFile(file, JSON.stringify(entries));
  return loadDirectories([file]);
}

describe('secrets of directories', () => {
  test('open for their directory alone, the old one and the new one while there are two', async () => {
    const directories = await load({ one: `${secret}\n${next}\n`, two: 'c'.repeat(32) });
    for (const each of [secret, next]) {
      const caller = await directories.callerOf(each);
      expect(caller).toEqual({ id: 'directory:one', grants: [{ role: 'directory' }] });
      expect(directories.ofCaller(caller!)?.name).toBe('one');
    }
    expect(await directories.callerOf(secret.slice(1))).toBeUndefined();
    expect(directories.ofCaller({ id: 'one' })).toBeUndefined();
  });

  test('are kept as hashes only', async () => {
    expect(JSON.stringify(await load({ one: secret }))).not.toContain(secret);
  });

  test.each([
    ['that is missing', { one: undefined }, 'has no secret'],
    ['that is short', { one: 'short' }, 'one or two secrets'],
    ['that looks like a JWT', { one: `${secret}.${secret}.x` }, 'one or two secrets'],
    ['of three lines', { one: `${secret}\n${next}\n${'d'.repeat(40)}` }, 'one or two secrets'],
    ['that another one has', { one: secret, two: secret }, 'the secret of another'],
  ])('%s keep identity from starting', async (_, secrets, words) => {
    await expect(load(secrets)).rejects.toMatchObject({ message: expect.stringContaining(words) });
  });

  test('that others can read keep identity from starting', async () => {
    await expect(load({ one: secret }, 0o644)).rejects.toMatchObject({ code: 'key_file' });
  });
});
