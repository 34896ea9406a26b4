import { scimError } from './errors.ts';
import { type Comparison, readFilter, withoutUrn } from './filter.ts';

/** Where an operation of PATCH points: `emails[type eq "work"].value`, `name.familyName`, `members`. */
export interface Path {
  /** Lower case. */
  readonly attribute: string;
  readonly filter: readonly Comparison[];
  /** As it was written. */
  readonly sub: string | undefined;
}

const form = /^([A-Za-z$][\w$-]*)(?:\[(.*)\])?(?:\.([A-Za-z$][\w$-]*))?$/s;

/** Reads a path (RFC 7644, 3.5.2); undefined where it points into a schema that is none of the core's. */
export function readPath(text: string): Path | undefined {
  const path = withoutUrn(text);
  if (/^urn:/i.test(path)) return undefined;
  const [, attribute, filter, sub] = form.exec(path) ?? [];
  if (attribute === undefined) throw scimError('invalidPath', 'A path is not of the form attribute[filter].attribute.');
  return { attribute: attribute.toLowerCase(), filter: filter === undefined ? [] : readFilter(filter), sub };
}
