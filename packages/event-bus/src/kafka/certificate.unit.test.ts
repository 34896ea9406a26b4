import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kafkaSsl } from './certificate.ts';

let folder: string;
const file = (name: string): string => join(folder, name);
const make = (name: string): void => {
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${name}`, '-keyout', file(`${name}.key.pem`), '-out', file(`${name}.pem`)],
  ]);
};
const files = (name: string, key = name) => ({
  authority: file('authority.pem'),
  certificate: file(`${name}.pem`),
  key: file(`${key}.key.pem`),
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kafka-certificate-'));
  for (const name of ['authority', 'intake', 'reporting']) make(name);
  writeFileSync(file('broken.pem'), 'no certificate');
});
afterAll(() => rmSync(folder, { recursive: true }));

const day = 86_400_000;

describe('the certificate that Kafka is shown', () => {
  test('is read with its key and its authority', () => {
    expect(kafkaSsl(files('intake'))).toEqual({
      ca: [readFileSync(file('authority.pem'), 'utf8')],
      cert: readFileSync(file('intake.pem'), 'utf8'),
      key: readFileSync(file('intake.key.pem'), 'utf8'),
    });
  });

  test.each([
    ['that is not there', () => kafkaSsl(files('nobody', 'intake')), /nobody\.pem: it cannot be read/],
    ['whose key is not there', () => kafkaSsl(files('intake', 'nobody')), /nobody\.key\.pem: it cannot be read/],
    ['whose key is another one’s', () => kafkaSsl(files('intake', 'reporting')), /the key is not its own/],
    ['that is none', () => kafkaSsl(files('broken', 'intake')), /no certificate in PEM/],
    ['whose time is over', () => kafkaSsl(files('intake'), Date.now() + 3 * day), /it was valid until/],
    ['whose time has not come', () => kafkaSsl(files('intake'), Date.now() - day), /it is valid from/],
  ])('%s is refused with the reason', (_name, read, message) => {
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: 'certificate_unusable' }));
  });
});
