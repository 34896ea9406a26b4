import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Made once for a data folder, readable by its owner alone, never printed. */
export interface Secrets {
  /** Of PostgreSQL's administrator. */
  readonly postgres: string;
  /** From which each role of every service's database, and each account of Redis, has a password of its own. */
  readonly databaseRoles: string;
  /** Key of the keyed hash over idempotent requests. */
  readonly commandHashKey: string;
  /** Key of the keyed hashes by which persons are found. */
  readonly blindIndexSecret: string;
  /** Signs the cookies of sign-ins. */
  readonly cookieKey: string;
  /** Seals the private parts of signing keys in the database. */
  readonly keySealSecret: string;
  /** From which each service's key for signing checkpoints of its audit is made, and that by which it finds persons. */
  readonly auditKeys: string;
}

const password = (): string => randomBytes(24).toString('base64url');

function newSecrets(): Secrets {
  return {
    postgres: password(),
    databaseRoles: password(),
    commandHashKey: randomBytes(32).toString('base64url'),
    blindIndexSecret: randomBytes(32).toString('base64url'),
    cookieKey: randomBytes(32).toString('base64url'),
    keySealSecret: randomBytes(32).toString('base64url'),
    auditKeys: randomBytes(32).toString('base64url'),
  };
}

/**
 * Reads the secrets of a data folder, and makes those that it has not: all of them at first, and one that came with a
 * later version when it is first asked for.
 */
export function ensureSecrets(dataFolder: string): Secrets {
  const file = join(dataFolder, 'secrets.json');
  mkdirSync(dataFolder, { recursive: true });
  const next = `${file}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(newSecrets(), null, 2)}\n`, { mode: 0o600 });
  try {
    // A link never replaces: whoever comes second reads what the first one made.
    linkSync(next, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(next);
  }
  const known = JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>;
  const secrets = { ...newSecrets(), ...known };
  if (Object.keys(secrets).some((name) => !Object.hasOwn(known, name))) {
    writeFileSync(next, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(next, file);
  }
  return secrets;
}
