import type { ServiceConfig } from '@vienuviet/service';
import { IdentityError } from './errors.ts';
import { isLoopback } from './local-only.ts';
import type { UpstreamSettings } from './sign-in/upstream/upstream.ts';

/** What identity reads from its environment beside what every service does. */
export interface IdentitySettings {
  readonly production: boolean;
  readonly cookieKeys: readonly string[];
  readonly sealSecret: string;
  readonly peopleFiles: readonly string[];
  readonly clientFiles: readonly string[];
  /** Where keys of sample clients are made; never in production. */
  readonly clientKeysFolder: string | undefined;
  readonly samplePasswordFile: string | undefined;
  /** Addresses from which many people sign in, whose own limits do not count; never in production. */
  readonly sharedAddresses: readonly string[];
  readonly openApiOrigins: readonly string[];
  readonly keyLeadSeconds: number;
  /** The provider of the institutions; undefined where people sign in here, or nobody does. */
  readonly upstream: UpstreamSettings | undefined;
  /** Whether roles that ask for a second factor get it asked for. */
  readonly secondFactor: boolean;
  readonly directoryFiles: readonly string[];
  readonly ldapSyncSeconds: number;
}

export const requiredEnvironment = ['NODE_ENV', 'COOKIE_KEYS', 'KEY_SEAL_SECRET'];
export const optionalEnvironment = [
  'PEOPLE_FILES',
  'CLIENT_FILES',
  'CLIENT_KEYS_FOLDER',
  'SAMPLE_PASSWORD_FILE',
  'SIGN_IN_SHARED_ADDRESSES',
  'OPENAPI_ORIGINS',
  'KEY_LEAD_SECONDS',
  'UPSTREAM_ISSUER',
  'UPSTREAM_CLIENT_ID',
  'UPSTREAM_KEY_FILE',
  'UPSTREAM_TWO_FACTOR_ACRS',
  'SECOND_FACTOR',
  'DIRECTORY_FILES',
  'LDAP_SYNC_SECONDS',
];

/** What only a machine for development has. */
const localOnly = ['PEOPLE_FILES', 'CLIENT_KEYS_FOLDER', 'SAMPLE_PASSWORD_FILE', 'SIGN_IN_SHARED_ADDRESSES'];

/**
 * Services keep the keys for ten minutes and a copy on the way for one: after a quarter of an hour all know the next
 * one.
 */
const defaultLeadSeconds = 900;

/** Somebody who left is out within a minute of the directory saying so. */
const defaultLdapSeconds = 30;

export function readIdentitySettings({ own }: Pick<ServiceConfig, 'own'>): IdentitySettings {
  const production = own['NODE_ENV'] === 'production';
  const wrong = (what: string): never => {
    throw new IdentityError('settings', what);
  };
  if (production) {
    const local = localOnly.filter((name) => own[name]);
    if (local.length > 0) wrong(`not in production: ${local.join(', ')}`);
  }
  const cookieKeys = listOf(own['COOKIE_KEYS']);
  if (cookieKeys.length === 0 || cookieKeys.some((key) => key.length < 32)) {
    wrong('COOKIE_KEYS are keys of at least 32 characters, separated by commas');
  }
  const openApiOrigins = listOf(own['OPENAPI_ORIGINS']);
  for (const origin of openApiOrigins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      wrong(`OPENAPI_ORIGINS: ${origin} is not an origin`);
  }
  const lead = own['KEY_LEAD_SECONDS'] ?? `${defaultLeadSeconds}`;
  if (!/^[1-9]\d{0,5}$/.test(lead)) wrong(`KEY_LEAD_SECONDS is not a whole number of seconds: ${lead}`);
  const factor = own['SECOND_FACTOR'] ?? (production ? 'on' : 'off');
  if (factor !== 'on' && factor !== 'off') wrong(`SECOND_FACTOR is on or off, not ${factor}`);
  if (production && factor === 'off') wrong('in production roles that ask for a second factor get it asked for');
  const ldapSeconds = own['LDAP_SYNC_SECONDS'] ?? `${defaultLdapSeconds}`;
  if (!/^[1-9]\d{0,3}$/.test(ldapSeconds)) wrong(`LDAP_SYNC_SECONDS is not a number of seconds: ${ldapSeconds}`);
  return {
    production,
    cookieKeys,
    sealSecret: own['KEY_SEAL_SECRET'] ?? '',
    peopleFiles: listOf(own['PEOPLE_FILES']),
    clientFiles: listOf(own['CLIENT_FILES']),
    clientKeysFolder: own['CLIENT_KEYS_FOLDER'],
    samplePasswordFile: own['SAMPLE_PASSWORD_FILE'],
    sharedAddresses: listOf(own['SIGN_IN_SHARED_ADDRESSES']),
    openApiOrigins,
    keyLeadSeconds: Number(lead),
    upstream: upstreamOf(own, production),
    secondFactor: factor === 'on',
    directoryFiles: listOf(own['DIRECTORY_FILES']),
    ldapSyncSeconds: Number(ldapSeconds),
  };
}

/** Issuer, client and key come together; people are sent there, so it is over TLS but on this machine. */
function upstreamOf(own: ServiceConfig['own'], production: boolean): UpstreamSettings | undefined {
  const {
    UPSTREAM_ISSUER: issuer,
    UPSTREAM_CLIENT_ID: clientId,
    UPSTREAM_KEY_FILE: keyFile,
    UPSTREAM_TWO_FACTOR_ACRS: acrs,
  } = own;
  if (!issuer && !clientId && !keyFile && !acrs) return undefined;
  if (!issuer || !clientId || !keyFile) {
    throw new IdentityError('settings', 'UPSTREAM_ISSUER, UPSTREAM_CLIENT_ID and UPSTREAM_KEY_FILE are set together');
  }
  const { protocol, hostname } = URL.canParse(issuer) ? new URL(issuer) : { protocol: '', hostname: '' };
  const isHere = !production && protocol === 'http:' && isLoopback(hostname);
  if (protocol !== 'https:' && !isHere) {
    throw new IdentityError('settings', `UPSTREAM_ISSUER: ${issuer} is not an address that begins with https`);
  }
  return { issuer, clientId, keyFile, twoFactorAcrs: listOf(acrs) };
}

const listOf = (text: string | undefined): string[] => (text ?? '').split(',').filter(Boolean);
