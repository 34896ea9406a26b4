/** What every version of every contract keeps to by itself, because no later version could put it right. */
import { avroTypeOf } from '../codec/avro-type.ts';
import type {
  AvroSchema,
  EnumSchema,
  PrimitiveSchema,
  Properties,
  RecordField,
  RecordSchema,
} from '../contracts/avro-schema.ts';
import type { Contract, SchemaVersion } from '../contracts/contracts.ts';
import { formats, isFormat } from '../contracts/formats.ts';
import { sealedFieldsOf } from '../contracts/sealed-fields.ts';
import { ContractError } from '../errors.ts';
import { personalFieldProblems } from './personal-fields.ts';
import type { Problem } from './problem.ts';

/** Problems of one version. An event that leaves its service on a topic says when it happened and who did it. */
export function ruleProblems(contract: Contract, version: SchemaVersion, topic: string | undefined): Problem[] {
  const problems = [
    ...nameProblems(contract),
    ...avroProblems(version),
    ...schemaProblems(version.schema, 'the record', new Set()),
    ...personalFieldProblems(contract.type, version.schema),
    ...sealProblems(version.schema),
    ...(topic === undefined ? [] : stampProblems(version.schema)),
  ];
  return problems.map((problem) => ({ file: version.file, problem }));
}

function nameProblems({ type }: Contract): string[] {
  return /^[a-z][a-z0-9]*\.[A-Z][A-Za-z0-9]*$/.test(type) ? [] : [`${type} is not named like intake.CaseRegistered`];
}

/** What avsc itself refuses: names that are none, defaults that do not fit. */
function avroProblems({ json }: SchemaVersion): string[] {
  try {
    avroTypeOf(json);
    return [];
  } catch (error) {
    return [`is no Avro schema: ${(error as Error).message}`];
  }
}

/** What no service could seal: a field without a lasting place, or whose subject the event does not tell. */
function sealProblems(event: RecordSchema): string[] {
  try {
    sealedFieldsOf(event);
    return [];
  } catch (error) {
    if (error instanceof ContractError) return [error.message];
    throw error;
  }
}

function schemaProblems(schema: AvroSchema, path: string, seen: Set<string>): string[] {
  switch (schema.type) {
    case 'record':
      return ifNew(schema, seen, () => recordProblems(schema, path, seen));
    case 'enum':
      return ifNew(schema, seen, () => enumProblems(schema, path));
    case 'array':
      return [...strangers(schema.properties, [], path), ...schemaProblems(schema.items, `${path}[]`, seen)];
    case 'map':
      return [`${path} is a map, whose keys take anything: make it a list of records`];
    case 'union':
      return unionProblems(schema.branches, path, seen);
    case 'fixed':
      return [`${path} is fixed: sealed values are bytes, numbers are numbers`];
    default:
      return primitiveProblems(schema, path);
  }
}

function ifNew(schema: RecordSchema | EnumSchema, seen: Set<string>, problems: () => string[]): string[] {
  if (seen.has(schema.name)) return [];
  seen.add(schema.name);
  const own: string[] = [];
  if ((schema.doc ?? '').trim() === '') own.push(`${schema.name} has no doc`);
  if (schema.aliases.length > 0) own.push(`${schema.name} has aliases: what is called otherwise is something else`);
  return [...own, ...strangers(schema.properties, [], schema.name), ...problems()];
}

function recordProblems(schema: RecordSchema, path: string, seen: Set<string>): string[] {
  return schema.fields.flatMap((field) => {
    const inner = path === 'the record' ? field.name : `${path}.${field.name}`;
    return [...fieldProblems(field, inner), ...schemaProblems(field.type, inner, seen)];
  });
}

function fieldProblems(field: RecordField, path: string): string[] {
  const problems = strangers(field.properties, ['pii'], path);
  if (!/^[a-z][A-Za-z0-9]*$/.test(field.name)) problems.push(`${path} is not in camelCase`);
  if ((field.doc ?? '').trim() === '') problems.push(`${path} has no doc`);
  if (field.aliases.length > 0) problems.push(`${path} has aliases: what is called otherwise is something else`);
  const isOptional = field.type.type === 'union';
  if (isOptional !== field.hasDefault || (isOptional && field.default !== null)) {
    problems.push(`${path}: what can be absent is ["null", …] with the default null, and nothing else has a default`);
  }
  const { pii } = field.properties;
  if (isBytes(field.type) !== (typeof pii === 'string' && pii !== '')) {
    problems.push(`${path}: bytes are sealed personal data and name their subject in "pii", and nothing else does`);
  }
  return problems;
}

const isBytes = (schema: AvroSchema): boolean =>
  schema.type === 'bytes' || (schema.type === 'union' && schema.branches.some(isBytes));

function enumProblems(schema: EnumSchema, path: string): string[] {
  const problems = schema.symbols
    .filter((symbol) => !/^[a-z][a-z0-9_]*$/.test(symbol))
    .map((symbol) => `${path}: the symbol ${symbol} is not in snake_case`);
  if (schema.default !== 'unknown' || !schema.symbols.includes('unknown')) {
    problems.push(`${path}: the enum needs the symbol and default "unknown", or it can never get another symbol`);
  }
  return problems;
}

function unionProblems(branches: readonly AvroSchema[], path: string, seen: Set<string>): string[] {
  const [none, some] = branches;
  if (branches.length !== 2 || none?.type !== 'null' || some === undefined) {
    return [`${path}: the only union is ["null", …]`];
  }
  return schemaProblems(some, path, seen);
}

/** Logical types that are carried; those of money and of local time are left out on purpose. */
const logicalTypes: Readonly<Record<string, string>> = { uuid: 'string', 'timestamp-millis': 'long' };

function primitiveProblems({ type, properties }: PrimitiveSchema, path: string): string[] {
  const { logicalType, format, minimum, maximum } = properties;
  const isNumber = type === 'int' || type === 'long';
  const known = isNumber
    ? ['logicalType', 'minimum', 'maximum']
    : type === 'string'
      ? ['logicalType', 'format']
      : ['logicalType'];
  const problems = strangers(properties, known, path);
  if (logicalType !== undefined && logicalTypes[logicalType as string] !== type) {
    problems.push(
      `${path}: the logical type ${logicalType} of ${type} is none of ours: ${Object.keys(logicalTypes).join(', ')}`,
    );
  }
  if (type === 'string' && logicalType === undefined && !isFormat(format)) {
    problems.push(
      `${path}: a string needs a format: ${Object.keys(formats).join(', ')}; people's own words are sealed`,
    );
  }
  if (type === 'null') problems.push(`${path} is null alone and says nothing`);
  if (type === 'float' || type === 'double') problems.push(`${path}: amounts and measures are whole numbers of a unit`);
  for (const [name, bound] of Object.entries({ minimum, maximum })) {
    if (bound !== undefined && !Number.isSafeInteger(bound)) problems.push(`${path}: ${name} is no whole number`);
  }
  if (minimum !== undefined && maximum !== undefined && !((minimum as number) < (maximum as number))) {
    problems.push(`${path}: minimum is not below maximum`);
  }
  return problems;
}

/** Properties that nobody reads: a typing error, or something that has to be decided. */
const strangers = (properties: Properties, known: readonly string[], path: string): string[] =>
  Object.keys(properties)
    .filter((name) => !known.includes(name))
    .map((name) => `${path}: nothing reads the property ${name}`);

const stamps = [
  { name: 'occurredAt', type: 'long', properties: { logicalType: 'timestamp-millis' } },
  { name: 'actorId', type: 'string', properties: { format: 'account' } },
];

function stampProblems(schema: RecordSchema): string[] {
  return stamps.flatMap(({ name, type, properties }) => {
    const found = schema.fields.find((field) => field.name === name)?.type as PrimitiveSchema | undefined;
    const fits = found?.type === type && JSON.stringify(found.properties) === JSON.stringify(properties);
    const wanted = JSON.stringify({ type, ...properties });
    return fits
      ? []
      : [`has no ${name} of type ${wanted}: every event on a topic says when it happened and who did it`];
  });
}
