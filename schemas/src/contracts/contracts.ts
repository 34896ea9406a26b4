/** A folder of contracts, read: `<folder>/<owner>/<Event>/v<N>.avsc` with the ids of `lock.json`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ContractError } from '../errors.ts';
import { type RecordSchema, readSchema } from './avro-schema.ts';
import { identityOf } from './identity.ts';
import { type Lock, readLock } from './lock.ts';

/** Every namespace of ours begins with this. */
export const namespaceRoot = 'lv.vienuviet';

/** The file in an event's folder that says why it is not yet held to the rules, and until when. */
export const experimentalFile = 'experimental.md';

export interface SchemaVersion {
  /** Type as in code: `intake.CaseRegistered`. */
  readonly type: string;
  /** Full name of the record, and the subject of the registry: `lv.vienuviet.intake.CaseRegistered`. */
  readonly subject: string;
  readonly version: number;
  /** Path below the folder of contracts. */
  readonly file: string;
  /** The file's JSON, as it is served to others. */
  readonly json: object;
  readonly schema: RecordSchema;
  readonly identity: string;
}

export interface Contract {
  readonly type: string;
  readonly subject: string;
  readonly owner: string;
  /** A contract that is needed before its owner exists; exempt from the rules of change until then. */
  readonly experimental: boolean;
  /** By version, 1 first, without gaps. */
  readonly versions: readonly SchemaVersion[];
}

export const newestOf = (contract: Contract): SchemaVersion => contract.versions.at(-1)!;

export interface Contracts {
  readonly folder: string;
  /** By type. */
  readonly byType: ReadonlyMap<string, Contract>;
  readonly lock: Lock;
}

/** Folders beside the owners' that hold no contracts. */
const otherFolders = ['src', 'node_modules'];

/** Reads all contracts of a folder. Throws `ContractError` that names the file for what cannot be used. */
export function readContracts(folder: string): Contracts {
  const byType = new Map<string, Contract>();
  for (const owner of foldersIn(folder)) {
    if (otherFolders.includes(owner)) continue;
    for (const event of foldersIn(join(folder, owner))) {
      const contract = readContract(folder, owner, event);
      byType.set(contract.type, contract);
    }
  }
  return { folder, byType, lock: readLock(folder) };
}

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();

function readContract(folder: string, owner: string, event: string): Contract {
  const own = join(folder, owner, event);
  const type = `${owner}.${event}`;
  const numbers = readdirSync(own)
    .flatMap((name) => /^v([1-9]\d*)\.avsc$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
  if (numbers.length === 0) throw new ContractError(`${relative(folder, own)} has no v1.avsc`);
  const texts = numbers.map((version, index) => {
    if (version !== index + 1) throw new ContractError(`${relative(folder, own)} has no v${index + 1}.avsc`);
    return readFileSync(join(own, `v${version}.avsc`), 'utf8');
  });
  return contractOf(type, texts, existsSync(join(own, experimentalFile)));
}

/** The contract of a type from the texts of its versions, 1 first. Throws `ContractError` that names the file. */
export function contractOf(type: string, texts: readonly string[], experimental = false): Contract {
  const subject = `${namespaceRoot}.${type}`;
  const versions = texts.map((text, index): SchemaVersion => {
    const version = index + 1;
    const file = `${type.replace('.', '/')}/v${version}.avsc`;
    try {
      const json = JSON.parse(text) as object;
      const schema = readSchema(json);
      if (schema.type !== 'record') throw new ContractError('an event is a record');
      if (schema.name !== subject) {
        throw new ContractError(`the record is called ${schema.name}, and the folder says ${subject}`);
      }
      return { type, subject, version, file, json, schema, identity: identityOf(schema) };
    } catch (cause) {
      throw new ContractError(`${file}: ${(cause as Error).message}`, { cause });
    }
  });
  return { type, subject, owner: type.slice(0, type.indexOf('.')), experimental, versions };
}
