import { describe, expect, test } from 'vitest';
import { type LdapEntry, plainDn, userOfEntry, valuesOf } from './entries.ts';
import { membersOf } from './ldap-source.ts';

const attributes = {
  ...{ externalId: 'objectGUID', userName: 'uid', displayName: 'displayName', givenName: 'givenName' },
  ...{ familyName: 'sn', email: 'mail', memberOf: 'memberOf' },
};
const guid = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
const entry = (more: object): LdapEntry => ({ dn: 'UID=Anna, OU=People', objectGUID: guid, uid: 'anna', ...more });

const now = new Date('2025-11-30T09:00:00Z');

describe('an entry', () => {
  test('has its id as Active Directory shows it, and attributes in any case', () => {
    expect(userOfEntry(entry({ SN: 'Ozola', mail: [] }), attributes, now)).toMatchObject({
      ...{ externalId: '00112233-4455-6677-8899-aabbccddeeff', userName: 'anna', familyName: 'Ozola', email: null },
      memberName: 'uid=anna,ou=people',
    });
  });

  test.each([
    [{ userAccountControl: '512' }, true],
    [{ userAccountControl: '66050' }, false],
    [{ nsAccountLock: 'TRUE' }, false],
    [{ pwdAccountLockedTime: '000001010000Z' }, false],
    // Wrong passwords lock somebody out for a while; they have not left.
    [{ pwdAccountLockedTime: '20260301101500Z' }, true],
    // Never, in the two ways in which Active Directory says so; then a minute before and after `now`.
    [{ userAccountControl: '512', accountExpires: '0' }, true],
    [{ userAccountControl: '512', accountExpires: '9223372036854775807' }, true],
    [{ userAccountControl: '512', accountExpires: '134089667400000000' }, false],
    [{ userAccountControl: '512', accountExpires: '134089668600000000' }, true],
  ])('with %j is active: %s', (more, active) => {
    expect(userOfEntry(entry(more), attributes, now).active).toBe(active);
  });

  test('without an id is refused without naming anybody', () => {
    const refused = () => userOfEntry(entry({ objectGUID: [] }), attributes, now);
    expect(refused).toThrow('a person without objectGUID');
    expect(refused).not.toThrow(/anna/i);
  });

  test('has a distinguished name that compares', () => {
    expect(plainDn('CN=A  b , OU = X,DC=y')).toBe(plainDn('cn=a  b,ou=x,dc=Y'));
  });
});

test('members of a large group come in portions, until the last', async () => {
  const asked: string[] = [];
  const portion = (range: string, from: number, count: number): LdapEntry => ({
    ...{ dn: 'cn=x', [`member;range=${range}`]: Array.from({ length: count }, (_, index) => `uid=${from + index}`) },
  });
  const members = await membersOf(portion('0-1499', 0, 1500), 'member', async (attribute) => {
    asked.push(attribute);
    return asked.length === 1 ? portion('1500-2999', 1500, 1500) : portion('3000-*', 3000, 7);
  });
  expect(asked).toEqual(['member;range=1500-*', 'member;range=3000-*']);
  expect(new Set(members).size).toBe(3_007);
  expect(valuesOf({ dn: 'x', member: 'one' }, 'member')).toEqual(['one']);
});
