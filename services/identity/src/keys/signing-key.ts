import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { IdentityError } from '../errors.ts';

export interface SigningKey {
  readonly privateKey: CryptoKey;
  /** What the issuer publishes: kid (thumbprint, RFC 7638), alg, use. */
  readonly publicJwk: JWK;
}

export const signingAlgorithm = 'ES256';

/**
 * The issuer's key, from its file; made when there is none. Several instances may start at once on the same file: each
 * writes a whole key aside and links it into place, and only one link succeeds; all then read the same file.
 */
export async function loadSigningKey(file: string): Promise<SigningKey> {
  const text = (await readIfThere(file)) ?? (await createFile(file));
  await refuseOpenFile(file);
  return readKey(file, text);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new IdentityError('key_file', `cannot read the key file ${file}`, { cause: error });
  }
}

async function createFile(file: string): Promise<string> {
  const { privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
  const aside = `${file}.${randomUUID()}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(aside, `${JSON.stringify(await exportJWK(privateKey))}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    // The mode given above is cut by the umask, never widened; this makes it exactly 600.
    await chmod(aside, 0o600);
    await link(aside, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new IdentityError('key_file', `cannot make the key file ${file}`, { cause: error });
  } finally {
    await unlink(aside).catch(() => undefined);
  }
}

/** A key that others can read signs for others. */
async function refuseOpenFile(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) {
    throw new IdentityError('key_file', `the key file ${file} can be read by others: set its mode to 600`);
  }
}

async function readKey(file: string, text: string): Promise<SigningKey> {
  try {
    const jwk = JSON.parse(text) as JWK;
    const { kty, crv, x, y, d } = jwk;
    if (kty !== 'EC' || crv !== 'P-256' || !x || !y || !d) throw new Error('not a private key on P-256');
    const privateKey = (await importJWK(jwk, signingAlgorithm)) as CryptoKey;
    const publicPart = { kty, crv, x, y };
    const kid = await calculateJwkThumbprint(publicPart);
    return { privateKey, publicJwk: { ...publicPart, kid, alg: signingAlgorithm, use: 'sig' } };
  } catch (error) {
    throw new IdentityError('key_file', `the key file ${file} does not hold a private ${signingAlgorithm} key`, {
      cause: error,
    });
  }
}
