import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Caller } from '@vienuviet/http';
import { IdentityError } from '../errors.ts';
import { secretFile } from '../keys/key-file.ts';
import { type InstitutionDirectory, readDirectories } from './directory.ts';

/** The directories of the settings, and who of them a secret belongs to. */
export interface Directories {
  readonly all: readonly InstitutionDirectory[];
  /** The directory that a caller is, by its account id. */
  ofCaller(caller: Pick<Caller, 'id'>): InstitutionDirectory | undefined;
  /** Takes a bearer secret; for `acceptOpaqueTokens`. */
  callerOf(secret: string): Promise<Caller | undefined>;
}

/** No dots: three parts between dots would be taken for a JWT. */
const secretForm = /^[A-Za-z0-9\-_~+/]{32,512}={0,2}$/;
const accountOf = (name: string): string => `directory:${name}`;
const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/**
 * The directories of the files. Of their secrets only hashes stay in memory; they are random and long, so a plain hash
 * will do. A file of secrets has one a line: a second one lets the directory change over before the first is taken out.
 */
export async function loadDirectories(files: readonly string[]): Promise<Directories> {
  const read = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        throw new IdentityError('directories_file', `cannot read ${file}`, { cause: error });
      });
      return readDirectories(file, text);
    }),
  );
  const all = read.flat();
  const byAccount = new Map(all.map((directory) => [accountOf(directory.name), directory]));
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) !== index);
  if (twice) throw new IdentityError('directories_file', `the directory ${twice.name} is given twice`);
  const secrets = (await Promise.all(all.map(secretsOf))).flat();
  const shared = secrets.find(({ hash }, index) => secrets.findIndex((other) => other.hash.equals(hash)) !== index);
  if (shared) throw new IdentityError('directories_file', `the directory ${shared.name} has the secret of another`);
  return {
    all,
    ofCaller: ({ id }) => byAccount.get(id),
    callerOf: async (secret) => {
      const hash = hashOf(secret);
      const found = secrets.find((one) => timingSafeEqual(one.hash, hash));
      return found && { id: accountOf(found.name), grants: [{ role: 'directory' }] };
    },
  };
}

async function secretsOf({ name, source }: InstitutionDirectory): Promise<{ name: string; hash: Buffer }[]> {
  if (source.kind !== 'scim') return [];
  const text = await secretFile(source.secretFile, () => {
    throw new IdentityError('directories_file', `the directory ${name} has no secret: ${source.secretFile} is missing`);
  });
  const secrets = text.split(/\r?\n/).filter(Boolean);
  if (secrets.length === 0 || secrets.length > 2 || !secrets.every((secret) => secretForm.test(secret))) {
    throw new IdentityError(
      'directories_file',
      `${source.secretFile}: is not one or two secrets, one a line, of 32 letters, digits and -_~+/ at least`,
    );
  }
  return secrets.map((secret) => ({ name, hash: hashOf(secret) }));
}
