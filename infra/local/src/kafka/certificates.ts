import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalError } from '../errors.ts';
import { runCommand } from '../run-command.ts';

/**
 * The local certificate authority. It signs the broker's certificate and those of partners, who come in by mutual
 * TLS; a partner's common name is its principal in Kafka's access lists.
 */
export interface CertificateFiles {
  /** Certificate of the authority. */
  readonly authority: string;
  readonly key: string;
  readonly certificate: string;
  /** Key (PKCS#8) followed by the certificate, as Kafka and many clients take it. */
  readonly keyAndCertificate: string;
}

const DAYS = '3650';
const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

const authorityFiles = (folder: string) => ({
  key: join(folder, 'authority.key.pem'),
  certificate: join(folder, 'authority.pem'),
});

/** Makes authority and broker certificate in `folder` where they are missing; gives the paths Kafka needs. */
export async function ensureBrokerCertificate(folder: string): Promise<{ authority: string; broker: string }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authority = authorityFiles(folder);
  if (!existsSync(authority.certificate)) {
    const nextKey = `${authority.key}.next`;
    const nextCertificate = `${authority.certificate}.next`;
    await openssl([
      ...['req', '-x509', ...CURVE, '-sha256', '-days', DAYS],
      ...['-subj', '/O=Vienuviet/CN=Vienuviet local authority'],
      ...['-addext', 'basicConstraints=critical,CA:TRUE,pathlen:0', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
      ...['-keyout', nextKey, '-out', nextCertificate],
    ]);
    chmodSync(nextKey, 0o600);
    renameSync(nextKey, authority.key);
    renameSync(nextCertificate, authority.certificate);
  }
  const broker = await issueCertificate(folder, 'broker', 'DNS:localhost,IP:127.0.0.1');
  return { authority: authority.certificate, broker: broker.keyAndCertificate };
}

/** Where the certificate under a common name lies, or will. */
export const certificateFiles = (folder: string, commonName: string): CertificateFiles => ({
  authority: authorityFiles(folder).certificate,
  key: join(folder, `${commonName}.key.pem`),
  certificate: join(folder, `${commonName}.pem`),
  keyAndCertificate: join(folder, `${commonName}.key-and-certificate.pem`),
});

/**
 * Issues a certificate under `commonName`, or gives the one that was issued before. `names` are the addresses a
 * server answers to.
 */
export async function issueCertificate(folder: string, commonName: string, names?: string): Promise<CertificateFiles> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(commonName)) {
    throw new LocalError('refused', `${JSON.stringify(commonName)} is no common name for a certificate`);
  }
  const authority = authorityFiles(folder);
  const files = certificateFiles(folder, commonName);
  if (existsSync(files.keyAndCertificate)) return files;
  const request = join(folder, `${commonName}.request.pem`);
  const extensions = join(folder, `${commonName}.extensions`);
  try {
    await openssl([
      'req',
      '-new',
      ...CURVE,
      '-subj',
      `/O=Vienuviet/CN=${commonName}`,
      '-keyout',
      files.key,
      '-out',
      request,
    ]);
    chmodSync(files.key, 0o600);
    const usage = names ? 'serverAuth,clientAuth' : 'clientAuth';
    writeFileSync(
      extensions,
      [
        'basicConstraints=CA:FALSE',
        `extendedKeyUsage=${usage}`,
        ...(names ? [`subjectAltName=${names}`] : []),
        '',
      ].join('\n'),
    );
    await openssl([
      ...['x509', '-req', '-in', request, '-sha256', '-days', DAYS, '-extfile', extensions],
      ...['-CA', authority.certificate, '-CAkey', authority.key, '-out', files.certificate],
      // Several are issued at once: a file that counts would be written by all of them.
      ...['-set_serial', `0x${randomBytes(16).toString('hex')}`],
    ]);
  } finally {
    rmSync(request, { force: true });
    rmSync(extensions, { force: true });
  }
  const next = `${files.keyAndCertificate}.next`;
  writeFileSync(next, readFileSync(files.key, 'utf8') + readFileSync(files.certificate, 'utf8'), { mode: 0o600 });
  renameSync(next, files.keyAndCertificate);
  return files;
}

const openssl = (args: readonly string[]): Promise<string> => runCommand('openssl', args);
