import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BusError } from '../errors.ts';
import type { KafkaConnection } from './kafka-client.ts';

/** PEM files with which a process shows Kafka who it is, and by which it knows Kafka. */
export interface KafkaCertificate {
  /** Certificate of the authority that signed the broker's. */
  readonly authority: string;
  readonly certificate: string;
  /** Private key of the certificate. */
  readonly key: string;
}

/**
 * Reads a certificate for mutual TLS. Throws `certificate_unusable` where a file is missing, the key is another
 * certificate's, or its time is over: a broker would only end the connection, and nobody would see why.
 */
export function kafkaSsl(files: KafkaCertificate, now = Date.now()): NonNullable<KafkaConnection['ssl']> {
  const authority = read(files.authority);
  const certificate = read(files.certificate);
  const key = read(files.key);
  const fault = faultOf(parsed(files.certificate, certificate), key, now);
  if (fault !== undefined) throw unusable(files.certificate, fault);
  return { ca: [authority], cert: certificate, key };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unusable(file, 'it cannot be read', cause);
  }
}

function parsed(file: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw unusable(file, 'it is no certificate in PEM', cause);
  }
}

function faultOf(certificate: X509Certificate, key: string, now: number): string | undefined {
  if (!isKeyOf(certificate, key)) return 'the key is not its own';
  if (now < Date.parse(certificate.validFrom)) return `it is valid from ${certificate.validFrom} on`;
  if (now > Date.parse(certificate.validTo)) return `it was valid until ${certificate.validTo}`;
  return undefined;
}

function isKeyOf(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

const unusable = (file: string, why: string, cause?: unknown): BusError =>
  new BusError('certificate_unusable', `Kafka cannot be shown the certificate ${file}: ${why}`, { cause });
