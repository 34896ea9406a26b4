/**
 * Registration numbers of enterprises and public bodies: eleven digits with a weighted sum. They are public, name
 * topics and stand in the catalogue.
 */
import { typedText, weightedSum } from './eleven-digits.ts';
import { acceptedAs, type Reading, refusedFor } from './refusals.ts';

declare const brand: unique symbol;
/** Eleven digits that fit together. */
export type RegistrationNumber = string & { readonly [brand]: 'registration number' };

/** Weights of the eleven digits, the check digit among them. */
const weights = [9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1] as const;

/**
 * Whether a text is a registration number: eleven digits whose weighted sum leaves 3 when divided by 11. Every eleventh
 * personal code has that sum too. Those begin with 0–3 and numbers with 4–6 or 9, so what begins with 0–3 is none: a
 * registration number is public and names topics, and nobody's personal code may get there by a slip.
 */
export const isRegistrationNumber = (text: string): text is RegistrationNumber =>
  /^[0-9]{11}$/.test(text) && !looksLikePersonalCode(text) && weightedSum(text, weights) % 11 === 3;

const looksLikePersonalCode = (digits: string): boolean => /^[0-3]/.test(digits);

/** Reads a registration number as somebody typed it. Refuses one whose digits do not fit together. */
export function readRegistrationNumber(input: unknown): Reading<RegistrationNumber> {
  const read = typedText(input);
  if (!read.accepted) return read;
  const text = read.identifier;
  if (/[^0-9]/.test(text)) return refusedFor('not_digits');
  if (text.length !== 11) return refusedFor('wrong_length');
  if (looksLikePersonalCode(text)) return refusedFor('looks_like_personal_code');
  return isRegistrationNumber(text) ? acceptedAs(text) : refusedFor('wrong_check_digit');
}

/** Whether the number was given to a body that the register of enterprises does not keep: an institution of the state. */
export const isOfPublicBody = (number: RegistrationNumber): boolean => number.startsWith('9');
