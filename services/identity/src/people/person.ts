import { type Grant, readGrant } from '@vienuviet/http';
import { IdentityError } from '../errors.ts';

/** Somebody who does not exist: an account to try the platform with. The name is the account id. */
export interface Person {
  readonly name: string;
  /** What the account is for, in words. */
  readonly title: string;
  /** Shown first. */
  readonly featured: boolean;
  readonly grants: readonly Grant[];
  /** Whether the person may give these roles on. */
  readonly mayGrant: boolean;
}

const accountName = /^[a-z0-9][a-z0-9.-]{0,127}$/;

/** Reads one file of people; says which entry is wrong, and refuses all of it then. */
export function readPeople(file: string, text: string): Person[] {
  const complain = (what: string, cause?: unknown): never => {
    throw new IdentityError('people_file', `${file}: ${what}`, { cause });
  };
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    return complain('is not JSON', error);
  }
  if (!Array.isArray(list)) return complain('is not a list of people');
  return list.map((entry: unknown, index) => {
    const { name, title, featured = false, grants, mayGrant = false } = (entry ?? {}) as Record<string, unknown>;
    const where = `entry ${index + 1}`;
    if (typeof name !== 'string' || !accountName.test(name)) {
      return complain(`${where}: name is not lower case letters, digits, dots and hyphens`);
    }
    if (typeof title !== 'string' || title === '') return complain(`${where} (${name}): title is missing`);
    if (typeof featured !== 'boolean') return complain(`${where} (${name}): featured is not true or false`);
    if (typeof mayGrant !== 'boolean') return complain(`${where} (${name}): mayGrant is not true or false`);
    if (!Array.isArray(grants) || grants.length === 0) return complain(`${where} (${name}): grants are missing`);
    const read = grants.map((grant: unknown, place) => {
      const [known] = readGrant(grant);
      return known ?? complain(`${where} (${name}): grant ${place + 1} is not a role at its place`);
    });
    return { name, title, featured, grants: read, mayGrant };
  });
}
