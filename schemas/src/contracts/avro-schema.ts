/**
 * Avro schemas as this package sees them: names resolved, shorthands written out, our own properties kept. avsc gives
 * no way to read properties back from its types, and what it does not keep it cannot compare.
 */
import { ContractError } from '../errors.ts';

export const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
export type Primitive = (typeof primitives)[number];

/** Properties beside those that Avro defines for the type: `logicalType`, `scale`, `format`, `minimum` … */
export type Properties = Readonly<Record<string, unknown>>;

export interface PrimitiveSchema {
  readonly type: Primitive;
  readonly properties: Properties;
}
export interface FixedSchema {
  readonly type: 'fixed';
  readonly name: string;
  readonly aliases: readonly string[];
  readonly size: number;
  readonly properties: Properties;
}
export interface EnumSchema {
  readonly type: 'enum';
  readonly name: string;
  readonly aliases: readonly string[];
  readonly doc: string | undefined;
  readonly symbols: readonly string[];
  readonly default: string | undefined;
  readonly properties: Properties;
}
export interface ArraySchema {
  readonly type: 'array';
  readonly items: AvroSchema;
  readonly properties: Properties;
}
export interface MapSchema {
  readonly type: 'map';
  readonly values: AvroSchema;
  readonly properties: Properties;
}
export interface UnionSchema {
  readonly type: 'union';
  readonly branches: readonly AvroSchema[];
}
export interface RecordField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly doc: string | undefined;
  readonly aliases: readonly string[];
  readonly hasDefault: boolean;
  readonly default: unknown;
  readonly properties: Properties;
}
export interface RecordSchema {
  readonly type: 'record';
  readonly name: string;
  readonly aliases: readonly string[];
  readonly doc: string | undefined;
  readonly fields: readonly RecordField[];
  readonly properties: Properties;
}
export type AvroSchema =
  | PrimitiveSchema
  | FixedSchema
  | EnumSchema
  | ArraySchema
  | MapSchema
  | UnionSchema
  | RecordSchema;

type Json = Record<string, unknown>;
interface Scope {
  readonly names: Map<string, AvroSchema>;
  readonly namespace: string;
}

/** Reads a schema as it stands in a file. Throws `ContractError` for what is no Avro schema. */
export function readSchema(json: unknown): AvroSchema {
  return read(json, { names: new Map(), namespace: '' });
}

function read(json: unknown, scope: Scope): AvroSchema {
  if (typeof json === 'string') return readName(json, scope);
  if (Array.isArray(json)) return { type: 'union', branches: json.map((branch) => read(branch, scope)) };
  if (typeof json !== 'object' || json === null) throw new ContractError(`${JSON.stringify(json)} is no schema`);
  const schema = json as Json;
  switch (schema['type']) {
    case 'array':
      return { type: 'array', items: read(schema['items'], scope), properties: rest(schema, ['items']) };
    case 'map':
      return { type: 'map', values: read(schema['values'], scope), properties: rest(schema, ['values']) };
    case 'fixed':
    case 'enum':
    case 'record':
      return readNamed(schema, schema['type'], scope);
    default:
      return readWrapped(schema, scope);
  }
}

function readName(name: string, scope: Scope): AvroSchema {
  if (isPrimitive(name)) return { type: name, properties: {} };
  const known = scope.names.get(qualified(name, scope.namespace));
  if (known === undefined) throw new ContractError(`the type ${name} is not defined before it is used`);
  return known;
}

/** `{ "type": "string", "logicalType": "uuid" }`: a primitive with properties, or a type in one bracket too many. */
function readWrapped(schema: Json, scope: Scope): AvroSchema {
  const inner = read(schema['type'], scope);
  const properties = rest(schema, []);
  if (Object.keys(properties).length === 0) return inner;
  if (inner.type === 'union' || 'name' in inner) {
    throw new ContractError(`${Object.keys(properties).join(', ')} beside a reference says nothing to any reader`);
  }
  return { ...inner, properties: { ...inner.properties, ...properties } };
}

function readNamed(schema: Json, type: 'fixed' | 'enum' | 'record', outer: Scope): AvroSchema {
  const own = schema['namespace'];
  const plain = text(schema, 'name');
  const namespace = typeof own === 'string' ? own : plain.includes('.') ? namespaceOf(plain) : outer.namespace;
  const scope: Scope = { names: outer.names, namespace };
  const name = qualified(plain, namespace);
  if (outer.names.has(name)) throw new ContractError(`the type ${name} is defined twice`);
  const aliases = strings(schema, 'aliases').map((alias) => qualified(alias, namespace));
  const doc = typeof schema['doc'] === 'string' ? schema['doc'] : undefined;
  const define = <T extends AvroSchema>(made: T): T => {
    outer.names.set(name, made);
    return made;
  };
  if (type === 'fixed') {
    const size = schema['size'];
    if (!Number.isInteger(size) || (size as number) < 0) throw new ContractError(`${name} has no size`);
    return define({ type, name, aliases, size: size as number, properties: rest(schema, ['size']) });
  }
  if (type === 'enum') {
    const symbols = strings(schema, 'symbols');
    if (symbols.length === 0) throw new ContractError(`${name} has no symbols`);
    const fallback = typeof schema['default'] === 'string' ? schema['default'] : undefined;
    const properties = rest(schema, ['symbols', 'default']);
    return define({ type, name, aliases, doc, symbols, default: fallback, properties });
  }
  // Fields may name the record itself, so it is known before they are read.
  const fields: RecordField[] = [];
  const record = define({ type, name, aliases, doc, fields, properties: rest(schema, ['fields']) });
  if (!Array.isArray(schema['fields'])) throw new ContractError(`${name} has no fields`);
  for (const field of schema['fields']) fields.push(readField(field as Json, scope));
  return record;
}

function readField(field: Json, scope: Scope): RecordField {
  return {
    name: text(field, 'name'),
    type: read(field['type'], scope),
    doc: typeof field['doc'] === 'string' ? field['doc'] : undefined,
    aliases: strings(field, 'aliases'),
    hasDefault: 'default' in field,
    default: field['default'],
    properties: rest(field, ['default']),
  };
}

const described = ['type', 'name', 'namespace', 'doc', 'aliases'];
const rest = (json: Json, known: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(json).filter(([key]) => !described.includes(key) && !known.includes(key)));

export const isPrimitive = (name: string): name is Primitive => (primitives as readonly string[]).includes(name);

const qualified = (name: string, namespace: string): string =>
  name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;

export const namespaceOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));
export const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

function text(json: Json, key: string): string {
  const value = json[key];
  if (typeof value !== 'string' || value === '') throw new ContractError(`${JSON.stringify(json)} has no ${key}`);
  return value;
}

function strings(json: Json, key: string): string[] {
  const value = json[key] ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new ContractError(`${key} of ${JSON.stringify(json)} is no list of names`);
}
