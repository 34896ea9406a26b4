import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { problem } from './problems.ts';

interface FieldError {
  readonly in: string;
  /** JSON Pointer to the field, `/` for the whole part. */
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

const mostErrors = 20;
/** Fields of one thing. The check of a closed one names every field that it does not know: 300,000 took 1.5 s. */
export const mostFields = 5_000;
// TypeBox stops at 8 findings, of which several can be about one field.
Settings.Set({ maxErrors: 3 * mostErrors });

/**
 * Checks a part of a request against its schema. Objects are closed: a field that the schema does not name is an
 * error. Bodies are taken as they are; the text of query strings, parameters and headers becomes numbers and booleans
 * where the schema says so and the text is exactly one. (The provider's own compiler makes 0 of '', 1 of '1.7' and of
 * 'true'.) What is wrong is told by field and rule, never with the value that was sent. A body that is neither text,
 * number, list nor plain thing (bytes, which a parser of another media type made), or in which a thing has more than
 * 5,000 fields, is refused before it is checked; only a schema that takes anything takes it.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const part = httpPart ?? 'body';
  const checked = part === 'headers' ? schema : (closed(schema) as TSchema);
  const validator = Compile(checked);
  const refused = (errors: readonly FieldError[]) => ({
    error: problem('invalid_request', summary(errors), { extensions: { errors } }),
  });
  if (part === 'body' && takesAnything(checked as JsonSchema)) return (value) => ({ value });
  return (value) => {
    const fault = shapeFault(value);
    if (fault !== undefined) return refused([{ in: partName(part), path: '/', ...fault }]);
    const read = part === 'body' ? value : readText(checked as JsonSchema, value);
    return validator.Check(read) ? { value: read } : refused(fieldErrors(partName(part), validator.Errors(read)));
  };
};

/** Words of a schema that demand nothing. */
const annotations = new Set(['title', 'description', 'examples', 'default', 'deprecated', '$id', '$comment']);
const takesAnything = (schema: JsonSchema): boolean => Object.keys(schema).every((word) => annotations.has(word));

/** What is wrong with a value before any schema is asked; takes time in proportion to it, and little. */
function shapeFault(value: unknown): Pick<FieldError, 'rule' | 'message'> | undefined {
  const left: unknown[] = [value];
  for (let one = left.pop(); one !== undefined || left.length > 0; one = left.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    if (Array.isArray(one)) {
      for (const item of one) if (typeof item === 'object') left.push(item);
      continue;
    }
    if (!isPlain(one)) return { rule: 'type', message: 'must be JSON' };
    let count = 0;
    for (const name in one) {
      if (++count > mostFields)
        return { rule: 'maxProperties', message: `has a thing with more than ${mostFields} fields` };
      const field = (one as Record<string, unknown>)[name];
      if (typeof field === 'object') left.push(field);
    }
  }
  return undefined;
}

/** Made by a parser of text: a literal, or without a prototype like queries (whose own prototype has none). */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

type JsonSchema = Readonly<Record<string, unknown>> & {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema with every object closed that does not say itself whether it is open. */
export function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isObject(schema)) return schema;
  const copy = withClosedFields(schema);
  const open = ['additionalProperties', 'unevaluatedProperties', 'patternProperties'].some((name) => name in schema);
  if (open) return copy;
  // Parts of an intersection see each other's fields as unknown: the parts stay open, the whole is closed.
  if (Array.isArray(schema['allOf'])) return { ...copy, unevaluatedProperties: false };
  return schema['type'] === 'object' ? { ...copy, additionalProperties: false } : copy;
}

function withClosedFields(schema: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === 'properties' && isObject(value)) {
        return [key, Object.fromEntries(Object.entries(value).map(([name, field]) => [name, closed(field)]))];
      }
      // A body of several media types has a schema for each.
      if (key === 'content' && isObject(value)) return [key, closedMedia(value)];
      if (key === 'allOf' && Array.isArray(value)) return [key, value.filter(isObject).map(withClosedFields)];
      return [key, key === 'items' || key === 'anyOf' || key === 'oneOf' ? closed(value) : value];
    }),
  );
}

const closedMedia = (media: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(media).map(([type, one]) => [type, isObject(one) ? { ...one, schema: closed(one['schema']) } : one]),
  );

const integerText = /^-?(?:0|[1-9]\d{0,15})$/;
const numberText = /^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?$/;

/** Reads text as the schema wants it; what is not exactly that stays text, and the check refuses it. */
export function readText(schema: JsonSchema, value: unknown): unknown {
  if (schema.anyOf !== undefined) return readFirst(schema.anyOf, value);
  switch (schema.type) {
    case 'object': {
      if (!isObject(value)) return value;
      const { properties = {} } = schema;
      return Object.fromEntries(
        Object.entries(value).map(([name, text]) => {
          const field = Object.hasOwn(properties, name) ? properties[name] : undefined;
          return [name, field === undefined ? text : readText(field, text)];
        }),
      );
    }
    case 'array': {
      const list = Array.isArray(value) ? value : [value];
      return schema.items === undefined ? list : list.map((text) => readText(schema.items as JsonSchema, text));
    }
    case 'integer':
      return typeof value === 'string' && integerText.test(value) ? Number(value) : value;
    case 'number':
      return typeof value === 'string' && numberText.test(value) ? Number(value) : value;
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    default:
      return value;
  }
}

function readFirst(alternatives: readonly JsonSchema[], value: unknown): unknown {
  for (const alternative of alternatives) {
    const read = readText(alternative, value);
    if (read !== value) return read;
  }
  return value;
}

const partName = (part: string): string => ({ querystring: 'query', params: 'path', headers: 'header' })[part] ?? part;

interface CheckError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: unknown;
}

/** What TypeBox found, told once a field: unions and closed objects make it say the same thing several times. */
function fieldErrors(part: string, found: Iterable<unknown>): FieldError[] {
  const errors = [...(found as Iterable<CheckError>)];
  const isOfWhole = ({ schemaPath, keyword }: CheckError): boolean =>
    `${schemaPath}/${keyword}`.includes('/unevaluatedProperties');
  // While a part of an intersection fails, all its fields count as unknown to the whole.
  const toTell = errors.some((error) => !isOfWhole(error)) ? errors.filter((error) => !isOfWhole(error)) : errors;
  const fields = new Map<string, FieldError>();
  for (const error of toTell) {
    const allowed = error.keyword === 'const' || error.keyword === 'anyOf' ? allowedAt(errors, error.instancePath) : [];
    const rule = allowed.length > 0 ? 'one_of' : ruleOf(error.keyword);
    const message = allowed.length > 0 ? `must be ${allowed.join(' or ')}` : wordsOf(error);
    for (const field of fieldsOf(error)) {
      const path = shown(field);
      const before = fields.get(`${path} ${rule}`)?.message ?? message;
      const both = before.includes(message) ? before : `${before} or ${message.replace(/^must be /, '')}`;
      fields.set(`${path} ${rule}`, { in: part, path, rule, message: both });
    }
  }
  return [...fields.values()].slice(0, mostErrors);
}

/** The values that a schema of literals takes at a path; they are ours, not the sender's. */
const allowedAt = (errors: readonly CheckError[], path: string): string[] =>
  errors
    .filter(({ keyword, instancePath }) => keyword === 'const' && instancePath === path)
    .map(({ params }) => JSON.stringify((params as { allowedValue?: unknown }).allowedValue));

/** Missing and unknown fields are reported at the object that should, or should not, have them: name them. */
function fieldsOf({ instancePath, params }: CheckError): string[] {
  const named = isObject(params)
    ? ['requiredProperties', 'additionalProperties', 'unevaluatedProperties'].flatMap((name) =>
        Array.isArray(params[name]) ? (params[name] as unknown[]) : [],
      )
    : [];
  // TypeBox also reports each unknown field at itself, as what the schema `false` does not take.
  if (named.length === 0) return [instancePath || '/'];
  return named.slice(0, mostErrors).map((name) => `${instancePath}/${String(name)}`);
}

/** Names of unknown fields come from the sender: only what looks like a name of ours, or an index, is said again. */
const shown = (path: string): string =>
  path
    .split('/')
    .map((piece) => (/^(?:[a-z][A-Za-z0-9]{0,39}|\d{0,5})$/.test(piece) ? piece : '?'))
    .join('/');

const ruleOf = (keyword: string): string =>
  keyword === 'boolean' || keyword === 'additionalProperties' || keyword === 'unevaluatedProperties'
    ? 'unknown_field'
    : keyword;

function wordsOf({ keyword, message }: CheckError): string {
  if (keyword === 'required') return 'is missing';
  return ruleOf(keyword) === 'unknown_field' ? 'is not a field of this request' : message;
}

function summary(errors: readonly FieldError[]): string {
  const first = errors[0];
  if (first === undefined) return 'The request does not fit its schema.';
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  return `${first.in} ${first.path} ${first.message}${more}.`;
}
