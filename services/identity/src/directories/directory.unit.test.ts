import { describe, expect, test } from 'vitest';
import { grantsOfGroups, readDirectories, rolesDigest } from './directory.ts';

const groups = [{ group: { displayName: 'Clerks' }, role: 'clerk', centreId: 'c' }];
const entry = { name: 'cesis', title: 'Cēsis', groups, secretFile: '/run/cesis' };
const part = { base: 'dc=example' };
const ldap = { url: 'ldaps://ldap.example', bindDn: 'cn=x', passwordFile: '/run/x', users: part, groups: part };
const { secretFile, ...read } = { ...entry, ldap };
const readAll = (...entries: unknown[]) => readDirectories('directories.json', JSON.stringify(entries));

describe('a file of directories', () => {
  test('is read with those that send and those that are read', () => {
    const [sends, isRead] = readAll(entry, read);
    expect(sends).toMatchObject({ name: 'cesis', source: { kind: 'scim', secretFile } });
    expect(isRead?.source).toMatchObject({
      ...{ kind: 'ldap', pageSize: 500, startTls: false },
      users: { filter: '(objectClass=inetOrgPerson)', attributes: { externalId: 'entryUUID', userName: 'uid' } },
    });
  });

  test('knows what Active Directory calls its attributes', () => {
    const [directory] = readAll({ ...read, ldap: { ...ldap, kind: 'active_directory' } });
    expect(directory?.source).toMatchObject({ users: { attributes: { externalId: 'objectGUID' } } });
  });

  const group = (more: object) => ({ ...entry, groups: [{ ...groups[0], ...more }] });
  test.each([
    ['a role that does not exist', group({ role: 'king' }), 'group 1: is not a role at its place'],
    ['a clerk of no centre', group({ centreId: undefined }), 'group 1: is not a role at its place'],
    ['a role of machines', group({ role: 'portal_client' }), 'not a role of people'],
    ['a role of residents', group({ role: 'resident' }), 'not a role of people'],
    ['a role of directories', group({ role: 'directory' }), 'not a role of people'],
    ['a group by two names', group({ group: { displayName: 'a', externalId: 'b' } }), 'not one of'],
    ['a group by another name', group({ group: { cn: 'a' } }), 'not one of'],
    ['a misspelt field', { ...entry, group: [] }, 'unknown fields: group'],
    ['neither source', { ...entry, secretFile: undefined }, 'either'],
    ['both sources', { ...entry, ldap }, 'either'],
    ['a name in capitals', { ...entry, name: 'Cesis' }, 'entry 1: name'],
    ['LDAP in clear', { ...read, ldap: { ...ldap, url: 'ldap://ldap.example' } }, 'do not travel in clear'],
    ['StartTLS within TLS', { ...read, ldap: { ...ldap, startTls: true } }, 'do not travel in clear'],
    ['a misspelt field of LDAP', { ...read, ldap: { ...ldap, baseDn: 'x' } }, 'unknown fields: baseDn'],
    ['a misspelt attribute', { ...read, ldap: { ...ldap, users: { ...part, attributes: { mail: 'x' } } } }, 'mail'],
    ['a filter without brackets', { ...read, ldap: { ...ldap, users: { ...part, filter: 'uid=*' } } }, 'brackets'],
    ['no base', { ...read, ldap: { ...ldap, groups: {} } }, 'groups: base is missing'],
  ])('with %s is refused, and the entry named', (_, wrong, words) => {
    expect(() => readAll(wrong)).toThrow(
      expect.objectContaining({ code: 'directories_file', message: expect.stringContaining(words) }),
    );
  });
});

describe('the roles of groups', () => {
  const [directory] = readAll({
    ...entry,
    groups: [...groups, ...groups, { group: { externalId: 'x' }, role: 'auditor' }],
  });

  test('are given once, by name in any case and by the exact id', () => {
    const known = [
      { displayName: 'CLERKS', externalId: null },
      { displayName: 'Any', externalId: 'x' },
    ];
    expect(grantsOfGroups(directory!, known)).toEqual([{ role: 'clerk', centreId: 'c' }, { role: 'auditor' }]);
    expect(grantsOfGroups(directory!, [{ displayName: 'x', externalId: 'X' }])).toEqual([]);
  });

  test('have a digest that changes with them', () => {
    const [other] = readAll({ ...entry, groups: [{ ...groups[0], centreId: 'd' }] });
    expect(rolesDigest(other!)).not.toBe(rolesDigest(readAll(entry)[0]!));
  });
});
