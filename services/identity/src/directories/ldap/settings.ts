/** How an LDAP directory is reached and read. */
export interface LdapSettings {
  /** `ldaps://host:port`, or `ldap://…` with `startTls`. */
  readonly url: string;
  readonly startTls: boolean;
  /** Certificates (PEM) that the server's must come from; without it those that Node trusts. */
  readonly authorityFile: string | undefined;
  readonly bindDn: string;
  readonly passwordFile: string;
  readonly pageSize: number;
  readonly users: LdapPart & { readonly attributes: UserAttributes };
  readonly groups: LdapPart & { readonly attributes: GroupAttributes };
}

export interface LdapPart {
  readonly base: string;
  readonly filter: string;
}

/** Which attribute says what. `externalId` never changes and is never given to another. */
export interface UserAttributes {
  readonly externalId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  /** Its values are the distinguished names of groups; asked beside the groups' own members. */
  readonly memberOf: string;
}

export interface GroupAttributes {
  readonly externalId: string;
  readonly displayName: string;
  /** Its values are the distinguished names of the members, or their user names. */
  readonly member: string;
}

const kinds = {
  openldap: {
    users: {
      filter: '(objectClass=inetOrgPerson)',
      attributes: { externalId: 'entryUUID', userName: 'uid', displayName: 'displayName' },
    },
    groups: { filter: '(objectClass=groupOfNames)', attributes: { externalId: 'entryUUID' } },
  },
  active_directory: {
    users: {
      filter: '(&(objectCategory=person)(objectClass=user))',
      attributes: { externalId: 'objectGUID', userName: 'userPrincipalName', displayName: 'displayName' },
    },
    groups: { filter: '(objectClass=group)', attributes: { externalId: 'objectGUID' } },
  },
} as const;

const ofEveryKind = {
  users: { givenName: 'givenName', familyName: 'sn', email: 'mail', memberOf: 'memberOf' },
  groups: { displayName: 'cn', member: 'member' },
} as const;

const fields = new Set([
  ...['kind', 'url', 'startTls', 'authorityFile', 'bindDn', 'passwordFile', 'pageSize', 'users', 'groups'],
]);

/** Reads the part `ldap` of a directory. A connection that anybody could listen to is refused. */
export function readLdapSettings(value: unknown, wrong: (what: string) => never): LdapSettings {
  const given = (value ?? {}) as Record<string, unknown>;
  const unknown = Object.keys(given).filter((field) => !fields.has(field));
  if (unknown.length > 0) return wrong(`ldap: unknown fields: ${unknown.join(', ')}`);
  const { kind = 'openldap', url, startTls = false, authorityFile, bindDn, passwordFile, pageSize = 500 } = given;
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) {
    return wrong(`ldap: kind is not one of ${Object.keys(kinds).join(', ')}`);
  }
  if (typeof url !== 'string' || !/^ldaps?:\/\/[^/\s]+$/.test(url)) return wrong('ldap: url is not ldaps://host:port');
  if (typeof startTls !== 'boolean') return wrong('ldap: startTls is not true or false');
  if (url.startsWith('ldaps:') === startTls) {
    return wrong('ldap: say ldaps://, or ldap:// with startTls: names and passwords do not travel in clear');
  }
  if (authorityFile !== undefined && typeof authorityFile !== 'string') return wrong('ldap: authorityFile is no path');
  if (typeof bindDn !== 'string' || bindDn === '') return wrong('ldap: bindDn is missing');
  if (typeof passwordFile !== 'string') return wrong('ldap: passwordFile is missing');
  if (!Number.isInteger(pageSize) || (pageSize as number) < 1 || (pageSize as number) > 1_000) {
    return wrong('ldap: pageSize is not a number from 1 to 1000');
  }
  const known = kinds[kind as keyof typeof kinds];
  const part = (name: 'users' | 'groups') => {
    const { base, filter, attributes = {}, ...more } = (given[name] ?? {}) as Record<string, unknown>;
    if (typeof base !== 'string' || base === '') return wrong(`ldap: ${name}: base is missing`);
    if (filter !== undefined && (typeof filter !== 'string' || !/^\(.+\)$/s.test(filter))) {
      return wrong(`ldap: ${name}: filter does not stand in brackets`);
    }
    const all: Record<string, unknown> = { ...ofEveryKind[name], ...known[name].attributes };
    const named = Object.entries(attributes as Record<string, unknown>);
    const strange = [...Object.keys(more), ...named.filter(([field]) => !(field in all)).map(([field]) => field)];
    if (strange.length > 0) return wrong(`ldap: ${name}: unknown fields: ${strange.join(', ')}`);
    if (!named.every(([, attribute]) => typeof attribute === 'string' && /^[A-Za-z][\w-]*$/.test(attribute))) {
      return wrong(`ldap: ${name}: an attribute is not a name`);
    }
    return { base, filter: filter ?? known[name].filter, attributes: { ...all, ...Object.fromEntries(named) } };
  };
  return {
    ...{ url, startTls, authorityFile, bindDn, passwordFile, pageSize: pageSize as number },
    users: part('users') as unknown as LdapSettings['users'],
    groups: part('groups') as unknown as LdapSettings['groups'],
  };
}
