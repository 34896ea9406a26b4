/**
 * Why a text is no identifier, and what the person who sent it can do. The sentences go into answers and logs, so they
 * are the same for every input: none quotes it, and none has a digit.
 */
export const refusals = {
  not_text: 'It has to be text.',
  empty: 'There is nothing in it.',
  too_long: 'It is far too long.',
  not_digits: 'A character in it is no digit, or only looks like one: please type it again with plain digits.',
  wrong_length: 'It does not have eleven digits.',
  wrong_shape: 'There is a dash or a space where none belongs: a personal code has one dash, after the sixth digit.',
  impossible_date: 'A personal code of this form begins with a date of birth, and there is no such date.',
  wrong_check_digit: 'The digits do not fit together: is one mistyped?',
  looks_like_personal_code: 'It has the form of a personal code, which is no registration number.',
  unknown_actor: 'An actor is PK:…, AU:…, AU:…-PK:…, DP:…-PK:… or PK:…-UR:…, with codes of eleven digits.',
  wrong_institution: 'An institution is a registration number, or a code that begins with a letter.',
} as const;

/** Stable code of a refusal. */
export type RefusalCode = keyof typeof refusals;

/** What the person who typed it confirms before it is taken: it may be right all the same. */
export const warnings = {
  wrong_check_digit: 'The digits do not fit together: please compare them with the document.',
} as const;

export type WarningCode = keyof typeof warnings;

/** What came of reading a text. A doubtful identifier is accepted with a warning; only an impossible one is refused. */
export type Reading<Identifier> =
  | { readonly accepted: true; readonly identifier: Identifier; readonly warning: WarningCode | null }
  | { readonly accepted: false; readonly refusal: RefusalCode };

export const acceptedAs = <Identifier>(
  identifier: Identifier,
  warning: WarningCode | null = null,
): Reading<Identifier> => ({ accepted: true, identifier, warning });

export const refusedFor = (refusal: RefusalCode): Reading<never> => ({ accepted: false, refusal });

/** Thrown where an identifier was accepted earlier, so that being refused now is a fault. Carries nothing of the text. */
export class IdentifierError extends Error {
  override readonly name = 'IdentifierError';
  readonly code: RefusalCode;

  constructor(code: RefusalCode) {
    super(refusals[code]);
    this.code = code;
  }
}

/** The identifier of a reading. Throws `IdentifierError` when it was refused. */
export function identifierOf<Identifier>(reading: Reading<Identifier>): Identifier {
  if (!reading.accepted) throw new IdentifierError(reading.refusal);
  return reading.identifier;
}
