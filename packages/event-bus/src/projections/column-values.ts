import pg from 'pg';
import { BusError } from '../errors.ts';

/** A column as the catalogue describes it. */
export interface Column {
  readonly name: string;
  /** As `format_type` prints it, e.g. `timestamp with time zone`, `text[]`. */
  readonly type: string;
  readonly family: Family;
  /** Value of the constant default; null for none. */
  readonly fallback: unknown;
}

type Family = 'text' | 'number' | 'decimal' | 'boolean' | 'instant' | 'date' | 'uuid' | 'json' | 'bytes' | 'array';

const families: Readonly<Record<string, Family>> = {
  boolean: 'boolean',
  bigint: 'number',
  integer: 'number',
  smallint: 'number',
  'double precision': 'number',
  numeric: 'decimal',
  'timestamp with time zone': 'instant',
  date: 'date',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'json',
  bytea: 'bytes',
};

/** How values of a type are written; a type that is not listed is written as text. */
export function familyOf(type: string): Family {
  if (type.endsWith('[]')) return 'array';
  return families[type.replace(/\(.*\)/, '')] ?? 'text';
}

/**
 * A value as it will look when the row is loaded again, so that a fold sees the same whether the event before it was
 * in the same batch or not. Instants are `Date`, or numbers of milliseconds as events carry them. Throws `TypeError`
 * or `RangeError` for what the column cannot hold.
 */
export function asLoaded(column: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (column.family) {
    case 'number':
      // There is one zero in SQL.
      if (typeof value === 'number' && !Number.isNaN(value)) return value === 0 ? 0 : value;
      if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value);
      break;
    case 'decimal':
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return String(value);
      break;
    case 'boolean':
      if (typeof value === 'boolean') return value;
      break;
    case 'instant':
      if (value instanceof Date || typeof value === 'number') return validInstant(new Date(value));
      break;
    case 'date':
      if (value instanceof Date) return value.toISOString().slice(0, 10);
      if (typeof value === 'string') return value;
      break;
    case 'uuid':
      if (typeof value === 'string') return value.toLowerCase();
      break;
    case 'json':
      return JSON.parse(JSON.stringify(value));
    case 'bytes':
      if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length);
      break;
    case 'array':
      if (Array.isArray(value)) return value.map((item) => asLoaded(elementOf(column), item));
      break;
    case 'text':
      if (typeof value === 'string') return value;
      break;
  }
  throw new TypeError(`column ${column.name} (${column.type}) cannot hold a ${typeof value}`);
}

function validInstant(instant: Date): Date {
  if (Number.isNaN(instant.getTime())) throw new RangeError('no instant');
  return instant;
}

/**
 * A value as the text that PostgreSQL reads for its column; null for null. The same value always gives the same text,
 * so that rows can be compared and keys be found again.
 */
export function columnText(column: Column, given: unknown): string | null {
  const value = asLoaded(column, given);
  if (value === null) return null;
  switch (column.family) {
    case 'boolean':
      return value ? 't' : 'f';
    case 'instant':
      return (value as Date).toISOString();
    case 'json':
      return sortedJson(value);
    case 'bytes':
      return `\\x${(value as Buffer).toString('hex')}`;
    case 'array':
      return arrayLiteral((value as unknown[]).map((item) => columnText(elementOf(column), item)));
    default:
      return String(value);
  }
}

const elementOf = (column: Column): Column => {
  const type = column.type.slice(0, -2);
  return { ...column, type, family: familyOf(type) };
};

/** PostgreSQL's text form of an array of texts. */
export function arrayLiteral(texts: readonly (string | null)[]): string {
  let literal = '{';
  for (let i = 0; i < texts.length; i++) {
    if (i > 0) literal += ',';
    const text = texts[i];
    if (text === null || text === undefined) literal += 'NULL';
    else if (PLAIN.test(text) && text.toUpperCase() !== 'NULL') literal += text;
    else literal += `"${text.replace(/["\\]/g, '\\$&')}"`;
  }
  return `${literal}}`;
}

/** What needs no quotes inside an array literal. */
const PLAIN = /^[\w.:+-]+$/;

/** Whether two values of a column are the same to PostgreSQL. */
export function sameValue(column: Column, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null);
  if (typeof a !== 'object' && typeof b !== 'object' && typeof a === typeof b && column.family !== 'uuid') return false;
  return columnText(column, a) === columnText(column, b);
}

/** JSON with the keys of every object in order: `jsonb` gives them back in an order of its own. */
const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );

const OID = { int8: 20, date: 1082, numeric: 1700, int8Array: 1016, dateArray: 1182, textArray: 1009 };

const readTexts = (text: string): (string | null)[] => pg.types.getTypeParser(OID.textArray as never, 'text')(text);

/** How loaded rows are read: `bigint` as a safe number, `date` and `numeric` as text, the rest as `pg` does. */
export const rowTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: unknown) => {
    switch (oid) {
      case OID.int8:
        return readInt8;
      case OID.date:
      case OID.numeric:
        return (text: string) => text;
      case OID.int8Array:
        return (text: string) => readTexts(text).map((item) => (item === null ? null : readInt8(item)));
      case OID.dateArray:
        return readTexts;
      default:
        return pg.types.getTypeParser(oid, format as 'text');
    }
  },
};

function readInt8(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new BusError('fold_failed', `the bigint ${text} does not fit a JavaScript number`);
}
