import { scimError } from './errors.ts';
import { type Path, readPath } from './path.ts';

/** One operation of PATCH, with its path read. */
export interface Operation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: Path;
  readonly value: unknown;
}

const mostOperations = 1_000;

/**
 * Reads the operations of a PATCH as directories send them: `Add` for `add`; a value with several attributes and no
 * path, also with dotted names (`name.givenName`) and names of other schemas; a list that is one operation. Parts of
 * schemas that are not kept here are left out.
 */
export function readOperations(body: Readonly<Record<string, unknown>>): Operation[] {
  const given = fieldOf(body, 'operations');
  const list = Array.isArray(given) ? given : given === undefined ? [] : [given];
  if (list.length === 0) throw scimError('invalidSyntax', 'Operations are missing.');
  if (list.length > mostOperations) throw scimError('invalidSyntax', `At most ${mostOperations} operations at once.`);
  return list.flatMap((one: unknown) => {
    if (!isObject(one)) throw scimError('invalidSyntax', 'An operation is not an object.');
    const op = String(fieldOf(one, 'op') ?? '').toLowerCase();
    if (op !== 'add' && op !== 'remove' && op !== 'replace') {
      throw scimError('invalidSyntax', 'An operation is none of add, remove and replace.');
    }
    const [path, value] = [fieldOf(one, 'path'), fieldOf(one, 'value')];
    if (path !== undefined && path !== null && path !== '') {
      if (typeof path !== 'string') throw scimError('invalidPath', 'A path is not text.');
      return operationAt(op, path, value);
    }
    if (op === 'remove') throw scimError('noTarget', 'A removal names what it removes, by path.');
    if (!isObject(value)) throw scimError('invalidValue', 'Without a path, the value names the attributes.');
    return Object.entries(value).flatMap(([name, part]) => operationAt(op, name, part));
  });
}

function operationAt(op: Operation['op'], text: string, value: unknown): Operation[] {
  const path = readPath(text);
  return path === undefined ? [] : [{ op, path, value }];
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field whose name takes any case. */
export function fieldOf(value: Readonly<Record<string, unknown>>, name: string): unknown {
  const found = Object.keys(value).find((key) => key.toLowerCase() === name);
  return found === undefined ? undefined : value[found];
}

/** Text of a bounded length; null and nothing are nothing. */
export function textOf(value: unknown, name: string, most = 256): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string' || value.length > most) {
    throw scimError('invalidValue', `${name} is not text of up to ${most} characters.`);
  }
  return value;
}

/** Directories send truth as text, too: `"False"`. */
export function truthOf(value: unknown, name: string): boolean {
  const text = typeof value === 'string' ? value.toLowerCase() : value;
  if (text === true || text === 'true') return true;
  if (text === false || text === 'false') return false;
  throw scimError('invalidValue', `${name} is neither true nor false.`);
}
