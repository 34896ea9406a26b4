import { type Language, languages } from './items/words.ts';

/**
 * The language to answer in, by the header `Accept-Language` (RFC 9110, 12.5.4): the highest weight wins, the first
 * of equals; Latvian when nothing fits or the header cannot be read.
 */
export function chooseLanguage(header: string | undefined): Language {
  let best: { language: Language; weight: number } = { language: 'lv', weight: 0 };
  for (const range of (header ?? '').split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const language = tag === '*' ? 'lv' : languages.find((known) => tag === known || tag.startsWith(`${known}-`));
    const weight = weightOf(parameters);
    if (language !== undefined && weight > best.weight) best = { language, weight };
  }
  return best.language;
}

function weightOf(parameters: readonly string[]): number {
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  if (quality === undefined) return 1;
  const weight = Number(quality.slice(2));
  return weight >= 0 && weight <= 1 ? weight : 0;
}
