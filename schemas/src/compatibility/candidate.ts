import { readSchema } from '../contracts/avro-schema.ts';
import { type Contract, contractOf, type SchemaVersion } from '../contracts/contracts.ts';
import { normalForm } from '../contracts/identity.ts';
import { resolutionProblems } from './resolution.ts';
import { ruleProblems } from './rules.ts';
import { changeProblems } from './unchanged.ts';

/**
 * What would stand against a text as the next version of a contract: the rules of every version, and every change since
 * the given versions. Empty: it could be committed. Throws `ContractError` for a text that is no schema of the event.
 */
export function candidateProblems(
  contract: Contract,
  text: string,
  against: readonly SchemaVersion[],
  topic: string | undefined,
): string[] {
  const candidate = contractOf(contract.type, [text]).versions[0]!;
  const version = { ...candidate, version: contract.versions.length + 1, file: 'the schema' };
  return [
    ...ruleProblems(contract, version, topic),
    ...resolutionProblems([...against, version]),
    ...changeProblems([...against, version]),
  ].map(({ file, problem }) => `${file}: ${problem}`);
}

/**
 * The version whose schema a text is, as a client has it that kept of it what Avro knows: a JVM class adds properties of
 * its own (`avro.java.string`), others drop ours. Documentation does not matter. Throws `ContractError` for no schema.
 */
export function versionOf(contract: Contract, text: string): SchemaVersion | undefined {
  const wanted = JSON.stringify(asAvroHasIt(normalForm(readSchema(JSON.parse(text)))));
  return contract.versions.find(({ schema }) => JSON.stringify(asAvroHasIt(normalForm(schema))) === wanted);
}

/** Attributes that Avro's specification gives a meaning. */
const ofAvro = new Set(
  'type name aliases fields items values symbols size default logicalType precision scale'.split(' '),
);

function asAvroHasIt(form: unknown): unknown {
  if (Array.isArray(form)) return form.map(asAvroHasIt);
  if (typeof form !== 'object' || form === null) return form;
  const kept = Object.entries(form).filter(([name]) => ofAvro.has(name));
  // A default is a value, not a schema.
  return Object.fromEntries(kept.map(([name, value]) => [name, name === 'default' ? value : asAvroHasIt(value)]));
}
