/**
 * Who acts, as the national integration platform writes it:
 *
 *     resident              PK:<personal code>
 *     official              AU:<institution>-PK:<personal code>
 *     system                AU:<institution>
 *     authorised person     DP:<principal>-PK:<personal code>
 *     signatory             PK:<personal code>-UR:<registration number>
 *
 * Codes are eleven digits without a dash. All but a system's carry a personal code, so the string is personal data:
 * it is sealed, and an `Actor` shows everything but that code.
 */
import { type PersonalCode, readPersonalCode } from './personal-code.ts';
import { acceptedAs, type Reading, type RefusalCode, refusedFor, type WarningCode } from './refusals.ts';
import { isRegistrationNumber, type RegistrationNumber } from './registration-number.ts';

declare const brand: unique symbol;
/** A registration number, or the code of an institution on the platform. */
export type Institution = string & { readonly [brand]: 'institution' };

export type Actor =
  | { readonly kind: 'resident'; readonly person: PersonalCode }
  | { readonly kind: 'official'; readonly institution: Institution; readonly person: PersonalCode }
  | { readonly kind: 'system'; readonly institution: Institution }
  | {
      readonly kind: 'authorised_person';
      readonly principal: PersonalCode | Institution;
      readonly person: PersonalCode;
    }
  | { readonly kind: 'signatory'; readonly person: PersonalCode; readonly company: RegistrationNumber };

const MAXIMUM = 128;

const forms: ReadonlyArray<{ readonly form: RegExp; readonly read: (...parts: string[]) => Reading<Actor> }> = [
  {
    form: /^PK:([0-9]{11})$/,
    read: (code = '') => withPerson(code, (person) => ({ kind: 'resident', person })),
  },
  {
    form: /^PK:([0-9]{11})-UR:([0-9]{11})$/,
    read: (code = '', number = '') =>
      isRegistrationNumber(number)
        ? withPerson(code, (person) => ({ kind: 'signatory', person, company: number }))
        : refusedFor('wrong_check_digit'),
  },
  {
    form: /^DP:(.+)-PK:([0-9]{11})$/,
    read: (principal = '', code = '') => readAuthorised(principal, code),
  },
  {
    form: /^AU:(.+)-PK:([0-9]{11})$/,
    read: (institution = '', code = '') =>
      isInstitution(institution)
        ? withPerson(code, (person) => ({ kind: 'official', institution, person }))
        : refusedFor('wrong_institution'),
  },
  {
    form: /^AU:(.+)$/,
    read: (institution = '') =>
      isInstitution(institution) ? acceptedAs({ kind: 'system', institution }) : refusedFor('wrong_institution'),
  },
];

/**
 * Reads an actor as a machine sent it: exactly in one of the five forms. A doubtful personal code in it is accepted with
 * its warning. The principal of an authorised person is a person or an institution.
 */
export function readActor(input: unknown): Reading<Actor> {
  const refusal = textRefusal(input);
  if (refusal !== undefined) return refusedFor(refusal);
  for (const { form, read } of forms) {
    const parts = form.exec(input as string);
    if (parts !== null) return read(...parts.slice(1));
  }
  return refusedFor('unknown_actor');
}

/** The actor as the national platform writes it, with the personal code in clear. */
export function revealActor(actor: Actor): string {
  switch (actor.kind) {
    case 'resident':
      return `PK:${actor.person.reveal()}`;
    case 'official':
      return `AU:${actor.institution}-PK:${actor.person.reveal()}`;
    case 'system':
      return `AU:${actor.institution}`;
    case 'authorised_person': {
      const { principal, person } = actor;
      return `DP:${typeof principal === 'string' ? principal : principal.reveal()}-PK:${person.reveal()}`;
    }
    case 'signatory':
      return `PK:${actor.person.reveal()}-UR:${actor.company}`;
  }
}

function textRefusal(input: unknown): RefusalCode | undefined {
  if (input === null || input === undefined || input === '') return 'empty';
  if (typeof input !== 'string') return 'not_text';
  return input.length > MAXIMUM ? 'too_long' : undefined;
}

/**
 * An institution stays in clear, so whatever has the shape of a personal code is none: the digits of a person must not
 * pass as the name of an office.
 */
const isInstitution = (text: string): text is Institution =>
  isRegistrationNumber(text) ||
  (/^[A-Za-z]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/.test(text) && !/[0-9]{11}/.test(text.replaceAll(/[._-]/g, '')));

function withPerson(
  code: string,
  actorOf: (person: PersonalCode) => Actor,
  warning: WarningCode | null = null,
): Reading<Actor> {
  const read = readPersonalCode(code);
  return read.accepted ? acceptedAs(actorOf(read.identifier), read.warning ?? warning) : read;
}

function readAuthorised(principal: string, code: string): Reading<Actor> {
  if (isInstitution(principal)) return withPerson(code, (person) => ({ kind: 'authorised_person', principal, person }));
  if (!/^[0-9]{11}$/.test(principal)) return refusedFor('wrong_institution');
  const read = readPersonalCode(principal);
  if (!read.accepted) return read;
  const { identifier, warning } = read;
  return withPerson(code, (person) => ({ kind: 'authorised_person', principal: identifier, person }), warning);
}
