/** The LDAP adapter against a real server, OpenLDAP's slapd. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { groups, people, type Slapd, startSlapd } from '../tests/slapd.ts';
import { ldapSource } from './ldap-source.ts';
import { readAll } from './read-all.ts';
import { readLdapSettings } from './settings.ts';
import { directorySourceContract } from './source-contract.ts';

let slapd: Slapd;
beforeAll(async () => {
  slapd = await startSlapd();
});
afterAll(() => slapd?.close());

const settingsOf = (more: Record<string, unknown> = {}) =>
  readLdapSettings(
    {
      ...{ url: slapd.ldaps, authorityFile: slapd.authorityFile, bindDn: slapd.bindDn },
      ...{ passwordFile: slapd.passwordFile, pageSize: 5, users: { base: people }, groups: { base: groups } },
      ...more,
    },
    (what) => {
      throw new Error(what);
    },
  );
const dnOf = (name: string) => `uid=${name},${people}`;

async function addPerson(name: string, more: { displayName?: string; email?: string; inactive?: boolean } = {}) {
  await slapd.add(dnOf(name), {
    ...{ objectClass: ['inetOrgPerson', 'foreignAccount'], uid: name, cn: name, sn: 'Ozols' },
    ...(more.displayName === undefined ? {} : { displayName: more.displayName }),
    ...(more.email === undefined ? {} : { mail: more.email }),
    ...(more.inactive ? { userAccountControl: '514' } : {}),
  });
  return dnOf(name);
}

describe.each([
  ['over TLS from the beginning', () => settingsOf()],
  ['over TLS that is asked for (StartTLS)', () => settingsOf({ url: slapd.ldap, startTls: true })],
])('LDAP %s', (_, settings) => {
  afterAll(async () => {
    for (const { userName } of (await readAll(ldapSource(settings()), [])).users) await slapd.remove(dnOf(userName));
    for (const name of ['Clerks', 'Others']) await slapd.remove(`cn=${name},${groups}`);
  });

  directorySourceContract(() => ({
    source: ldapSource(settings()),
    addPerson,
    addGroup: (name, member) =>
      slapd.add(`cn=${name},${groups}`, { objectClass: 'groupOfNames', cn: name, member: [...member] }),
    removePerson: (name) => slapd.remove(dnOf(name)),
    // Two pages are given, and an error instead of the third.
    breakOff: async () => {
      await slapd.kill();
      await slapd.start({ limit: 10 });
    },
    away: () => slapd.kill(),
    mend: async () => {
      await slapd.kill();
      await slapd.start();
    },
  }));
});

describe('a connection', () => {
  beforeAll(() => addPerson('somebody').then(() => undefined));
  const read = (more: Record<string, unknown>) => readAll(ldapSource(settingsOf(more)), []);

  test('to a server with a certificate of somebody else is refused before the password is sent', async () => {
    await expect(read({ authorityFile: slapd.strangerFile })).rejects.toThrow(/self.signed|certificate/i);
    await expect(read({ authorityFile: undefined })).rejects.toThrow(/self.signed|certificate/i);
    await expect(read({ url: slapd.ldap, startTls: true, authorityFile: slapd.strangerFile })).rejects.toThrow(
      /self.signed|certificate/i,
    );
  });

  test('with a wrong password is refused', async () => {
    const passwordFile = join(slapd.passwordFile, '../wrong');
    await writeFile(passwordFile, 'wrong', { mode: 0o600 });
    await expect(read({ passwordFile })).rejects.toMatchObject({ name: 'InvalidCredentialsError' });
  });

  test.each(['over TLS', 'by StartTLS'])('that is lost %s is not opened again as nobody', async (how) => {
    const source = ldapSource(settingsOf(how === 'over TLS' ? {} : { url: slapd.ldap, startTls: true }));
    const reading = await source.open();
    for await (const page of reading.users()) expect(page).toHaveLength(1);
    await slapd.kill();
    await slapd.start({ anonymous: 'read' });
    await expect(
      reading
        .groups(() => true)
        [Symbol.asyncIterator]()
        .next(),
    ).rejects.toThrow();
    await reading.close();
  });

  afterAll(async () => {
    await slapd.kill();
    await slapd.start();
  });
});

describe('what a directory says', () => {
  const read = async (more: Record<string, unknown> = {}) =>
    readAll(ldapSource(settingsOf(more)), [{ group: { displayName: 'By people' }, grant: { role: 'auditor' } }]);
  const isActive = async () => (await read()).users.find(({ userName }) => userName === 'somebody')?.active;

  test.each([
    ['userAccountControl', '514', '512'],
    ['nsAccountLock', 'TRUE', 'false'],
  ])('of who may not sign in any more by %s is understood', async (attribute, off, on) => {
    await slapd.change(dnOf('somebody'), attribute, [off]);
    expect(await isActive()).toBe(false);
    await slapd.change(dnOf('somebody'), attribute, [on]);
    expect(await isActive()).toBe(true);
    await slapd.change(dnOf('somebody'), attribute, []);
  });

  test('of groups in its people is understood, too', async () => {
    await slapd.add(`cn=By people,${groups}`, { objectClass: 'groupOfNames', cn: 'By people', member: '' });
    await slapd.change(dnOf('somebody'), 'seeAlso', [`CN=by people, ${groups.toUpperCase()}`]);
    const { users, groups: found } = await read({ users: { base: people, attributes: { memberOf: 'seeAlso' } } });
    expect(users[0]?.memberOf).toEqual([found[0]?.groupName]);
  });

  test('of somebody without an id or a user name makes the whole reading fail, and names nobody', async () => {
    const filter = '(objectClass=organizationalUnit)';
    await expect(read({ users: { base: people, filter } })).rejects.toThrow('a person without uid');
  });

  test('of nobody at all makes the reading fail', async () => {
    await expect(read({ users: { base: people, filter: '(uid=none)' } })).rejects.toThrow('has nobody');
    await expect(read({ users: { base: `ou=none,${people}` } })).rejects.toThrow();
  });

  test('of a part that another one has makes the reading fail: whoever is there would be taken for gone', async () => {
    await slapd.add(`ou=elsewhere,${people}`, {
      ...{ objectClass: ['referral', 'extensibleObject'], ou: 'elsewhere' },
      ref: 'ldap://elsewhere.example/ou=people,dc=example',
    });
    await expect(read()).rejects.toThrow('refers to another one');
    const filter = '(objectClass=inetOrgPerson)';
    await expect(read({ users: { base: dnOf('somebody'), filter } })).resolves.toMatchObject({ users: [{}] });
  });
});
