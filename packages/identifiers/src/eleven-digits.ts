import { acceptedAs, type Reading, refusedFor } from './refusals.ts';

/** What people type or paste is short; what is longer is not looked at. */
const MAXIMUM = 64;

/** White space, and the characters without width that come along when a text is pasted from a letter or a chat. */
const SPACE = '[\\s\\u00AD\\u061C\\u180E\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u2064\\u2066-\\u206F\\uFEFF]';
/** Every dash of Unicode, the minus signs, and the bullet that has the form of a dash. */
const DASH = '[\\p{Pd}\\u02D7\\u2043\\u2212\\u2796]';

const around = new RegExp(`^${SPACE}+|${SPACE}+$`, 'gu');
const afterTheSixth = new RegExp(`^(?<head>[0-9]{6})${SPACE}*${DASH}?${SPACE}*(?<tail>[0-9]{5})$`, 'u');
const digitsSpacesAndDashes = new RegExp(`^(?:[0-9]|${SPACE}|${DASH})*$`, 'u');

/**
 * The eleven digits of a personal code as somebody typed them: spaces around it, and spaces and one dash of any kind
 * after the sixth digit, mean nothing. Digits of other scripts and letters that look like digits are refused and not
 * guessed at: a wrong guess would be another person.
 */
export function elevenDigits(input: unknown): Reading<string> {
  const text = typedText(input);
  if (!text.accepted) return text;
  const parts = afterTheSixth.exec(text.identifier)?.groups;
  if (parts !== undefined) return acceptedAs(`${parts['head']}${parts['tail']}`);
  if (!digitsSpacesAndDashes.test(text.identifier)) return refusedFor('not_digits');
  return refusedFor(text.identifier.replaceAll(/[^0-9]/g, '').length === 11 ? 'wrong_shape' : 'wrong_length');
}

/** A text as it was typed, without the space around it. */
export function typedText(input: unknown): Reading<string> {
  if (input === null || input === undefined) return refusedFor('empty');
  if (typeof input !== 'string') return refusedFor('not_text');
  if (input.length > MAXIMUM) return refusedFor('too_long');
  const text = input.replaceAll(around, '');
  return text === '' ? refusedFor('empty') : acceptedAs(text);
}

/** The weighted sum of digits. There are as many weights as digits are counted. */
export const weightedSum = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, place) => sum + weight * Number(digits[place]), 0);
