import pg from 'pg';
import { BusError } from '../errors.ts';

/** A column as the catalogue describes it. */
export interface Column {
  readonly name: string;
  /** As `format_type` prints it, e.g. `timestamp with time zone`, `text[]`. */
  readonly type: string;
  readonly family: Family;
  /** `s` for a stored generated column: loaded, never written. */
  readonly generated: boolean;
  /** Value of the constant default; null for none. */
  readonly fallback: unknown;
}

type Family = 'text' | 'number' | 'boolean' | 'instant' | 'date' | 'uuid' | 'json' | 'bytes' | 'array';

const families: Readonly<Record<string, Family>> = {
  boolean: 'boolean',
  bigint: 'number',
  integer: 'number',
  smallint: 'number',
  real: 'number',
  'double precision': 'number',
  numeric: 'number',
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
 * A value as the text that PostgreSQL reads for its column; null for null and undefined. The same value always
 * gives the same text, so that rows can be compared and keys be found again. Instants are `Date`, or numbers of
 * milliseconds as events carry them. Throws `TypeError` or `RangeError` for what cannot be written.
 */
export function columnText(column: Column, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  switch (column.family) {
    case 'number':
      if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string') return String(value);
      break;
    case 'boolean':
      if (typeof value === 'boolean') return value ? 't' : 'f';
      break;
    case 'instant':
      if (value instanceof Date) return value.toISOString();
      if (typeof value === 'number') return new Date(value).toISOString();
      break;
    case 'date':
      if (value instanceof Date) return value.toISOString().slice(0, 10);
      if (typeof value === 'string') return value;
      break;
    case 'uuid':
      if (typeof value === 'string') return value.toLowerCase();
      break;
    case 'json':
      return JSON.stringify(value);
    case 'bytes':
      if (value instanceof Uint8Array)
        return `\\x${Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')}`;
      break;
    case 'array':
      if (Array.isArray(value)) return arrayText(column, value);
      break;
    case 'text':
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return String(value);
      break;
  }
  throw new TypeError(`column ${column.name} (${column.type}) cannot hold a ${typeof value}`);
}

function arrayText(column: Column, values: readonly unknown[]): string {
  const type = column.type.slice(0, -2);
  const element: Column = { ...column, type, family: familyOf(type) };
  return arrayLiteral(values.map((value) => columnText(element, value)));
}

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
  if (column.family === 'json') return sameJson(a, b);
  return columnText(column, a) === columnText(column, b);
}

/** `jsonb` gives its keys back in an order of its own. */
function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = b as Record<string, unknown>;
  const size = Object.values(right).filter((value) => value !== undefined).length;
  return left.length === size && left.every(([key, value]) => sameJson(value, right[key]));
}

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
