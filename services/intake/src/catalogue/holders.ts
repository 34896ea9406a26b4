import table from './holders.json' with { type: 'json' };

/** Who holds a service: the institution or municipality competent for it. */
export interface Holder {
  /** ASCII slug of the name, or the usual short name of a state institution: `adazu-novada-dome`, `vsaa`. */
  readonly holderId: string;
  readonly name: string;
  /** Eleven digits, where the data has them. */
  readonly registrationNumber: string | null;
}

/** ASCII slug of a Latvian name: `Ķekavas novads` → `kekavas-novads`. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

const known = new Map<string, Holder>(
  table.holders.flatMap(({ holderId, name, alsoPrintedAs, registrationNumber = null }) =>
    [name, ...alsoPrintedAs].map((printed) => [slugOf(printed), { holderId, name, registrationNumber }] as const),
  ),
);

/**
 * The holder that a table calls by this name. Institutions that the tables print under several names are one holder
 * (`VSAA`, `VSAA-E`); municipalities are told apart by their whole name, since a city and the county of the same name
 * are two. Undefined when the name has no letters.
 */
export function holderCalled(printed: string): Holder | undefined {
  const name = printed.normalize('NFC').replace(/\s+/g, ' ').trim();
  const slug = slugOf(name);
  if (slug === '') return undefined;
  return known.get(slug) ?? { holderId: slug, name, registrationNumber: null };
}
