/**
 * Codes of people and companies that do not exist, for tests and the simulated day. They pass every check, and nobody
 * has them:
 *
 * - Old personal codes are of people born from 1800 to 1859, who were all dead when the first codes were given.
 * - New personal codes end in 00000. They hold nothing but chance, so that is an agreement of this project and no proof
 *   that nobody has one; prefer old ones where the form does not matter.
 * - Registration numbers begin with 7, which no register gives.
 *
 * The same seed and index give the same code on every machine, and other indexes other codes.
 */
import { createHash } from 'node:crypto';
import { checkDigitOf, type PersonalCode, personalCodeOf } from '../personal-code.ts';
import { isRegistrationNumber, type RegistrationNumber } from '../registration-number.ts';

const FIRST_DAY = Date.UTC(1800, 0, 1);
const DAYS = (Date.UTC(1860, 0, 1) - FIRST_DAY) / 86_400_000;

/** How many different codes there are, by what they are of. */
export const inventedCount = { old: DAYS * 1_000, new: 80_000, registrationNumber: 100_000 } as const;

/** The personal code of the invented person with this index, from 0. Throws `RangeError` beyond `inventedCount`. */
export function inventedPersonalCode(seed: string, index: number, form: 'old' | 'new' = 'old'): PersonalCode {
  const place = shuffled(`${form} ${seed}`, index, inventedCount[form]);
  return personalCodeOf(form === 'old' ? oldCode(place) : `3${20_000 + place}00000`);
}

/** Whether a personal code is one of those made here. */
export const isInvented = (code: PersonalCode): boolean =>
  /^((?!3[2-9])[0-9]{4}[0-5][0-9]0|3[2-9][0-9]{4}00000$)/.test(code.reveal());

/** The registration number of the invented company with this index, from 0. Throws `RangeError` beyond the count. */
export function inventedRegistrationNumber(seed: string, index: number): RegistrationNumber {
  const start = `7000${padded(shuffled(`number ${seed}`, index, inventedCount.registrationNumber), 5)}`;
  for (let last = 0; last < 100; last += 1) {
    const number = `${start}${padded(last, 2)}`;
    if (isRegistrationNumber(number)) return number;
  }
  throw new RangeError('unreachable: one of a hundred endings fits');
}

function oldCode(place: number): string {
  const born = new Date(FIRST_DAY + Math.floor(place / 1_000) * 86_400_000);
  const date = [born.getUTCDate(), born.getUTCMonth() + 1, born.getUTCFullYear() - 1800].map((part) => padded(part, 2));
  const firstTen = `${date.join('')}0${padded(place % 1_000, 3)}`;
  return `${firstTen}${checkDigitOf(firstTen)}`;
}

const padded = (value: number, length: number): string => String(value).padStart(length, '0');

/**
 * The place of an index in a row that has every place once: steps of a length that shares no divisor with the count,
 * from a place that depends on the seed.
 */
function shuffled(seed: string, index: number, count: number): number {
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new RangeError(`There are ${count} of them: the index goes from 0 to ${count - 1}.`);
  }
  const digest = createHash('sha256').update(seed).digest();
  let step = 1 + (digest.readUInt32LE(0) % (count - 1));
  while (greatestDivisor(step, count) > 1) step += 1;
  return ((digest.readUInt32LE(4) % count) + index * step) % count;
}

const greatestDivisor = (one: number, other: number): number =>
  other === 0 ? one : greatestDivisor(other, one % other);
