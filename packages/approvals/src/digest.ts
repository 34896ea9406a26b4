import { createHash } from 'node:crypto';

/**
 * SHA-256 of a JSON value, whatever the order of its fields: what was proposed and what is confirmed are the same. Throws
 * a `TypeError` for what is no JSON: two dates would be the same, or two maps.
 */
export const digestOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return `{${fields
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
      .join(',')}}`;
  }
  if (!isPlain(value))
    throw new TypeError(`what is approved holds ${String(value)}, which is no JSON: write it as text`);
  return JSON.stringify(value) ?? 'null';
}

const isPlain = (value: unknown): boolean =>
  value === null || ['string', 'boolean', 'undefined'].includes(typeof value) || Number.isFinite(value);
