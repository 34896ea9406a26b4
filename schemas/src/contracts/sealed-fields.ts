import { ContractError } from '../errors.ts';
import type { AvroSchema, RecordSchema } from './avro-schema.ts';

/** A field with personal data, and where the same event says whose. */
export interface SealedField {
  /** Names from the event down, e.g. `['representative', 'name']`. */
  readonly path: readonly string[];
  /** The same for the subject id. */
  readonly subject: readonly string[];
}

/**
 * The sealed fields of an event, in its order. Throws `ContractError` for one in a list or a map, whose place has no
 * name that lasts, for one whose subject is no UUID of the same event, and for a record in itself, which has no last one.
 */
export function sealedFieldsOf(event: RecordSchema): SealedField[] {
  return fieldsIn([event], [], event);
}

function fieldsIn(records: readonly RecordSchema[], above: readonly string[], event: RecordSchema): SealedField[] {
  return records.at(-1)!.fields.flatMap((field) => {
    const path = [...above, field.name];
    const type = withoutNull(field.type);
    if (type.type === 'record') {
      if (records.includes(type)) throw new ContractError(`${path.join('.')}: a record does not contain itself`);
      return fieldsIn([...records, type], path, event);
    }
    if (type.type === 'bytes') return [{ path, subject: subjectOf(field.properties['pii'], path, event) }];
    if (hasBytes(type)) throw new ContractError(`${path.join('.')}: sealed fields stand in records, not in lists`);
    return [];
  });
}

function subjectOf(pii: unknown, path: readonly string[], event: RecordSchema): string[] {
  const names = String(pii).split('.');
  let at: AvroSchema | undefined = event;
  for (const name of names) {
    const fields: RecordSchema['fields'] = at?.type === 'record' ? at.fields : [];
    at = fields.map((field) => (field.name === name ? withoutNull(field.type) : undefined)).find(Boolean);
  }
  if (at?.type === 'string' && at.properties['logicalType'] === 'uuid') return names;
  throw new ContractError(
    `${path.join('.')}: "pii" has to be the path of a UUID of the event, not ${JSON.stringify(pii)}`,
  );
}

const withoutNull = (schema: AvroSchema): AvroSchema =>
  schema.type === 'union' ? (schema.branches.find(({ type }) => type !== 'null') ?? schema) : schema;

function hasBytes(schema: AvroSchema, above: readonly AvroSchema[] = []): boolean {
  switch (schema.type) {
    case 'bytes':
      return true;
    case 'array':
      return hasBytes(schema.items, above);
    case 'map':
      return hasBytes(schema.values, above);
    case 'union':
      return schema.branches.some((branch) => hasBytes(branch, above));
    case 'record':
      return !above.includes(schema) && schema.fields.some(({ type }) => hasBytes(type, [...above, schema]));
    default:
      return false;
  }
}
