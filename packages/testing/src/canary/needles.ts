/**
 * The spellings in which a text may lie about in a database, a log or a message: as it is, in other letters, without
 * its signs, and in what hides text (hexadecimal, base64, escapes of JSON and of addresses, UTF-16).
 */

/** A spelling to look for, and what it is called. */
export interface Needle {
  readonly of: string;
  readonly spelling: string;
  readonly bytes: Buffer;
}

/** Shorter texts are found everywhere by chance. */
const shortest = 6;

/** All spellings of the texts of a person. Throws for a text that is too short to be looked for. */
export function needlesOf(texts: readonly string[]): Needle[] {
  return texts.flatMap((text) => {
    if (text.length < shortest) throw new RangeError(`too short to be looked for: ${text}`);
    return lettersOf(text).flatMap(([kind, letters]) =>
      hidingsOf(letters).map(([hiding, bytes]) => ({ of: text, spelling: `${kind}, ${hiding}`, bytes })),
    );
  });
}

function lettersOf(text: string): [string, string][] {
  const all: [string, string][] = [
    ['as it is', text],
    ['in small letters', text.toLocaleLowerCase('lv')],
    ['in capitals', text.toLocaleUpperCase('lv')],
    ['without diacritics', text.normalize('NFD').replace(/\p{M}/gu, '')],
    ['in small letters without diacritics', text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()],
    ['decomposed', text.normalize('NFD')],
  ];
  const digits = text.replace(/\D/g, '');
  if (digits.length >= shortest) all.push(['its digits', digits]);
  if (digits.length === 11) all.push(['with a dash', `${digits.slice(0, 6)}-${digits.slice(6)}`]);
  return all.filter(([, letters], index) => all.findIndex(([, other]) => other === letters) === index);
}

function hidingsOf(letters: string): [string, Buffer][] {
  const utf8 = Buffer.from(letters);
  const hex = utf8.toString('hex');
  const all: [string, Buffer][] = [
    ['plain', utf8],
    ['hex', Buffer.from(hex)],
    ['hex in capitals', Buffer.from(hex.toUpperCase())],
    ['UTF-16', Buffer.from(letters, 'utf16le')],
    ['escaped for JSON', Buffer.from(escaped(letters))],
    ['escaped for an address', Buffer.from(encodeURIComponent(letters))],
    ...[0, 1, 2].flatMap((shift): [string, Buffer][] => [
      [`base64 at ${shift}`, base64At(utf8, shift, 'base64')],
      [`base64url at ${shift}`, base64At(utf8, shift, 'base64url')],
    ]),
  ];
  return all.filter(([, bytes], index) => all.findIndex(([, other]) => other.equals(bytes)) === index);
}

const escaped = (letters: string): string =>
  [...letters]
    .map((letter) => (letter.charCodeAt(0) < 128 ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`))
    .join('');

/** The letters of base64 that stand for these bytes alone, where so many bytes stand before them in their group of three. */
function base64At(bytes: Buffer, shift: number, encoding: 'base64' | 'base64url'): Buffer {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString(encoding)
    .replaceAll('=', '');
  const first = Math.ceil((shift * 8) / 6);
  const last = Math.floor(((shift + bytes.length) * 8) / 6);
  return Buffer.from(text.slice(first, last));
}

/** The needles that a haystack has. */
export const foundIn = (haystack: Buffer, needles: readonly Needle[]): Needle[] =>
  needles.filter(({ bytes }) => haystack.includes(bytes));
