/**
 * What may differ between two versions of one event: fields that can be absent are added, symbols are added, words of
 * documentation change. Nothing else. Avro's resolution, and avsc after it, let pass what corrupts stored events without
 * an error: another scale of a decimal, another logical type, another default, a symbol or a field that is gone.
 */
import type { AvroSchema, EnumSchema, Properties, RecordField, RecordSchema } from '../contracts/avro-schema.ts';
import type { SchemaVersion } from '../contracts/contracts.ts';
import type { Problem } from './problem.ts';

/** Problems of every later version against every earlier one. */
export function changeProblems(versions: readonly SchemaVersion[]): Problem[] {
  return versions.flatMap((later, index) =>
    versions.slice(0, index).flatMap((earlier) =>
      changesOf(earlier.schema, later.schema).map((change) => ({
        file: later.file,
        problem: `against v${earlier.version}: ${change}`,
      })),
    ),
  );
}

/** Changes between two schemas that are not allowed, in words with the path of what changed. */
export function changesOf(earlier: AvroSchema, later: AvroSchema): string[] {
  return compare(earlier, later, 'the record', new Set());
}

function compare(earlier: AvroSchema, later: AvroSchema, path: string, seen: Set<string>): string[] {
  if (earlier.type === 'union' && later.type === 'union') return compareBranches(earlier, later, path, seen);
  if (earlier.type !== later.type) return [`${path} was ${kindOf(earlier)} and is ${kindOf(later)}`];
  if (earlier.type === 'union' || later.type === 'union') return [];
  const changes = compareProperties(earlier.properties, later.properties, path);
  if (earlier.type === 'array' && later.type === 'array') {
    return [...changes, ...compare(earlier.items, later.items, `${path}[]`, seen)];
  }
  if (earlier.type === 'map' && later.type === 'map') {
    return [...changes, ...compare(earlier.values, later.values, `${path}{}`, seen)];
  }
  if (!('name' in earlier) || !('name' in later)) return changes;
  if (earlier.name !== later.name) changes.push(`${path} was called ${earlier.name} and is called ${later.name}`);
  changes.push(...compareAliases(earlier.aliases, later.aliases, path));
  if (seen.has(earlier.name)) return changes;
  seen.add(earlier.name);
  if (earlier.type === 'enum' && later.type === 'enum') return [...changes, ...compareSymbols(earlier, later, path)];
  if (earlier.type === 'fixed' && later.type === 'fixed' && earlier.size !== later.size) {
    return [...changes, `${path} had ${earlier.size} bytes and has ${later.size}`];
  }
  if (earlier.type !== 'record' || later.type !== 'record') return changes;
  return [...changes, ...compareFields(earlier, later, path, seen)];
}

type Union = Extract<AvroSchema, { type: 'union' }>;

function compareBranches(earlier: Union, later: Union, path: string, seen: Set<string>): string[] {
  if (earlier.branches.length !== later.branches.length) return [`${path} has other branches`];
  return earlier.branches.flatMap((branch, index) => compare(branch, later.branches[index]!, path, seen));
}

function compareFields(earlier: RecordSchema, later: RecordSchema, path: string, seen: Set<string>): string[] {
  const after = new Map(later.fields.map((field) => [field.name, field]));
  return earlier.fields.flatMap((field) => {
    const inner = path === 'the record' ? field.name : `${path}.${field.name}`;
    const now = after.get(field.name);
    if (now === undefined) return [`${inner} is gone, and what is stored in it with it: keep it and write null`];
    return [
      ...compareDefaults(field, now, inner),
      ...compareProperties(field.properties, now.properties, inner),
      ...compareAliases(field.aliases, now.aliases, inner),
      ...compare(field.type, now.type, inner, seen),
    ];
  });
}

function compareDefaults(earlier: RecordField, later: RecordField, path: string): string[] {
  const [was, is] = [earlier, later].map((field) =>
    field.hasDefault ? `the default ${JSON.stringify(field.default)}` : 'no default',
  );
  return was === is ? [] : [`${path} had ${was} and has ${is}: old events would read differently`];
}

function compareSymbols(earlier: EnumSchema, later: EnumSchema, path: string): string[] {
  const gone = earlier.symbols.filter((symbol) => !later.symbols.includes(symbol));
  const changes = gone.map((symbol) => `${path} lost the symbol ${symbol}: old events would read as ${later.default}`);
  if (earlier.default !== later.default) {
    changes.push(`${path} had the default symbol ${earlier.default} and has ${later.default}`);
  }
  return changes;
}

function compareAliases(earlier: readonly string[], later: readonly string[], path: string): string[] {
  return earlier.join() === later.join() ? [] : [`${path} has other aliases`];
}

/** Logical type, precision and scale, and our own: `format`, `minimum`, `maximum`, `pii`. */
function compareProperties(earlier: Properties, later: Properties, path: string): string[] {
  const names = [...new Set([...Object.keys(earlier), ...Object.keys(later)])];
  return names.flatMap((name) => {
    const [was, is] = [earlier[name], later[name]].map((value) =>
      value === undefined ? 'none' : JSON.stringify(value),
    );
    return was === is ? [] : [`${path}: ${name} was ${was} and is ${is}`];
  });
}

const kindOf = (schema: AvroSchema): string => (schema.type === 'union' ? 'a union' : schema.type);
