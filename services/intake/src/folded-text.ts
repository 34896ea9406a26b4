/** Text as a search compares it: lower case, no diacritics, words apart by one blank. `Ķīlas zīme` → `kilas zime`. */
export const foldedText = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
