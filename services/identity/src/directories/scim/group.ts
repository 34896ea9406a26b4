import type { GroupRow, GroupWord, MemberChange } from '../groups.ts';
import { scimError } from './errors.ts';
import { fieldOf, isObject, type Operation, textOf } from './operations.ts';
import { metaOf, type ResourceMeta } from './resource.ts';

export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';

const mostMembers = 100_000;
const leftOut = new Set(['id', 'schemas', 'meta']);

export interface Group extends GroupWord {
  readonly members: readonly string[];
}

/** A group as a directory sends one. */
export const readGroupWord = (body: Readonly<Record<string, unknown>>): Group => ({
  displayName: groupNameOf(fieldOf(body, 'displayname')),
  externalId: textOf(fieldOf(body, 'externalid'), 'externalId'),
  members: memberValues(fieldOf(body, 'members')),
});

/** What the operations of a PATCH make of a group's words, and what they do to its members, in their order. Pure. */
export function patchGroup(
  before: GroupWord,
  operations: readonly Operation[],
): { readonly word: GroupWord; readonly members: readonly MemberChange[] } {
  let word: GroupWord = { displayName: before.displayName, externalId: before.externalId };
  const members: MemberChange[] = [];
  for (const { op, path, value } of operations) {
    const removes = op === 'remove';
    if (path.attribute === 'displayname') {
      if (removes) throw scimError('mutability', 'displayName cannot be removed.');
      word = { ...word, displayName: groupNameOf(value) };
    } else if (path.attribute === 'externalid') {
      word = { ...word, externalId: removes ? null : textOf(value, 'externalId') };
    } else if (path.attribute === 'members') members.push(memberChange({ op, path, value }));
    else if (!leftOut.has(path.attribute)) throw scimError('invalidPath', 'The path names no attribute of a group.');
  }
  return { word, members };
}

/** `members[value eq "…"]` names one; otherwise the value does, and a removal without either names all. */
function memberChange({ op, path, value }: Operation): MemberChange {
  if (path.sub !== undefined) throw scimError('invalidPath', 'A member is added and removed as a whole.');
  if (path.filter.length > 0) {
    const [one] = path.filter;
    if (path.filter.length > 1 || one?.attribute !== 'value' || typeof one.value !== 'string') {
      throw scimError('invalidPath', 'Members are named by value alone.');
    }
    return { kind: op === 'remove' ? 'remove' : 'add', values: [one.value] };
  }
  const isNothing = value === undefined || value === null;
  if (op === 'remove') return isNothing ? { kind: 'remove_all' } : { kind: 'remove', values: memberValues(value) };
  return { kind: op, values: memberValues(value) };
}

function memberValues(given: unknown): string[] {
  if (given === undefined || given === null) return [];
  const list = Array.isArray(given) ? given : [given];
  if (list.length > mostMembers) throw scimError('invalidValue', `members has more than ${mostMembers} values.`);
  return list.map((one: unknown) => {
    const value = textOf(isObject(one) ? fieldOf(one, 'value') : one, 'members.value');
    if (value === null) throw scimError('invalidValue', 'A member has no value.');
    return value;
  });
}

function groupNameOf(value: unknown): string {
  const displayName = textOf(value, 'displayName')?.trim();
  if (!displayName) throw scimError('invalidValue', 'displayName is missing.');
  return displayName;
}

/** A group as it is answered; its members where they are asked for. */
export function groupResource(
  row: GroupRow,
  base: string,
  members?: readonly string[],
): Record<string, unknown> & { meta: ResourceMeta } {
  const { groupId, displayName, externalId } = row;
  return {
    schemas: [groupSchema],
    id: groupId,
    ...(externalId === null ? {} : { externalId }),
    displayName,
    ...(members === undefined ? {} : { members: members.map((value) => ({ value })) }),
    meta: metaOf('Group', `${base}/Groups/${groupId}`, row),
  };
}
