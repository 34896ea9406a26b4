const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Value = string | Html | undefined | false;

const textOf = (value: Value): string => {
  if (value === undefined || value === false) return '';
  return value instanceof Html ? value.text : value.replace(/[&<>"']/g, (char) => escapes[char] ?? '');
};

/** HTML whose inserted values are escaped, but for those that are HTML already. */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  new Html(parts.map((part, index) => `${part}${textOf(values[index])}`).join(''));
