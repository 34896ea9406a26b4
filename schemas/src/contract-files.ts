import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Schema } from 'avsc';
import { SchemaError } from './errors.ts';

/** One version of one event as it is committed. */
export interface Contract {
  /** `<owner>.<Record>`, e.g. `intake.CaseRegistered`. */
  readonly type: string;
  /** Avro full name, e.g. `lv.vienuviet.intake.CaseRegistered`; also the subject (RecordNameStrategy). */
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly schema: Schema;
}

/** `lock.json`: the id of each version, given once. */
export interface LockEntry {
  readonly id: number;
  readonly subject: string;
  readonly version: number;
  /** SHA-256 of the normalised schema. */
  readonly hash: string;
}

export const namespace = 'lv.vienuviet';

/** Every `<owner>/<Event>/v<N>.avsc` of a folder, without ids. */
export function readSchemaFiles(folder: string): Omit<Contract, 'id'>[] {
  const folders = (path: string) =>
    readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !['node_modules', 'src'].includes(entry.name))
      .map((entry) => entry.name)
      .sort();
  return folders(folder).flatMap((owner) =>
    folders(join(folder, owner)).flatMap((event) =>
      readdirSync(join(folder, owner, event))
        .map((file) => ({ file, version: Number(/^v([1-9]\d*)\.avsc$/.exec(file)?.[1]) }))
        .filter(({ version }) => Number.isInteger(version))
        .sort((one, other) => one.version - other.version)
        .map(({ file, version }) => {
          const schema = JSON.parse(readFileSync(join(folder, owner, event, file), 'utf8'));
          const subject = `${schema.namespace}.${schema.name}`;
          if (subject !== `${namespace}.${owner}.${event}`) {
            throw new SchemaError('contracts', `${owner}/${event}/${file} holds ${subject}`);
          }
          return { type: `${owner}.${event}`, subject, version, schema };
        }),
    ),
  );
}

/** The contracts of a folder with the ids of its `lock.json`; throws when a file has no id. */
export function readContracts(folder: string): Contract[] {
  const lock: LockEntry[] = JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8'));
  return readSchemaFiles(folder).map((file) => {
    const entry = lock.find(({ subject, version }) => subject === file.subject && version === file.version);
    if (entry === undefined) throw new SchemaError('contracts', `${file.type} v${file.version} has no id in lock.json`);
    return { ...file, id: entry.id };
  });
}
