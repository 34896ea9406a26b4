import type { ServiceConfig } from '@vienuviet/service';
import { IdentityError } from './errors.ts';

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
  readonly openApiOrigins: readonly string[];
  readonly keyLeadSeconds: number;
}

export const requiredEnvironment = ['NODE_ENV', 'COOKIE_KEYS', 'KEY_SEAL_SECRET'];
export const optionalEnvironment = [
  'PEOPLE_FILES',
  'CLIENT_FILES',
  'CLIENT_KEYS_FOLDER',
  'SAMPLE_PASSWORD_FILE',
  'OPENAPI_ORIGINS',
  'KEY_LEAD_SECONDS',
];

/** What only a machine for development has. */
const localOnly = ['PEOPLE_FILES', 'CLIENT_KEYS_FOLDER', 'SAMPLE_PASSWORD_FILE'];

/**
 * Services keep the keys for ten minutes and a copy on the way for one: after a quarter of an hour all know the next
 * one.
 */
const defaultLeadSeconds = 900;

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
  return {
    production,
    cookieKeys,
    sealSecret: own['KEY_SEAL_SECRET'] ?? '',
    peopleFiles: listOf(own['PEOPLE_FILES']),
    clientFiles: listOf(own['CLIENT_FILES']),
    clientKeysFolder: own['CLIENT_KEYS_FOLDER'],
    samplePasswordFile: own['SAMPLE_PASSWORD_FILE'],
    openApiOrigins,
    keyLeadSeconds: Number(lead),
  };
}

const listOf = (text: string | undefined): string[] => (text ?? '').split(',').filter(Boolean);
