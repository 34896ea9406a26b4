export const languages = ['lv', 'en'] as const;
export type Language = (typeof languages)[number];

const isLanguage = (text: string): text is Language => languages.some((known) => known === text);

/**
 * The language of a page: the one that was switched to, else what the application asked for (`ui_locales`), else the
 * browser's first that we have, else Latvian.
 */
export function languageOf(asked: {
  readonly switched?: string | undefined;
  readonly uiLocales?: string | undefined;
  readonly accepted?: string | undefined;
}): Language {
  if (asked.switched !== undefined && isLanguage(asked.switched)) return asked.switched;
  const wanted = [...(asked.uiLocales ?? '').slice(0, 100).split(' '), ...byPreference(asked.accepted ?? '')];
  for (const tag of wanted) {
    const [language = ''] = tag.toLowerCase().split('-');
    if (isLanguage(language)) return language;
  }
  return 'lv';
}

/** Tags of `Accept-Language`, the most wanted first. */
function byPreference(header: string): string[] {
  return header
    .slice(0, 500)
    .split(',')
    .map((one) => {
      const [tag = '', ...parameters] = one.trim().split(';');
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find(Boolean);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality)
    .map(({ tag }) => tag);
}
