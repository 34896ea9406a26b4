import { createHash } from 'node:crypto';
import type { AvroSchema, RecordField } from './avro-schema.ts';

/**
 * What makes a schema this one and no other: names in full, symbols, fields in order, defaults, aliases, logical types
 * and our own properties. Documentation is left out, so that a better sentence needs no new version; a change of
 * meaning behind the same name is what the review of a contract is for. Avro's own canonical form, and avsc's
 * fingerprint, leave out defaults and logical types too: not enough.
 */
export function identityOf(schema: AvroSchema): string {
  return createHash('sha256')
    .update(JSON.stringify(normalForm(schema)))
    .digest('hex');
}

/** The schema as JSON with one spelling. */
export function normalForm(schema: AvroSchema, seen: Set<string> = new Set()): unknown {
  switch (schema.type) {
    case 'union':
      return schema.branches.map((branch) => normalForm(branch, seen));
    case 'array':
      return { ...sorted(schema.properties), type: 'array', items: normalForm(schema.items, seen) };
    case 'map':
      return { ...sorted(schema.properties), type: 'map', values: normalForm(schema.values, seen) };
    case 'fixed':
    case 'enum':
    case 'record': {
      if (seen.has(schema.name)) return schema.name;
      seen.add(schema.name);
      const head = { ...sorted(schema.properties), type: schema.type, name: schema.name, aliases: schema.aliases };
      if (schema.type === 'fixed') return { ...head, size: schema.size };
      if (schema.type === 'enum') return { ...head, symbols: schema.symbols, default: schema.default ?? null };
      return { ...head, fields: schema.fields.map((field) => normalField(field, seen)) };
    }
    default:
      return { ...sorted(schema.properties), type: schema.type };
  }
}

function normalField(field: RecordField, seen: Set<string>): unknown {
  return {
    ...sorted(field.properties),
    name: field.name,
    aliases: field.aliases,
    type: normalForm(field.type, seen),
    ...(field.hasDefault ? { default: sorted(field.default) } : {}),
  };
}

/** JSON with the keys of every object in order. */
function sorted<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sorted) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)])) as T;
}
