/** What is asked of a client, checked and written in one way. Refusals never repeat what was sent. */
import { HttpProblem, problem } from '@vienuviet/http';
import { line, oneOf } from '@vienuviet/http/route-schemas';
import { readPersonalCode, readRegistrationNumber, refusals as sentences, warnings } from '@vienuviet/identifiers';
import type { IndexKind } from '@vienuviet/privacy';
import parsePhoneNumber from 'libphonenumber-js';
import Type, { type Static } from 'typebox';
import { refusals } from '../errors.ts';
import { type ClientKind, clientKinds, type Language, languages } from './client.ts';

/** A client in clear: in memory, between a request and the sealing, or between the opening and an answer. */
export interface ClientData {
  readonly kind: ClientKind;
  readonly registrationNumber: string | null;
  /** Eleven digits. */
  readonly personalCode: string | null;
  readonly codeConfirmed: boolean;
  readonly clientName: string;
  /** E.164. */
  readonly phone: string | null;
  readonly email: string | null;
  readonly eAddress: string | null;
  readonly postalAddress: string | null;
  readonly language: Language;
}

export const bodyFields = {
  kind: oneOf(clientKinds, 'Natural or legal person.'),
  personalCode: Type.Optional(
    Type.String({ maxLength: 40, description: 'Personal code, with or without its dash; of a natural person.' }),
  ),
  codeConfirmed: Type.Optional(
    Type.Boolean({ description: 'The check digit does not fit, and the clerk compared the code with the document.' }),
  ),
  registrationNumber: Type.Optional(Type.String({ maxLength: 40, description: 'Of a legal person.' })),
  name: line(300, 'First name and surname, or the name of the legal person.'),
  phone: Type.Optional(Type.String({ maxLength: 40, description: 'With country code; without one, of Latvia.' })),
  email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
  eAddress: Type.Optional(line(200, 'Official electronic address.')),
  postalAddress: Type.Optional(line(300, 'Postal address.')),
  language: oneOf(languages, 'In which the client wants to be spoken to.'),
};
const Body = Type.Object(bodyFields);
export type ClientBody = Static<typeof Body>;

/** Signs that turn the direction of what stands behind them: a name with one reads as another than it is. */
const turnsDirection = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/;

/** Reads what was sent. Throws 409 `personal_code_doubtful`, 422 `personal_code_refused` … for what cannot be right. */
export function clientDataOf(body: ClientBody): ClientData {
  const { kind, name, email, eAddress, postalAddress, language, codeConfirmed = false } = body;
  for (const text of [name, eAddress, postalAddress]) if (text !== undefined) requirePlain(text);
  if (kind === 'legal' && body.personalCode !== undefined) throw refused('client_code_of_other_kind');
  if (kind === 'natural' && body.registrationNumber !== undefined) throw refused('client_code_of_other_kind');
  return {
    ...{ kind, language },
    ...personalCodeOf(body.personalCode, codeConfirmed),
    registrationNumber: registrationNumberOf(body.registrationNumber),
    clientName: name.normalize('NFC'),
    phone: body.phone === undefined ? null : phoneOf(body.phone),
    email: email?.trim() ?? null,
    eAddress: eAddress?.normalize('NFC') ?? null,
    postalAddress: postalAddress?.normalize('NFC') ?? null,
  };
}

function personalCodeOf(
  text: string | undefined,
  confirmed: boolean,
): Pick<ClientData, 'personalCode' | 'codeConfirmed'> {
  if (text === undefined) return { personalCode: null, codeConfirmed: false };
  const read = readPersonalCode(text);
  if (!read.accepted) throw refused('personal_code_refused', sentences[read.refusal], { reason: read.refusal });
  if (read.warning !== null && !confirmed) {
    throw refused('personal_code_doubtful', `${warnings[read.warning]} Send codeConfirmed with it if it is right.`, {
      reason: read.warning,
    });
  }
  return { personalCode: read.identifier.reveal(), codeConfirmed: read.warning !== null };
}

function registrationNumberOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const read = readRegistrationNumber(text);
  if (read.accepted) return read.identifier;
  throw refused('registration_number_refused', sentences[read.refusal], { reason: read.refusal });
}

function phoneOf(text: string): string {
  const phone = parsePhoneNumber(text, 'LV');
  if (phone?.isPossible() !== true)
    throw refused('phone_refused', 'It is no telephone number: is the country code there?');
  return phone.number;
}

function requirePlain(text: string): void {
  if (turnsDirection.test(text)) {
    throw problem('invalid_request', 'A name or address has a sign that turns the direction of writing.');
  }
}

type Refused =
  | 'client_code_of_other_kind'
  | 'personal_code_refused'
  | 'personal_code_doubtful'
  | 'registration_number_refused'
  | 'phone_refused';

const refused = (
  code: Refused,
  detail = 'A natural person has a personal code, a legal one a registration number.',
  extensions: Readonly<Record<string, unknown>> = {},
): HttpProblem =>
  new HttpProblem(code, {
    status: refusals[code],
    title: 'What is said of the client cannot be right',
    detail,
    extensions,
  });

/** Another client's data where nothing else is said. */
export const asBody = (data: ClientData): ClientBody => {
  const { clientName: name, kind, language, codeConfirmed, ...rest } = data;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  return { ...given, name, kind, language, codeConfirmed };
};

/** By what a client is found. */
export const findableBy = ({ personalCode, registrationNumber, phone, email }: ClientData): [IndexKind, string][] => [
  ...(personalCode === null ? [] : [['personal_code', personalCode] as [IndexKind, string]]),
  ...(registrationNumber === null ? [] : [['registration_number', registrationNumber] as [IndexKind, string]]),
  ...(phone === null ? [] : [['phone', phone] as [IndexKind, string]]),
  ...(email === null ? [] : [['email', email] as [IndexKind, string]]),
];
