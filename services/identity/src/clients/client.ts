import { type Grant, type Role, readGrant } from '@vienuviet/http';
import type { JWK } from 'jose';
import { IdentityError } from '../errors.ts';

/**
 * A program that comes with a key of its own (`private_key_jwt`): a machine that acts by itself and has grants, or an
 * application that people sign in to and that has addresses to return to. Never both.
 */
export interface Client {
  /** Client id; for a machine its account id too. */
  readonly name: string;
  readonly title: string;
  /** Of a machine; empty for an application of people. */
  readonly grants: readonly Grant[];
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  /** Public keys; undefined for sample clients, whose keys are made on this machine. */
  readonly keys: readonly JWK[] | undefined;
}

/** Roles that a machine can have; no person signs in with them, and no machine has another one. */
export const machineRoles: ReadonlySet<Role> = new Set<Role>(['holder_system', 'portal_client']);

const clientName = /^[a-z0-9][a-z0-9.-]{0,127}$/;
const fields = new Set(['name', 'title', 'grants', 'redirectUris', 'postLogoutRedirectUris', 'keys']);

/** Reads one file of clients; says which entry is wrong, and refuses all of it then. */
export function readClients(file: string, text: string): Client[] {
  const complain = (what: string, cause?: unknown): never => {
    throw new IdentityError('clients_file', `${file}: ${what}`, { cause });
  };
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    return complain('is not JSON', error);
  }
  if (!Array.isArray(list)) return complain('is not a list of clients');
  const names = new Set<string>();
  return list.map((entry: unknown, index) => {
    const given = (entry ?? {}) as Record<string, unknown>;
    const { name, title, grants = [], redirectUris = [], postLogoutRedirectUris = [], keys } = given;
    if (typeof name !== 'string' || !clientName.test(name)) {
      return complain(`entry ${index + 1}: name is not lower case letters, digits, dots and hyphens`);
    }
    const wrong = (what: string): never => complain(`entry ${index + 1} (${name}): ${what}`);
    if (names.has(name)) return wrong('the name is given twice');
    names.add(name);
    const unknown = Object.keys(given).filter((field) => !fields.has(field));
    if (unknown.length > 0) return wrong(`unknown fields: ${unknown.join(', ')}`);
    if (typeof title !== 'string' || title === '') return wrong('title is missing');
    if (!Array.isArray(grants)) return wrong('grants is not a list');
    if (!isAddresses(redirectUris)) return wrong('redirectUris is not a list of whole addresses');
    if (!isAddresses(postLogoutRedirectUris)) return wrong('postLogoutRedirectUris is not a list of whole addresses');
    if (grants.length > 0 === redirectUris.length > 0) {
      return wrong('a client has either grants (a machine) or redirectUris (an application of people)');
    }
    if (keys !== undefined && !isPublicKeys(keys))
      return wrong('keys is not a list of public keys on P-256 with a kid');
    const read = grants.map((grant: unknown, place) => {
      const [known] = readGrant(grant);
      if (known === undefined) return wrong(`grant ${place + 1} is not a role at its place`);
      return machineRoles.has(known.role) ? known : wrong(`${known.role} is not a role of machines`);
    });
    return { name, title, grants: read, redirectUris, postLogoutRedirectUris, keys };
  });
}

const isAddresses = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string' && URL.canParse(one) && !one.includes('*'));

const isPublicKeys = (value: unknown): value is JWK[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((key: JWK | null) => key?.kty === 'EC' && key.crv === 'P-256' && key.x && key.y && key.kid && !key.d);
