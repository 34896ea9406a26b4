import { IdentityError } from '../../errors.ts';
import type { GroupAttributes, UserAttributes } from './settings.ts';
import type { SourceGroup, SourceUser } from './source.ts';

/** An entry as the client library gives it. */
export interface LdapEntry {
  readonly dn: string;
  readonly [attribute: string]: Buffer | Buffer[] | string[] | string;
}

/** Attributes that say whether somebody may still sign in there. */
export const stateAttributes = ['userAccountControl', 'nsAccountLock', 'pwdAccountLockedTime', 'accountExpires'];

const accountDisabled = 2;
/** Locked by an administrator; any other time is one that wrong passwords bring, and is over soon. */
const lockedForGood = '000001010000Z';
/** Active Directory counts its times in steps of 100 ns from 1601 on; two of them mean never. */
const stepsOfMs = 10_000n;
const msBefore1970 = 11_644_473_600_000n;
const never = ['0', '9223372036854775807'];

/** All values of an attribute, as text; the names of attributes take any case. */
export function valuesOf(entry: LdapEntry, attribute: string): string[] {
  const name = Object.keys(entry).find((key) => key.toLowerCase() === attribute.toLowerCase());
  const value = name === undefined || name === 'dn' ? [] : (entry[name] ?? []);
  return (Array.isArray(value) ? value : [value]).map((one) => (typeof one === 'string' ? one : textOfBytes(one)));
}

/** `objectGUID` is sixteen bytes, the first three parts of it the wrong way round. */
function textOfBytes(bytes: Buffer): string {
  if (bytes.length !== 16) return bytes.toString('hex');
  const swapped = Buffer.from(bytes);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  return swapped.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Distinguished names are written with more and less space, and in any case. */
export const plainDn = (dn: string): string => dn.toLowerCase().replaceAll(/\s*([,=+])\s*/g, '$1');

export function userOfEntry(entry: LdapEntry, attributes: UserAttributes, now: Date): SourceUser {
  const first = (attribute: string) => valuesOf(entry, attribute)[0]?.trim() || null;
  return {
    externalId: demand(first(attributes.externalId), `a person without ${attributes.externalId}`),
    userName: demand(first(attributes.userName), `a person without ${attributes.userName}`),
    displayName: first(attributes.displayName),
    givenName: first(attributes.givenName),
    familyName: first(attributes.familyName),
    email: first(attributes.email),
    active: isActive(entry, now),
    memberName: plainDn(entry.dn),
    memberOf: valuesOf(entry, attributes.memberOf).map(plainDn),
  };
}

export const groupOfEntry = (entry: LdapEntry, attributes: GroupAttributes): Omit<SourceGroup, 'members'> => ({
  externalId: demand(valuesOf(entry, attributes.externalId)[0], `a group without ${attributes.externalId}`),
  displayName: demand(valuesOf(entry, attributes.displayName)[0]?.trim(), `a group without ${attributes.displayName}`),
  groupName: plainDn(entry.dn),
});

function isActive(entry: LdapEntry, now: Date): boolean {
  const [control, lock, lockedSince, expires = '0'] = stateAttributes.map((attribute) => valuesOf(entry, attribute)[0]);
  const disabled = (Number(control ?? 0) & accountDisabled) !== 0;
  return !disabled && lock?.toLowerCase() !== 'true' && lockedSince !== lockedForGood && !isOver(expires, now);
}

const isOver = (expires: string, now: Date): boolean =>
  /^\d+$/.test(expires) &&
  !never.includes(expires) &&
  BigInt(expires) / stepsOfMs - msBefore1970 <= BigInt(now.getTime());

/** Who cannot be told apart would be taken for gone: nothing is changed then. The entry itself is personal data. */
function demand(value: string | null | undefined, missing: string): string {
  if (!value) throw new IdentityError('directory_read', `the directory has ${missing}: look at filter and attributes`);
  return value;
}
