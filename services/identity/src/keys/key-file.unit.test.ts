import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { secretFile } from './key-file.ts';

let folder: string;
let file: string;
let made: number;
const make = () => `secret ${++made}`;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'key-file-'));
  file = join(folder, 'inner', 'key.json');
  made = 0;
});
afterEach(() => rm(folder, { recursive: true }));

describe('a secret in a file', () => {
  test('is made once, readable by its owner alone, and is the same at every start', async () => {
    expect(await secretFile(file, make)).toBe('secret 1');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await secretFile(file, make)).toBe('secret 1');
    expect(await readFile(file, 'utf8')).toBe('secret 1\n');
  });

  test('is one for many who start on the same file at once', async () => {
    const secrets = await Promise.all(Array.from({ length: 12 }, () => secretFile(file, make)));
    expect(new Set(secrets).size).toBe(1);
    expect(await readdir(join(folder, 'inner'))).toEqual(['key.json']);
  });

  test('that others can read is refused', async () => {
    await secretFile(file, make);
    await chmod(file, 0o640);
    await expect(secretFile(file, make)).rejects.toMatchObject({
      code: 'key_file',
      message: expect.stringContaining('600'),
    });
  });

  test('that cannot be made says so', async () => {
    await expect(secretFile('/proc/key.json', make)).rejects.toMatchObject({ code: 'key_file' });
  });
});
