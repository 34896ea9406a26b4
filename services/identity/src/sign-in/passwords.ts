import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { machineRoles } from '../clients/client.ts';
import { secretFile } from '../keys/key-file.ts';
import type { Directory } from '../people/directory.ts';
import type { Person } from '../people/person.ts';

/** Who has this account name and password; undefined for a wrong name and for a wrong password alike. */
export type CheckPassword = (account: string, password: string) => Promise<Person | undefined>;

/**
 * Sample people share one password, made at the first start of a data folder: they are nobody, and who can read the
 * folder can play them all. Machines are not among those who can sign in here.
 */
export async function samplePassword(file: string, directory: Directory): Promise<CheckPassword> {
  const expected = hashOf(await secretFile(file, newPassword));
  return async (account, password) => {
    const person = directory.find(account);
    const isRight = timingSafeEqual(hashOf(password), expected);
    return isRight && person !== undefined && canSignIn(person) ? person : undefined;
  };
}

/** People whose roles are all those of machines have no password. */
export const canSignIn = ({ grants }: Pick<Person, 'grants'>): boolean =>
  grants.some(({ role }) => !machineRoles.has(role));

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Four groups of four letters and digits that cannot be taken for each other: 79 bits. */
function newPassword(): string {
  const signs = 'abcdefghjkmnpqrstuvwxyz23456789';
  const group = () => Array.from({ length: 4 }, () => signs[randomInt(signs.length)]).join('');
  return Array.from({ length: 4 }, group).join('-');
}
