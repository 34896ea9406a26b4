import { scimError } from './errors.ts';

/** One comparison: `userName eq "anna"`. Only equality is compared by, and only joined by `and`. */
export interface Comparison {
  /** Lower case, without the URN of the core schemas: `username`, `emails[type eq "work"].value`. */
  readonly attribute: string;
  readonly value: string | boolean;
}

const longest = 2_000;
const comparison =
  /\s*([A-Za-z$][\w:.$-]*(?:\[[^\]]*\](?:\.\w+)?)?)\s+([A-Za-z]{2})\s+("(?:[^"\\]|\\.)*"|true|false)\s*/iy;
const and = /and\s/iy;
const coreUrn = /^urn:ietf:params:scim:schemas:core:2\.0:(?:user|group):/i;

/** An attribute's name as it is compared: names take any case (RFC 7643, 2.1). */
export const withoutUrn = (attribute: string): string => attribute.replace(coreUrn, '');

/** Reads a filter; refuses what it cannot do, rather than to find too much. */
export function readFilter(text: string): Comparison[] {
  if (text.length > longest) throw scimError('invalidFilter', 'The filter is too long.');
  const found: Comparison[] = [];
  for (let at = 0; ; ) {
    comparison.lastIndex = at;
    const [all, attribute = '', operator = '', value = ''] = comparison.exec(text) ?? [];
    if (all === undefined) throw scimError('invalidFilter', 'A filter is of the form: attribute eq "value" and …');
    if (operator.toLowerCase() !== 'eq') throw scimError('invalidFilter', 'Filters compare by eq alone.');
    found.push({ attribute: withoutUrn(attribute).toLowerCase(), value: readValue(value) });
    at += all.length;
    if (at === text.length) return found;
    and.lastIndex = at;
    const [joined] = and.exec(text) ?? [];
    if (joined === undefined) throw scimError('invalidFilter', 'Comparisons are joined by and alone.');
    at += joined.length;
  }
}

function readValue(text: string): string | boolean {
  if (!text.startsWith('"')) return text.toLowerCase() === 'true';
  try {
    const value = JSON.parse(text) as string;
    if (value.isWellFormed() && !value.includes('\u0000')) return value;
  } catch {
    // Said below.
  }
  throw scimError('invalidFilter', 'A value of the filter is not text as JSON writes it.');
}
