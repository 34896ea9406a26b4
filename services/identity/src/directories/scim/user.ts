import type { UserRow, UserWord } from '../users.ts';
import { changedEmails, readEmails } from './emails.ts';
import { scimError } from './errors.ts';
import { fieldOf, isObject, type Operation, textOf, truthOf } from './operations.ts';
import { metaOf, type ResourceMeta } from './resource.ts';

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** Parts of the core schema that are not kept: no more is known of staff than is needed. */
const leftOut = new Set([
  ...[
    'id',
    'schemas',
    'meta',
    'password',
    'nickname',
    'profileurl',
    'title',
    'usertype',
    'preferredlanguage',
    'locale',
  ],
  ...['timezone', 'phonenumbers', 'ims', 'photos', 'addresses', 'groups', 'entitlements', 'roles', 'x509certificates'],
]);

const nameParts = ['formatted', 'familyName', 'givenName'] as const;

/** A person as a directory sends one. What is left out is nothing; `active` is as before, or true. */
export function readUser(body: Readonly<Record<string, unknown>>, activeBefore = true): UserWord {
  const active = fieldOf(body, 'active');
  return {
    userName: userNameOf(fieldOf(body, 'username')),
    externalId: textOf(fieldOf(body, 'externalid'), 'externalId'),
    displayName: textOf(fieldOf(body, 'displayname'), 'displayName'),
    name: readName(fieldOf(body, 'name'), {}),
    emails: readEmails(fieldOf(body, 'emails')),
    active: active === undefined || active === null ? activeBefore : truthOf(active, 'active'),
  };
}

/** A person after the operations of a PATCH, in their order. Pure. */
export const patchUser = (before: UserWord, operations: readonly Operation[]): UserWord =>
  operations.reduce(applyOperation, before);

function applyOperation(word: UserWord, operation: Operation): UserWord {
  const { op, path, value } = operation;
  const removes = op === 'remove';
  switch (path.attribute) {
    case 'username':
      if (removes) throw scimError('mutability', 'userName cannot be removed.');
      return { ...word, userName: userNameOf(value) };
    case 'active':
      if (removes) throw scimError('mutability', 'active cannot be removed: say true or false.');
      return { ...word, active: truthOf(value, 'active') };
    case 'externalid':
      return { ...word, externalId: removes ? null : textOf(value, 'externalId') };
    case 'displayname':
      return { ...word, displayName: removes ? null : textOf(value, 'displayName') };
    case 'name':
      return { ...word, name: changedName(word, operation) };
    case 'emails':
      return { ...word, emails: changedEmails(word.emails, operation) };
    default:
      if (leftOut.has(path.attribute)) return word;
      throw scimError('invalidPath', 'The path names no attribute of a user.');
  }
}

function userNameOf(value: unknown): string {
  const userName = textOf(value, 'userName')?.trim();
  if (!userName) throw scimError('invalidValue', 'userName is missing.');
  return userName;
}

function changedName({ name }: UserWord, { op, path, value }: Operation): UserWord['name'] {
  const { sub } = path;
  if (sub === undefined) return op === 'remove' ? null : readName(value, name ?? {});
  return readName({ [sub]: op === 'remove' ? null : value }, name ?? {});
}

/** The parts of a name that are kept, over those that were there; nothing where none is left. */
function readName(value: unknown, before: Readonly<Record<string, string>>): UserWord['name'] {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) throw scimError('invalidValue', 'name is not an object.');
  const given = Object.keys(value).map((key) => key.toLowerCase());
  const parts = nameParts.flatMap((part) => {
    const text = given.includes(part.toLowerCase())
      ? textOf(fieldOf(value, part.toLowerCase()), `name.${part}`)
      : (before[part] ?? null);
    return text === null ? [] : [[part, text] as const];
  });
  return parts.length === 0 ? null : Object.fromEntries(parts);
}

/** A person as it is answered. */
export function userResource(row: UserRow, base: string): Record<string, unknown> & { meta: ResourceMeta } {
  const { userId, userName, externalId, displayName, name, emails, active } = row;
  return {
    schemas: [userSchema],
    id: userId,
    ...(externalId === null ? {} : { externalId }),
    userName,
    ...(displayName === null ? {} : { displayName }),
    ...(name === null ? {} : { name }),
    ...(emails.length === 0 ? {} : { emails }),
    active,
    meta: metaOf('User', `${base}/Users/${userId}`, row),
  };
}
