import { resolve } from 'node:path';

/** What a copy hands on to identity where its environment says it, under the name that identity has for it. */
const HANDED_ON = [
  'CLIENT_FILES',
  'DIRECTORY_FILES',
  'LDAP_SYNC_SECONDS',
  'SECOND_FACTOR',
  'UPSTREAM_ISSUER',
  'UPSTREAM_CLIENT_ID',
  'UPSTREAM_KEY_FILE',
  'UPSTREAM_TWO_FACTOR_ACRS',
] as const;

export type IdentitySettings = Readonly<Partial<Record<(typeof HANDED_ON)[number], string>>>;

/**
 * Who signs in how, of one copy, from the environment; an empty one is unset. Relative files are taken from `root`,
 * since identity runs in a folder of its own. Whether a value can be is judged by identity, which does not start
 * otherwise.
 */
export function identitySettingsFrom(
  env: Readonly<Record<string, string | undefined>>,
  root: string,
): IdentitySettings {
  const given = HANDED_ON.flatMap((name) => {
    const value = env[name];
    return value ? [[name, /_FILES?$/.test(name) ? filesFrom(value, root) : value] as const] : [];
  });
  return Object.fromEntries(given);
}

const filesFrom = (list: string, root: string): string =>
  list
    .split(',')
    .map((file) => resolve(root, file.trim()))
    .join(',');
