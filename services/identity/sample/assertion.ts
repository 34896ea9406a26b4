/**
 * Prints an assertion (RFC 7523) of a sample client: `node services/identity/sample/assertion.ts system.vsaa`. With
 * node:crypto alone, so that it can be read as what an institution's system has to do.
 */
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [name = 'system.vsaa'] = process.argv.slice(2);
const folder = process.env['VIENUVIET_DATA'] ?? '.vienuviet';
const { issuer } = JSON.parse(readFileSync(join(folder, 'endpoints.json'), 'utf8'));
const keyFile = join(folder, 'identity/client-keys', `${name}.json`);
if (!existsSync(keyFile)) {
  process.stderr.write(`there is no key of ${name}: ${keyFile}\n`);
  process.exit(1);
}
const jwk = JSON.parse(readFileSync(keyFile, 'utf8'));

const now = Math.floor(Date.now() / 1000);
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = part({ alg: 'ES256', typ: 'JWT', kid: jwk.kid });
const claims = part({ iss: name, sub: name, aud: issuer, iat: now, exp: now + 60, jti: randomUUID() });
const key = { key: createPrivateKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const;
const signature = sign('sha256', Buffer.from(`${header}.${claims}`), key).toString('base64url');
process.stdout.write(`${header}.${claims}.${signature}\n`);
