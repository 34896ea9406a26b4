import { createHash } from 'node:crypto';
import { type Grant, type Role, readGrant } from '@vienuviet/http';
import { machineRoles } from '../clients/client.ts';
import { IdentityError } from '../errors.ts';
import { type LdapSettings, readLdapSettings } from './ldap/settings.ts';

/** Everybody in a group has a role at a place. */
export interface GroupRole {
  /** How the directory calls the group: by its name, whatever the case of letters, or by an id of its own. */
  readonly group: { readonly displayName: string } | { readonly externalId: string };
  readonly grant: Grant;
}

/** The directory of an institution: it says who works there, and by its groups who has which role. */
export interface InstitutionDirectory {
  readonly name: string;
  /** What it is, in words. */
  readonly title: string;
  readonly groups: readonly GroupRole[];
  /**
   * What of a person the provider of the institutions says as `sub`; undefined: nobody signs in by this directory's
   * word, access is given to each by name.
   */
  readonly subject: 'externalId' | 'userName' | undefined;
  /** The directory sends (SCIM) with this secret, or is read (LDAP). */
  readonly source: { readonly kind: 'scim'; readonly secretFile: string } | ({ readonly kind: 'ldap' } & LdapSettings);
}

const directoryName = /^[a-z0-9][a-z0-9-]{0,62}$/;
const fields = new Set(['name', 'title', 'groups', 'subject', 'secretFile', 'ldap']);
const groupFields = new Set(['group', 'role', 'centreId', 'holderId']);

/** Reads one file of directories; says which entry is wrong, and refuses all of it then. */
export function readDirectories(file: string, text: string): InstitutionDirectory[] {
  const complain = (what: string, cause?: unknown): never => {
    throw new IdentityError('directories_file', `${file}: ${what}`, { cause });
  };
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    return complain('is not JSON', error);
  }
  if (!Array.isArray(list)) return complain('is not a list of directories');
  return list.map((entry: unknown, index) => {
    const given = (entry ?? {}) as Record<string, unknown>;
    const { name, title, groups, subject, secretFile, ldap } = given;
    if (typeof name !== 'string' || !directoryName.test(name)) {
      return complain(`entry ${index + 1}: name is not lower case letters, digits and hyphens`);
    }
    const wrong = (what: string): never => complain(`entry ${index + 1} (${name}): ${what}`);
    const unknown = Object.keys(given).filter((field) => !fields.has(field));
    if (unknown.length > 0) return wrong(`unknown fields: ${unknown.join(', ')}`);
    if (typeof title !== 'string' || title === '') return wrong('title is missing');
    if (!Array.isArray(groups)) return wrong('groups is not a list');
    if (subject !== undefined && subject !== 'externalId' && subject !== 'userName') {
      return wrong('subject is not externalId or userName');
    }
    if ((secretFile === undefined) === (ldap === undefined)) {
      return wrong('a directory has either a secretFile (it sends, by SCIM) or ldap (it is read)');
    }
    if (secretFile !== undefined && typeof secretFile !== 'string') return wrong('secretFile is not a path');
    return {
      ...{ name, title, subject },
      groups: groups.map((group, place) => readGroup(group, `group ${place + 1}`, wrong)),
      source:
        secretFile === undefined ? { kind: 'ldap', ...readLdapSettings(ldap, wrong) } : { kind: 'scim', secretFile },
    };
  });
}

function readGroup(value: unknown, where: string, wrong: (what: string) => never): GroupRole {
  const given = (value ?? {}) as Record<string, unknown>;
  const unknown = Object.keys(given).filter((field) => !groupFields.has(field));
  if (unknown.length > 0) return wrong(`${where}: unknown fields: ${unknown.join(', ')}`);
  const entries = Object.entries((given['group'] ?? {}) as Record<string, unknown>);
  const [by, called] = entries[0] ?? [];
  if (entries.length !== 1 || typeof called !== 'string' || called === '') {
    return wrong(`${where}: group is not one of { displayName } and { externalId }`);
  }
  const [grant] = readGrant(given);
  if (grant === undefined) return wrong(`${where}: is not a role at its place`);
  if (!isOfPeople(grant.role)) return wrong(`${where}: ${grant.role} is not a role of people at work`);
  if (by === 'displayName') return { group: { displayName: called }, grant };
  if (by === 'externalId') return { group: { externalId: called }, grant };
  return wrong(`${where}: group is not one of { displayName } and { externalId }`);
}

const isOfPeople = (role: Role): boolean => !machineRoles.has(role) && role !== 'resident' && role !== 'directory';

/** How a group is known to the settings. */
export interface KnownGroup {
  readonly displayName: string;
  readonly externalId: string | null;
}

/** Whether a group is the one that gives this role. */
export const isMeant = ({ group }: GroupRole, { displayName, externalId }: KnownGroup): boolean =>
  'externalId' in group
    ? group.externalId === externalId
    : group.displayName.toLowerCase() === displayName.toLowerCase();

/** The roles of whoever is in these groups; each once. */
export function grantsOfGroups({ groups }: InstitutionDirectory, known: readonly KnownGroup[]): Grant[] {
  const grants = groups.filter((one) => known.some((group) => isMeant(one, group))).map(({ grant }) => grant);
  return [...new Map(grants.map((grant) => [JSON.stringify(grant), grant])).values()];
}

/** What the groups that give a role are called, for queries: names in lower case, and ids. */
export const rolesOfGroups = ({ groups }: InstitutionDirectory): { names: string[]; externalIds: string[] } => ({
  names: groups.flatMap(({ group }) => ('displayName' in group ? [group.displayName.toLowerCase()] : [])),
  externalIds: groups.flatMap(({ group }) => ('externalId' in group ? [group.externalId] : [])),
});

/** Changes when the settings give roles in another way. */
export const rolesDigest = ({ groups }: InstitutionDirectory): string =>
  createHash('sha256').update(JSON.stringify(groups)).digest('hex');
