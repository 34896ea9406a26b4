/** `node schemas/src/lock.ts`: gives new versions their ids. `--check`: refuses when a committed one changed. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockEntry, readSchemaFiles } from './contract-files.ts';
import { SchemaError } from './errors.ts';
import { schemasFolder } from './folder.ts';

/** JSON with the fields of every object in order: identity of a schema with its defaults, logical types and docs. */
export function normalised(schema: unknown): string {
  return JSON.stringify(schema, (_, value) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}

export const hashOf = (schema: unknown): string => createHash('sha256').update(normalised(schema)).digest('hex');

/** The lock with ids for versions that have none yet; throws when a locked version changed or vanished. */
export function nextLock(lock: readonly LockEntry[], folder: string): LockEntry[] {
  const files = readSchemaFiles(folder);
  for (const entry of lock) {
    const file = files.find(({ subject, version }) => subject === entry.subject && version === entry.version);
    if (file === undefined) {
      throw new SchemaError('contracts', `${entry.subject} v${entry.version} is locked and was removed`);
    }
    if (hashOf(file.schema) !== entry.hash) {
      throw new SchemaError('contracts', `${entry.subject} v${entry.version} is locked and was changed: add a version`);
    }
  }
  let id = Math.max(0, ...lock.map((entry) => entry.id));
  const added = files
    .filter((file) => !lock.some((entry) => entry.subject === file.subject && entry.version === file.version))
    .map(({ subject, version, schema }) => ({ id: ++id, subject, version, hash: hashOf(schema) }));
  return [...lock, ...added];
}

export function readLock(folder: string): LockEntry[] {
  const path = join(folder, 'lock.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
}

if (import.meta.main) {
  const lock = readLock(schemasFolder);
  const next = nextLock(lock, schemasFolder);
  const added = next.slice(lock.length);
  if (process.argv.includes('--check')) {
    if (added.length > 0) process.exitCode = 1;
  } else {
    writeFileSync(join(schemasFolder, 'lock.json'), `${JSON.stringify(next, null, 2)}\n`);
  }
  for (const { id, subject, version } of added) process.stdout.write(`${id} ${subject} v${version}\n`);
}
