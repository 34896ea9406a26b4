/**
 * Whether data fit a schema, to the last field, and if not, where. avsc refuses a wrong type too, but takes NaN, fields
 * that nobody declared, a UUID of any shape and half a surrogate pair, and what is appended stays for ever.
 */
import type { AvroSchema, PrimitiveSchema, RecordSchema } from '../contracts/avro-schema.ts';
import { type FormatName, formats, isFormat, uuidPattern } from '../contracts/formats.ts';
import { ContractError } from '../errors.ts';

/** What is wrong with a value. `path` is below it: '' itself, `.channels[2]` inside. */
export interface Fault {
  readonly path: string;
  readonly problem: string;
}

/** Says what is wrong with a value; undefined when it fits. */
export type DataCheck = (value: unknown) => Fault | undefined;

const int32 = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };

/**
 * Longs that avsc carries: zig-zag doubles a number, and a double is exact up to 2^53. It takes more, writes
 * -4503599627370497 and reads it back as 4503599627370496. As instants, all of them fit a JavaScript `Date`.
 */
const exact = { minimum: -(2 ** 52), maximum: 2 ** 52 - 1 };

/** Makes the check of a schema. Throws `ContractError` for what this codec does not carry. */
export function checkOf(schema: AvroSchema): DataCheck {
  return build(schema, new Map());
}

function build(schema: AvroSchema, made: Map<string, DataCheck>): DataCheck {
  switch (schema.type) {
    case 'record':
      return recordCheck(schema, made);
    case 'enum': {
      const symbols = new Set<unknown>(schema.symbols);
      return (value) => (symbols.has(value) ? undefined : wrong(value, `one of ${schema.symbols.join(', ')}`));
    }
    case 'array':
      return arrayCheck(build(schema.items, made));
    case 'map':
      return mapCheck(build(schema.values, made));
    case 'union': {
      const [none, some, ...others] = schema.branches;
      if (none?.type !== 'null' || some === undefined || others.length > 0) {
        throw new ContractError('the only union of a contract is ["null", …]');
      }
      const check = build(some, made);
      return (value) => (value === null ? undefined : check(value));
    }
    case 'fixed': {
      const { size } = schema;
      return (value) => (Buffer.isBuffer(value) && value.length === size ? undefined : wrong(value, `${size} bytes`));
    }
    default:
      return primitiveCheck(schema);
  }
}

function recordCheck(schema: RecordSchema, made: Map<string, DataCheck>): DataCheck {
  const known = made.get(schema.name);
  if (known !== undefined) return known;
  const fields: { name: string; check: DataCheck }[] = [];
  const names = new Set<string>();
  const check: DataCheck = (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(value, 'an object');
    const data = value as Record<string, unknown>;
    for (const { name, check } of fields) {
      const inner = data[name];
      if (inner === undefined) return { path: `.${name}`, problem: 'is missing; what is not known is null' };
      const fault = check(inner);
      if (fault !== undefined) return { path: `.${name}${fault.path}`, problem: fault.problem };
    }
    const keys = Object.keys(data);
    if (keys.length === fields.length && keys.every((key) => names.has(key))) return undefined;
    const foreign = keys.find((key) => !names.has(key));
    return foreign === undefined
      ? { path: '', problem: 'has fields that are not its own' }
      : { path: `.${foreign}`, problem: 'is no field of the schema' };
  };
  made.set(schema.name, check);
  for (const { name, type } of schema.fields) {
    names.add(name);
    fields.push({ name, check: build(type, made) });
  }
  return check;
}

const arrayCheck =
  (check: DataCheck): DataCheck =>
  (value) => {
    if (!Array.isArray(value)) return wrong(value, 'a list');
    for (let index = 0; index < value.length; index++) {
      const fault = check(value[index]);
      if (fault !== undefined) return { path: `[${index}]${fault.path}`, problem: fault.problem };
    }
    return undefined;
  };

const mapCheck =
  (check: DataCheck): DataCheck =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(value, 'an object');
    for (const [key, inner] of Object.entries(value)) {
      const fault = textFault(key) ?? check(inner);
      if (fault !== undefined) return { path: `.${key}${fault.path}`, problem: fault.problem };
    }
    return undefined;
  };

function primitiveCheck({ type, properties }: PrimitiveSchema): DataCheck {
  switch (type) {
    case 'null':
      return (value) => (value === null ? undefined : wrong(value, 'null'));
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? undefined : wrong(value, 'true or false'));
    case 'int':
      return wholeNumber(bounds(int32, properties));
    case 'long':
      return wholeNumber(bounds(exact, properties));
    case 'float':
    case 'double':
      return (value) => (Number.isFinite(value) ? undefined : wrong(value, 'a finite number'));
    case 'bytes':
      return (value) => (Buffer.isBuffer(value) ? undefined : wrong(value, 'a Buffer'));
    case 'string':
      return stringCheck(properties);
  }
}

interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

function bounds(ofType: Bounds, properties: PrimitiveSchema['properties']): Bounds {
  const { minimum, maximum } = properties as Partial<Bounds>;
  return {
    minimum: Math.max(ofType.minimum, minimum ?? ofType.minimum),
    maximum: Math.min(ofType.maximum, maximum ?? ofType.maximum),
  };
}

const wholeNumber =
  ({ minimum, maximum }: Bounds): DataCheck =>
  (value) =>
    Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum
      ? undefined
      : wrong(value, `a whole number from ${minimum} to ${maximum}`);

function stringCheck(properties: PrimitiveSchema['properties']): DataCheck {
  if (properties['logicalType'] === 'uuid') {
    return (value) =>
      typeof value === 'string' && uuidPattern.test(value) ? undefined : wrong(value, 'a UUID in lower case');
  }
  const name = properties['format'];
  if (name === undefined) return textFault;
  if (!isFormat(name)) throw new ContractError(`there is no format ${JSON.stringify(name)}`);
  const { what, fits } = formats[name as FormatName];
  return (value) => textFault(value) ?? (fits(value as string) ? undefined : wrong(value, what));
}

function textFault(value: unknown): Fault | undefined {
  if (typeof value !== 'string') return wrong(value, 'a string');
  // Half a surrogate pair has no UTF-8 form, and PostgreSQL keeps no NUL in text.
  if (!value.isWellFormed()) return { path: '', problem: 'is no well-formed Unicode' };
  return value.includes('\0') ? { path: '', problem: 'contains the character NUL' } : undefined;
}

/** Names the value's type, and the value only where it cannot be a person's words: numbers, true, null. */
function wrong(value: unknown, expected: string): Fault {
  const shown =
    typeof value === 'string'
      ? `a string of ${value.length} characters`
      : typeof value === 'object' && value !== null
        ? Array.isArray(value)
          ? 'a list'
          : 'an object'
        : String(value);
  return { path: '', problem: `is ${shown}, and has to be ${expected}` };
}
