import { randomUUID } from 'node:crypto';
import { type AccessEntry, accessKinds } from '@vienuviet/http';
import { AuditError } from '../errors.ts';
import type { RecordContent } from './record.ts';

/** A record without its person, who is sealed when it is written. */
export type AdmittedEntry = Omit<RecordContent, 'personRef' | 'personSealed'> & { readonly subjectId: string | null };

/** Codes, account ids and patterns of routes; also what keeps one entry from stopping all behind it. */
const text = /^[\x20-\x7e]{1,300}$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Checks an entry before others wait with it. Throws `AuditError` `entry`, which repeats no value. */
export function admitEntry(entry: AccessEntry): AdmittedEntry {
  const { at, kind, code, actorId = null, role = null, purpose = null, method, route, requestId } = entry;
  const { about = null, subjectId = null } = entry;
  const texts = { code, actorId, role, purpose, method, route, about };
  const odd = Object.entries(texts).find(([, value]) => value !== null && !text.test(value));
  if (odd !== undefined) throw new AuditError('entry', `${odd[0]} of an entry is no plain text`);
  if (!accessKinds.includes(kind)) throw new AuditError('entry', 'an entry is of no known kind');
  if (!uuid.test(requestId) || (subjectId !== null && !uuid.test(subjectId))) {
    throw new AuditError('entry', 'an id of an entry is no UUID in lower case');
  }
  if (Number.isNaN(at.getTime())) throw new AuditError('entry', 'an entry has no time');
  return { recordId: randomUUID(), at, kind, requestId, subjectId, ...texts };
}
