import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createProgress, ensureLdapServer } from '@vienuviet/infra-local';
import { Attribute, Change, Client } from 'ldapts';

export const suffix = 'dc=cesis,dc=example';
export const people = `ou=people,${suffix}`;
export const groups = `ou=groups,${suffix}`;
const root = { dn: `cn=root,${suffix}`, password: 'a password of the root' };
/** Who reads; limits hold for it. */
const reader = { dn: `cn=reader,${suffix}`, password: 'a password of tests' };

/** A real LDAP server of the test file's own. */
export interface Slapd {
  readonly ldaps: string;
  /** In clear until StartTLS. */
  readonly ldap: string;
  /** Certificate that the server's comes from, and one that it does not come from. */
  readonly authorityFile: string;
  readonly strangerFile: string;
  readonly bindDn: string;
  readonly passwordFile: string;
  add(dn: string, attributes: Record<string, string | string[]>): Promise<void>;
  change(dn: string, attribute: string, values: readonly string[]): Promise<void>;
  remove(dn: string): Promise<void>;
  /** Ends the process at once. */
  kill(): Promise<void>;
  /** Starts it again; at most so many entries are given to one search, and to nobody or to anybody anonymous. */
  start(how?: { limit?: number; anonymous?: 'read' | 'none' }): Promise<void>;
  close(): Promise<void>;
}

/** Attributes of other servers, that say who may not sign in any more. */
const foreignSchema = `
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 2.16.840.1.113730.3.1.610 NAME 'nsAccountLock' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.99999.1 NAME 'foreignAccount' AUXILIARY MAY ( userAccountControl $ nsAccountLock ) )
`;

export async function startSlapd(): Promise<Slapd> {
  await ensureLdapServer(createProgress(process.stderr));
  const folder = await mkdtemp(join(tmpdir(), 'slapd-'));
  const files = Object.fromEntries(
    ['key.pem', 'certificate.pem', 'stranger-key.pem', 'stranger.pem', 'password'].map((name) => [
      name,
      join(folder, name),
    ]),
  ) as Record<string, string>;
  await selfSigned(files['key.pem']!, files['certificate.pem']!);
  await selfSigned(files['stranger-key.pem']!, files['stranger.pem']!);
  await writeFile(files['password']!, reader.password, { mode: 0o600 });
  await mkdir(join(folder, 'data'));
  const [ldap, ldaps] = [`ldap://127.0.0.1:${await freePort()}`, `ldaps://127.0.0.1:${await freePort()}`];
  let server: ChildProcess | undefined;
  let ended: Promise<unknown> = Promise.resolve();

  const start: Slapd['start'] = async ({ limit = 'unlimited', anonymous = 'none' } = {}) => {
    await writeFile(
      join(folder, 'slapd.conf'),
      `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
${foreignSchema}
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/slapd.pid
argsfile ${folder}/slapd.args
TLSCertificateFile ${files['certificate.pem']}
TLSCertificateKeyFile ${files['key.pem']}
security simple_bind=128
database mdb
suffix "${suffix}"
rootdn "${root.dn}"
rootpw "${root.password}"
directory ${folder}/data
maxsize 67108864
limits * size.pr=unlimited size.prtotal=${limit} size=${limit}
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${reader.dn}" read by * ${anonymous}
`,
    );
    const args = ['-d', '0', '-h', `${ldap} ${ldaps}`, '-f', join(folder, 'slapd.conf')];
    const started = spawn('/usr/sbin/slapd', args, { stdio: 'ignore' });
    server = started;
    ended = new Promise((resolve) => started.once('exit', resolve));
    const deadline = Date.now() + 10_000;
    while (!(await asRoot(async () => true).catch(() => false))) {
      if (Date.now() > deadline || started.exitCode !== null) throw new Error('slapd does not answer');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  const asRoot = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ url: ldaps, timeout: 5_000, tlsOptions: { rejectUnauthorized: false } });
    try {
      await client.bind(root.dn, root.password);
      return await work(client);
    } finally {
      await client.unbind().catch(() => undefined);
    }
  };

  const kill = async (): Promise<void> => {
    server?.kill('SIGKILL');
    await ended;
  };

  await start();
  await asRoot(async (client) => {
    await client.add(suffix, { objectClass: ['dcObject', 'organization'], dc: 'cesis', o: 'Cēsis' });
    for (const base of [people, groups]) await client.add(base, { objectClass: 'organizationalUnit' });
    await client.add(reader.dn, {
      ...{ objectClass: ['organizationalRole', 'simpleSecurityObject'], userPassword: reader.password },
    });
  });
  return {
    ...{ ldap, ldaps, authorityFile: files['certificate.pem']!, strangerFile: files['stranger.pem']! },
    ...{ bindDn: reader.dn, passwordFile: files['password']!, start, kill },
    add: (dn, attributes) => asRoot((client) => client.add(dn, attributes)),
    change: (dn, attribute, values) =>
      asRoot((client) =>
        client.modify(
          dn,
          new Change({ operation: 'replace', modification: new Attribute({ type: attribute, values: [...values] }) }),
        ),
      ),
    remove: (dn) => asRoot((client) => client.del(dn)),
    close: async () => {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}

const openssl = promisify(execFile);

/** A certificate that is its own authority. */
async function selfSigned(key: string, certificate: string): Promise<void> {
  await openssl('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
    ...['-keyout', key, '-out', certificate],
  ]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
