import { readFile } from 'node:fs/promises';
import net from 'node:net';
import tls from 'node:tls';
import { Client } from 'ldapts';
import { IdentityError } from '../../errors.ts';
import { secretFile } from '../../keys/key-file.ts';
import { groupOfEntry, type LdapEntry, plainDn, stateAttributes, userOfEntry, valuesOf } from './entries.ts';
import type { LdapPart, LdapSettings } from './settings.ts';
import type { DirectoryReading, DirectorySource } from './source.ts';

const connectMs = 5_000;
const answerMs = 10_000;

/** The other parts of an Active Directory forest, which it names at its root; no people are there. */
const withoutPeople = /^ldaps?:\/\/(?:(?:Forest|Domain)DnsZones\.|[^/]*\/CN=Configuration,)/i;

/** A directory that is read by LDAP v3, over TLS. */
export function ldapSource(settings: LdapSettings): DirectorySource {
  return {
    open: async () => {
      const password = await secretFile(settings.passwordFile, () => {
        throw new IdentityError('directory_read', `the password of the directory is missing: ${settings.passwordFile}`);
      });
      const client = await connect(settings);
      try {
        await client.bind(settings.bindDn, password);
      } catch (error) {
        await client.unbind().catch(() => undefined);
        throw error;
      }
      return reading(client, settings);
    },
  };
}

/**
 * A client of one connection. The library would open another one by itself when the first is lost, and go on as nobody
 * and in clear: what such a search does not find would be taken for gone.
 */
async function connect({ url, startTls, authorityFile }: LdapSettings): Promise<Client> {
  const { hostname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const ca = authorityFile === undefined ? {} : { ca: await readFile(authorityFile, 'utf8') };
  const secure = { host, ...ca, ...(net.isIP(host) === 0 ? { servername: host } : {}) };
  let opened = false;
  const once = <Connect extends typeof net.connect | typeof tls.connect>(open: Connect): Connect =>
    ((...args: unknown[]) => {
      if (opened) throw new IdentityError('directory_read', 'the connection to the directory was lost');
      opened = true;
      return Reflect.apply(open, undefined, args);
    }) as Connect;
  const client = new Client({
    ...{ url, timeout: answerMs, connectTimeout: connectMs },
    // With options of TLS the library takes any address for one of TLS from the beginning.
    ...(startTls
      ? { createConnection: once(net.connect) }
      : { createSecureConnection: once(tls.connect), tlsOptions: secure }),
  });
  try {
    if (startTls) await client.startTLS({ ...secure });
    return client;
  } catch (error) {
    await client.unbind().catch(() => undefined);
    throw error;
  }
}

function reading(client: Client, { users, groups, pageSize }: LdapSettings): DirectoryReading {
  async function* pages(part: LdapPart, attributes: readonly string[]): AsyncGenerator<readonly LdapEntry[]> {
    const found = client.searchPaginated(part.base, {
      ...{ scope: 'sub', filter: part.filter, attributes: [...attributes], paged: { pageSize } },
      explicitBufferAttributes: ['objectGUID'],
    });
    for await (const { searchEntries, searchReferences } of found) {
      if (searchReferences.some((address) => !withoutPeople.test(address))) {
        throw new IdentityError('directory_read', 'the directory refers to another one for a part: choose other bases');
      }
      yield searchEntries;
    }
  }

  return {
    users: async function* () {
      const { attributes } = users;
      for await (const entries of pages(users, [...Object.values(attributes), ...stateAttributes])) {
        yield entries.map((entry) => userOfEntry(entry, attributes, new Date()));
      }
    },
    groups: async function* (isWanted) {
      const { attributes } = groups;
      for await (const entries of pages(groups, Object.values(attributes))) {
        const wanted = entries.filter((entry) => isWanted(groupOfEntry(entry, attributes)));
        const read = [];
        for (const entry of wanted) {
          const members = await membersOf(entry, attributes.member, (range) => readRange(client, entry.dn, range));
          read.push({ ...groupOfEntry(entry, attributes), members: members.map(plainDn) });
        }
        yield read;
      }
    },
    close: async () => {
      await client.unbind().catch(() => undefined);
    },
  };
}

async function readRange(client: Client, dn: string, attribute: string): Promise<LdapEntry> {
  const { searchEntries } = await client.search(dn, { scope: 'base', attributes: [attribute] });
  const [entry] = searchEntries;
  if (entry === undefined) throw new IdentityError('directory_read', 'a group went while its members were read');
  return entry;
}

const rangeForm = /;range=\d+-(\d+|\*)$/i;

/** Active Directory gives the members of a large group in portions: `member;range=0-1499`, until `…-*`. */
export async function membersOf(
  entry: LdapEntry,
  attribute: string,
  read: (attribute: string) => Promise<LdapEntry>,
): Promise<string[]> {
  const members = valuesOf(entry, attribute);
  for (let from = entry; ; ) {
    const ranged = Object.keys(from).find((key) => key.toLowerCase().startsWith(`${attribute.toLowerCase()};range=`));
    const [, last] = rangeForm.exec(ranged ?? '') ?? [];
    if (ranged === undefined) return members;
    members.push(...valuesOf(from, ranged));
    if (last === '*' || last === undefined) return members;
    from = await read(`${attribute};range=${Number(last) + 1}-*`);
  }
}
