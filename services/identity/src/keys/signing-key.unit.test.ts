import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadSigningKey } from './signing-key.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-key-'));
  file = join(folder, 'inner', 'key.json');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the signing key', () => {
  test('is made once, readable by its owner alone, and is the same at every start', async () => {
    const first = await loadSigningKey(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, 'utf8');
    const second = await loadSigningKey(file);
    expect(second.publicJwk).toEqual(first.publicJwk);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  test('is one for many instances that start on the same file at once', async () => {
    const keys = await Promise.all(Array.from({ length: 12 }, () => loadSigningKey(file)));
    expect(new Set(keys.map(({ publicJwk }) => publicJwk.kid)).size).toBe(1);
    expect(await readdir(join(folder, 'inner'))).toEqual(['key.json']);
  });

  test('keeps its private part to itself', async () => {
    const { publicJwk } = await loadSigningKey(file);
    expect(Object.keys(publicJwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  test('that others can read is refused', async () => {
    await loadSigningKey(file);
    await chmod(file, 0o640);
    await expect(loadSigningKey(file)).rejects.toMatchObject({
      code: 'key_file',
      message: expect.stringContaining('600'),
    });
  });

  test.each([
    ['nothing', ''],
    ['half a file', '{"kty":"EC","crv":"P-2'],
    ['a public key', '{"kty":"EC","crv":"P-256","x":"a","y":"b"}'],
    ['another curve', '{"kty":"EC","crv":"P-384","x":"a","y":"b","d":"c"}'],
    ['numbers that are no key', '{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}'],
  ])('in a file with %s is refused, and the file left as it is', async (_name, text) => {
    const broken = join(folder, 'broken.json');
    await writeFile(broken, text, { mode: 0o600 });
    await expect(loadSigningKey(broken)).rejects.toMatchObject({ code: 'key_file' });
    expect(await readFile(broken, 'utf8')).toBe(text);
  });

  test('that cannot be written is a clear error', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(loadSigningKey(join(folder, 'file', 'key.json'))).rejects.toMatchObject({ code: 'key_file' });
  });
});
