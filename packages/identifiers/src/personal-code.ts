/**
 * Personal codes (personas kods) of the Latvian register of natural persons.
 *
 * - Old form, `DDMMYY-CNNNK`: date of birth, century (0: 18xx, 1: 19xx, 2: 20xx), serial number, check digit.
 * - New form, given since July 2017: the first digit is 3, the second 2–9, the rest is chance. No date, no check digit.
 *
 * No date of birth and no age is taken from a code: a code can change, and a new one says nothing. The check digit only
 * warns, since its formula was never published officially; a clerk who has the document at hand may confirm the code.
 */
import { inspect } from 'node:util';
import { elevenDigits, weightedSum } from './eleven-digits.ts';
import { acceptedAs, identifierOf, type Reading, refusedFor, type WarningCode } from './refusals.ts';

const HIDDEN = '[personal code]';

/**
 * A personal code that shows itself to nobody: not to a log, to JSON, to a template string, to `util.inspect`, nor to a
 * copy. Who needs the digits says `reveal`, so that a search for that word finds every place where they are in clear.
 */
class HiddenPersonalCode {
  readonly #digits: string;

  constructor(digits: string) {
    this.#digits = digits;
  }

  /** The eleven digits, as they are sealed, indexed and sent. */
  reveal(): string {
    return this.#digits;
  }

  /** `NNNNNN-NNNNN`, as it is shown to people. */
  revealWithDash(): string {
    return `${this.#digits.slice(0, 6)}-${this.#digits.slice(6)}`;
  }

  equals(other: PersonalCode): boolean {
    return this.#digits === other.#digits;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** Made by `readPersonalCode` and `personalCodeOf` only. */
export type PersonalCode = HiddenPersonalCode;

/**
 * Reads a personal code as somebody typed or sent it, with or without its dash. Accepts an old code whose check digit
 * does not fit with the warning `wrong_check_digit`; refuses a wrong shape and an impossible date.
 */
export function readPersonalCode(input: unknown): Reading<PersonalCode> {
  const read = elevenDigits(input);
  if (!read.accepted) return read;
  const digits = read.identifier;
  if (!isNewForm(digits) && !hasPossibleDate(digits)) return refusedFor('impossible_date');
  return acceptedAs(new HiddenPersonalCode(digits), warningOf(digits));
}

/** A personal code that was accepted earlier, confirmed or not. Throws `IdentifierError`. */
export const personalCodeOf = (text: unknown): PersonalCode => identifierOf(readPersonalCode(text));

const isNewForm = (digits: string): boolean => /^3[2-9]/.test(digits);

/** Weights of the first ten digits of an old code. */
const weights = [1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;

/**
 * The last digit of an old code. The reduction by ten gives 0 for a remainder of ten; the variant that adds the check
 * digit with the weight 1 and asks for the remainder 1 is wrong for one code in eleven.
 */
export const checkDigitOf = (firstTen: string): number => ((1101 - weightedSum(firstTen, weights)) % 11) % 10;

const warningOf = (digits: string): WarningCode | null =>
  isNewForm(digits) || Number(digits[10]) === checkDigitOf(digits) ? null : 'wrong_check_digit';

/** Whether an old code begins with a day that was in its century; codes with a century after the 20xx do not exist. */
function hasPossibleDate(digits: string): boolean {
  const [day, month, yearOfCentury] = [0, 2, 4].map((at) => Number(digits.slice(at, at + 2))) as [
    number,
    number,
    number,
  ];
  const century = Number(digits[6]);
  if (century > 2 || month < 1 || month > 12) return false;
  const lastOfMonth = new Date(Date.UTC(1800 + 100 * century + yearOfCentury, month, 0)).getUTCDate();
  return day >= 1 && day <= lastOfMonth;
}
