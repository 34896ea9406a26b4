/** What the sample people and machines of a data folder sign in with, as identity made it at its first start. */
import type { webcrypto } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlatformError } from '../platform/errors.ts';

export type PrivateKey = webcrypto.JsonWebKey & { readonly kid?: string };

export interface Credentials {
  /** All sample people share it. */
  readonly password: string;
  readonly passwordFile: string;
  /** The private key of a machine; undefined for an account that is none. */
  keyOf(account: string): PrivateKey | undefined;
}

/** Throws `not_started` where there is no password, or none that can be read. */
export function readCredentials(dataFolder: string): Credentials {
  const folder = join(dataFolder, 'identity');
  const passwordFile = join(folder, 'sample-password');
  const password = read(passwordFile).trim();
  if (password === '') throw unreadable(passwordFile, 'is empty');
  return {
    ...{ password, passwordFile },
    keyOf: (account) => {
      const file = join(folder, 'client-keys', `${account}.json`);
      if (!existsSync(file)) return undefined;
      try {
        return JSON.parse(read(file)) as PrivateKey;
      } catch (cause) {
        throw cause instanceof PlatformError ? cause : unreadable(file, 'is no key', cause);
      }
    },
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unreadable(file, 'cannot be read', cause);
  }
}

const unreadable = (file: string, fault: string, cause?: unknown): PlatformError =>
  new PlatformError(
    'not_started',
    `${file} ${fault}: nobody can sign in without it; identity makes it when ./scripts/run starts it`,
    { cause },
  );
