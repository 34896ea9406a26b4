/**
 * The invented part of the catalogue. With the report's tables it makes 7,656 entries under 3,369 titles, the totals
 * that the documents state: municipal services whose titles repeat, services that carry the unit's name in the title,
 * and services of state institutions.
 */
import { type Random, randomFor } from '../chance/seeded-random.ts';
import { holderIdOf, normalisedTitle } from './catalogue-identity.ts';
import { rareService, sharedServices, unitServices } from './municipal-services.ts';
import { municipalities } from './municipalities.ts';
import { catalogueTables, serviceRows } from './source-tables.ts';
import { actions, stateHolders } from './state-services.ts';

/** Totals of the public catalogue as the documents state them. */
export const catalogueTotals = { entries: 7656, titles: 3369 } as const;

/** A row of `invented/services.csv`; its keys are the header. */
export interface SampleService {
  readonly institution: string;
  readonly registration_number: string;
  readonly title_lv: string;
  readonly title_en: string;
  /** Separated by `|`, as are stages and life events. */
  readonly channels: string;
  readonly electronic_stages: string;
  readonly support_level: string;
  readonly authorised_e_service: string;
  readonly life_events: string;
}

interface Title {
  readonly institution: string;
  readonly registrationNumber?: string | undefined;
  readonly lv: string;
  readonly en: string;
}

const lifeEventOf: readonly (readonly [RegExp, string])[] = [
  [/dzimš|dzimuš|bērn|paternit|adopc/i, 'childbirth'],
  [/laulīb|kāz/i, 'marriage'],
  [/mirš|apbed|kap(avieta|u)|mantoj/i, 'death'],
  [/dzīvesviet|mājok|dzīvok/i, 'moving'],
  [/būv|zemes|kadastr/i, 'building'],
  [/bezdarb|vakanc|darbavieta/i, 'job_loss'],
  [/pensij|aprūp/i, 'retirement'],
  [/komersant|uzņēm|komercdarb/i, 'business_start'],
];

const municipalTitles = (): Title[] => {
  const everywhere = municipalities.flatMap(({ holderName }) =>
    sharedServices.map(([lv, en]) => ({ institution: holderName, lv, en })),
  );
  const rare = municipalities
    .filter(({ id }) => id === 'jurmalas-valstspilseta' || id === 'limbazu-novads')
    .map(({ holderName }) => ({ institution: holderName, lv: rareService[0], en: rareService[1] }));
  const ofUnits = municipalities.flatMap(({ holderName, name }) =>
    unitServices.flatMap(({ unit, services }) =>
      services.map(([lv, en]) => ({
        institution: holderName,
        lv: `${lv} (${genitiveOf(name)} ${unit})`,
        en,
      })),
    ),
  );
  return [...everywhere, ...rare, ...ofUnits];
};

/** `Ādažu novads` → `Ādažu novada`, `Rīgas valstspilsēta` → `Rīgas valstspilsētas`. */
const genitiveOf = (name: string): string =>
  name.replace(/novads$/, 'novada').replace(/valstspilsēta$/, 'valstspilsētas');

const stateTitles = (): Title[] =>
  actions.flatMap((action) =>
    stateHolders.flatMap(({ institution, registrationNumber, objects }) =>
      objects.map((object) => {
        const [lv, en] = action(object);
        return { institution, registrationNumber, lv, en };
      }),
    ),
  );

const describe = (title: Title, random: Random): SampleService => {
  const electronic = random.chance(0.4);
  const channels = ['in_person', ...(electronic ? ['e_service'] : []), 'email', 'post'];
  if (random.chance(0.5)) channels.push('phone');
  const stages = electronic ? ['information', 'request', ...(random.chance(0.5) ? ['result'] : [])] : ['information'];
  return {
    institution: title.institution,
    registration_number: title.registrationNumber ?? '',
    title_lv: title.lv,
    title_en: title.en,
    channels: channels.join('|'),
    electronic_stages: stages.join('|'),
    support_level: String(random.weighted([1, 2, 3], (level) => [6, 3, 1][level - 1] ?? 0)),
    authorised_e_service: electronic && random.chance(0.05) ? '1' : '0',
    life_events: lifeEventOf
      .filter(([pattern]) => pattern.test(title.lv))
      .map(([, event]) => event)
      .join('|'),
  };
};

const entryOf = (institution: string, title: string): string => `${holderIdOf(institution)}\n${normalisedTitle(title)}`;

/** All invented rows. Throws when a list was edited so that the totals no longer come out. */
export function makeServices(seed: string): SampleService[] {
  const named = catalogueTables.flatMap((file) => serviceRows(file));
  const entries = new Set(named.map(({ institution, title }) => entryOf(institution, title)));
  const titles = new Set(named.map(({ title }) => normalisedTitle(title)));
  const municipal = municipalTitles();
  const room = catalogueTotals.entries - entries.size - municipal.length;
  const invented = [...municipal, ...stateTitles().slice(0, room)];
  for (const { institution, lv } of invented) {
    const entry = entryOf(institution, lv);
    if (entries.has(entry)) throw new Error(`invented twice, or named by the report: ${institution}, ${lv}`);
    entries.add(entry);
    titles.add(normalisedTitle(lv));
  }
  if (entries.size !== catalogueTotals.entries || titles.size !== catalogueTotals.titles) {
    throw new Error(`the catalogue would have ${entries.size} entries under ${titles.size} titles`);
  }
  const random = randomFor(seed, 'services');
  return invented.map((title) => describe(title, random));
}
