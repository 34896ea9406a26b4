import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { IdentityError } from '../errors.ts';

/**
 * A secret in a file that its owner alone can read; made when there is none. Several instances may start at once on the
 * same file: each writes a whole one aside and links it into place, and only one link succeeds; all then read the same.
 */
export async function secretFile(file: string, make: () => Promise<string> | string): Promise<string> {
  const text = (await readIfThere(file)) ?? (await createFile(file, await make()));
  await refuseOpenFile(file);
  return text.trim();
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new IdentityError('key_file', `cannot read ${file}`, { cause: error });
  }
}

async function createFile(file: string, text: string): Promise<string> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(aside, `${text}\n`, { mode: 0o600, flag: 'wx', flush: true });
    // The mode given above is cut by the umask, never widened; this makes it exactly 600.
    await chmod(aside, 0o600);
    await link(aside, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new IdentityError('key_file', `cannot make ${file}`, { cause: error });
  } finally {
    await unlink(aside).catch(() => undefined);
  }
}

/** A secret that others can read is none. */
async function refuseOpenFile(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) {
    throw new IdentityError('key_file', `${file} can be read by others: set its mode to 600`);
  }
}
