import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Which certificate stands for an account. Kafka reads no revocation lists: a certificate that must not be used any more
 * is written down here and gets no rights, and its account goes on under the next one, `intake.2`.
 */
const revokedFile = (folder: string): string => join(folder, 'revoked.json');

/** Common names that get no rights any more. */
export function revokedNames(folder: string): string[] {
  const file = revokedFile(folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : [];
}

/** Writes down that a certificate gets no rights any more. */
export function addRevokedName(folder: string, name: string): void {
  const names = new Set([...revokedNames(folder), name]);
  const file = revokedFile(folder);
  writeFileSync(`${file}.next`, `${JSON.stringify([...names], null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.next`, file);
}

/** The common name under which an account comes in: its own, or the first successor that was not revoked. */
export function certificateNameOf(folder: string, account: string): string {
  const revoked = new Set(revokedNames(folder));
  for (let number = 1; ; number++) {
    const name = number === 1 ? account : `${account}.${number}`;
    if (!revoked.has(name)) return name;
  }
}

/** The account of a common name: `intake` of `intake.2`. */
export const accountOf = (name: string): string => name.replace(/\.\d+$/, '');
