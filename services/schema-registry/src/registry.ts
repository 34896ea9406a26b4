/** The committed contracts as a registry: schemas by id, subjects, versions. */
import {
  type Contract,
  type Contracts,
  candidateProblems,
  newestOf,
  type SchemaVersion,
  type Topic,
  versionOf,
} from '@vienuviet/schemas';
import { RegistryError } from './errors.ts';

/** One version of one subject, as Confluent's registry shows it. */
export interface RegisteredSchema {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  /** The schema as JSON text. */
  readonly schema: string;
}

export interface Registry {
  /** In the order of their names. */
  subjects(prefix: string): readonly string[];
  /** Throws `subject_not_found`. */
  versions(subject: string): readonly number[];
  /** A version by its number, by `latest` or -1. Throws `invalid_version`, `subject_not_found`, `version_not_found`. */
  version(subject: string, version: string): RegisteredSchema;
  /** Throws `schema_not_found`. */
  byId(id: string): RegisteredSchema;
  /** All of them, in the order of their ids. */
  all(): readonly RegisteredSchema[];
  /** The version whose schema the text is. Throws `subject_not_found`, `schema_not_found`, `invalid_schema`. */
  lookUp(subject: string, schema: string): RegisteredSchema;
  /** What stands against a text as the next version; a version limits it to changes since that one. */
  problemsOf(subject: string, schema: string, version?: string): readonly string[];
}

/** A registry over contracts, which do not change while it runs. */
export function createRegistry(contracts: Contracts, topics: readonly Topic[]): Registry {
  const bySubject = new Map([...contracts.byType.values()].map((contract) => [contract.subject, contract]));
  const topicByType = new Map(topics.flatMap(({ name, events }) => events.map((type) => [type, name])));
  const inUse = contracts.lock.filter(({ retired }) => !retired);
  const ids = new Map(inUse.map(({ id, subject, version }) => [`${subject} ${version}`, id]));

  const contractOf = (subject: string): Contract => {
    const contract = bySubject.get(subject);
    if (contract === undefined) throw new RegistryError('subject_not_found', `Subject '${subject}' not found.`);
    return contract;
  };
  const registered = ({ subject, version, json }: SchemaVersion): RegisteredSchema => ({
    subject,
    version,
    id: ids.get(`${subject} ${version}`)!,
    schema: JSON.stringify(json),
  });
  const all = [...bySubject.values()]
    .flatMap(({ versions }) => versions.map(registered))
    .sort((one, other) => one.id - other.id);
  const byId = new Map(all.map((schema) => [String(schema.id), schema]));
  const find = (subject: string, version: string): SchemaVersion => {
    const number = versionNumber(version);
    const contract = contractOf(subject);
    const found = number === 'latest' ? newestOf(contract) : contract.versions[number - 1];
    if (found === undefined) throw new RegistryError('version_not_found', `Version ${version} not found.`);
    return found;
  };

  return {
    subjects: (prefix) => [...bySubject.keys()].filter((subject) => subject.startsWith(prefix)).sort(),
    versions: (subject) => contractOf(subject).versions.map(({ version }) => version),
    version: (subject, version) => registered(find(subject, version)),
    byId(id) {
      const schema = byId.get(id);
      if (schema === undefined) throw new RegistryError('schema_not_found', `Schema ${id} not found`);
      return schema;
    },
    all: () => all,
    lookUp(subject, schema) {
      const contract = contractOf(subject);
      const found = readable(() => versionOf(contract, schema));
      if (found === undefined) throw new RegistryError('schema_not_found', 'Schema not found');
      return registered(found);
    },
    problemsOf(subject, schema, version) {
      const contract = contractOf(subject);
      const against = version === undefined ? contract.versions : [find(subject, version)];
      return readable(() => candidateProblems(contract, schema, against, topicByType.get(contract.type)));
    },
  };
}

function versionNumber(text: string): number | 'latest' {
  if (text === 'latest' || text === '-1') return 'latest';
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new RegistryError(
    'invalid_version',
    `The specified version '${text}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
  );
}

/** Whatever reading a foreign text throws, a stack that is too deep for it too, is the text's fault. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new RegistryError('invalid_schema', `Invalid schema: ${(cause as Error).message}`, { cause });
  }
}
