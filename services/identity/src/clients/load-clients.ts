import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { IdentityError } from '../errors.ts';
import { secretFile } from '../keys/key-file.ts';
import { makeKeyPair, readKeyPair } from '../keys/signing-key.ts';
import { type Client, readClients } from './client.ts';

export type ClientWithKeys = Client & { readonly keys: readonly JWK[] };

/**
 * The clients of the files. One without keys is a sample: its key is made in `keysFolder` (mode 600) at the first start;
 * refused where there is no such folder, as in production.
 */
export async function loadClients(
  files: readonly string[],
  keysFolder: string | undefined,
): Promise<readonly ClientWithKeys[]> {
  const read = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        throw new IdentityError('clients_file', `cannot read ${file}`, { cause: error });
      });
      return readClients(file, text);
    }),
  );
  const clients = read.flat();
  const twice = clients.find(({ name }, index) => clients.findIndex((other) => other.name === name) !== index);
  if (twice) throw new IdentityError('clients_file', `the client ${twice.name} is given twice`);
  return Promise.all(clients.map(async (client) => ({ ...client, keys: client.keys ?? (await sampleKeys(client)) })));

  async function sampleKeys({ name }: Client): Promise<JWK[]> {
    if (keysFolder === undefined) {
      throw new IdentityError('clients_file', `the client ${name} has no keys, and none are made here`);
    }
    const text = await secretFile(join(keysFolder, `${name}.json`), async () =>
      JSON.stringify((await makeKeyPair()).privateJwk),
    );
    return [(await readKeyPair(JSON.parse(text) as JWK)).publicJwk];
  }
}
