/**
 * What a string may be: `{ "type": "string", "format": "slug" }`. A contract's string has a format (or a logical type),
 * so that no field takes what somebody cares to write, and a field for people's words needs a decision: a new line
 * here, or sealed bytes.
 */

interface Format {
  /** What it is, as it is told to whoever sent something else. */
  readonly what: string;
  readonly fits: (value: string) => boolean;
}

const line = (maximum: number) => (value: string) =>
  value.length > 0 && value.length <= maximum && value === value.trim() && !/\p{Cc}/u.test(value);
const pattern = (expression: RegExp) => (value: string) => expression.test(value);

/** Eleven digits, with or without the dash, between signs or alone: the shape of a personal code. No UUID has it. */
const personalCode = /(^|[^0-9A-Za-z])\d{6}-?\d{5}($|[^0-9A-Za-z])/;

export const formats = {
  /** Who acted. Refuses the shape of a personal code. */
  account: {
    what: 'the id of an account: 1–128 letters, digits and . _ : @ -, and never a personal code',
    fits: (value) => /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/.test(value) && !personalCode.test(value),
  },
  slug: {
    what: 'an ASCII slug of at most 100 characters, e.g. "adazu-novada-dome"',
    fits: (value) => value.length <= 100 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value),
  },
  code: {
    what: 'a code in snake_case of at most 60 characters',
    fits: pattern(/^[a-z0-9][a-z0-9_]{0,59}$/),
  },
  field_name: { what: 'the name of a field in camelCase', fits: pattern(/^[a-z][A-Za-z0-9]{0,59}$/) },
  version: {
    what: 'a version: 1–20 letters, digits, dots and dashes',
    fits: pattern(/^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$/),
  },
  registration_number: { what: 'a registration number of eleven digits', fits: pattern(/^\d{11}$/) },
  /** Common name of a partner's certificate; a successor of a revoked one has another ending. */
  partner_certificate: {
    what: 'partner.<registration number>, with an ending like .2 for a successor',
    fits: pattern(/^partner\.\d{11}(\.[a-z0-9]{1,20})?$/),
  },
  time_of_day: { what: 'a time of day, HH:MM, up to 24:00', fits: pattern(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/) },
  /** Name of an institution, a centre, a municipality: public. */
  name: { what: 'a name: one line of 1–300 characters without space around it', fits: line(300) },
  /** Title of a service in the public catalogue. The longest of the source documents has 267 characters. */
  title: { what: 'a title: one line of 1–600 characters without space around it', fits: line(600) },
  /** Postal address of a public place, never of a person. */
  address: { what: 'an address: one line of 1–300 characters without space around it', fits: line(300) },
  /** Of something that is kept elsewhere, or that was only shown. */
  digest: { what: 'a SHA-256 in hexadecimal', fits: pattern(/^[0-9a-f]{64}$/) },
  signature: { what: 'an Ed25519 signature in hexadecimal', fits: pattern(/^[0-9a-f]{128}$/) },
  /** Name of a file or table that facts came from, or of a thing that is acted on. */
  source: { what: 'the name of a source: one line of 1–200 characters without space around it', fits: line(200) },
  /** A value of the public catalogue as text for people. */
  public_text: {
    what: 'text of at most 8000 characters',
    fits: (value) => value.length > 0 && value.length <= 8000,
  },
} as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof formats;
export const isFormat = (name: unknown): name is FormatName => typeof name === 'string' && Object.hasOwn(formats, name);

export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
