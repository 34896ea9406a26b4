/**
 * The invented network: 587 centres, 129 of the first tier and 458 of the second, as the report plans (Table 41).
 * Which town or parish has one, its hours and its address are invented.
 */
import { v5 as uuidV5 } from 'uuid';
import { type Random, randomFor } from '../chance/seeded-random.ts';
import { municipalities, slugOf } from './municipalities.ts';
import { type OpeningPattern, openingPatterns } from './opening-patterns.ts';

export const centreKinds = ['administrative_centre', 'parish', 'library'] as const;
export type CentreKind = (typeof centreKinds)[number];

export interface SampleCentre {
  readonly slug: string;
  readonly centreId: string;
  readonly name: string;
  readonly kind: CentreKind;
  readonly municipalityId: string;
  readonly municipalityName: string;
  readonly address: string;
  /** `1 08:30-12:00 12:30-17:00; 2 …`: weekday (1 is Monday) and its periods. */
  readonly openingHours: string;
}

/** Ids of centres are UUIDv5 of the slug, so that lists made elsewhere can name them. */
export const centreNamespace = uuidV5('centre.vienuviet.lv', uuidV5.DNS);

export const centreIdOf = (slug: string): string => uuidV5(slug, centreNamespace);

/** A third of the second tier sits in libraries. */
const libraryEvery = 3;

// Stems and endings of invented place names: 31 × 16 of them, for 458 centres.
const stems =
  'Bērz Ozol Liep Kļav Egl Pried Apš Vītol Lazd Kārkl Ābel Ķirš Rudz Iev Oš Paparž Māl Grant Akmen Dzērv Stārķ Vanag Bebr Lūš Stirn Zīl Rīt Vakar Saul Mēness Vēj';
const endings = 'kalns upe ezers lauki muiža pļavas birzs sils krasts avots grava leja dārzi ciems mala dzirnavas';
const streets = ['Parauga iela', 'Piemēra iela', 'Izdomas iela', 'Pasaku iela', 'Skices iela', 'Melnraksta iela'];

/** Invented names whose slug no town has: Zīlupe would be Zilupe. */
const placeNames = (random: Random): string[] => {
  const towns = new Set(municipalities.flatMap((municipality) => municipality.towns.map(slugOf)));
  const names = stems.split(' ').flatMap((stem) => endings.split(' ').map((ending) => stem + ending));
  return random.shuffle(names.filter((name) => !towns.has(slugOf(name))));
};

/** All centres in the order of municipalities, those of the first tier first. */
export function makeCentres(seed: string): SampleCentre[] {
  const random = randomFor(seed, 'centres');
  const places = placeNames(random);
  let secondTier = 0;
  return municipalities.flatMap((municipality) => {
    const centre = (place: string, kind: CentreKind, suffix: string, postcode: string): SampleCentre => {
      const slug = slugOf(place);
      const pattern = random.pick<OpeningPattern>(openingPatterns[kind]);
      return {
        slug,
        centreId: centreIdOf(slug),
        name: `VPVKAC ${place}${suffix}`,
        kind,
        municipalityId: municipality.id,
        municipalityName: municipality.name,
        address: `${random.pick(streets)} ${random.integer(1, 48)}, ${place}, ${municipality.name}, ${postcode}`,
        openingHours: pattern,
      };
    };
    const towns = municipality.towns.map((town) => centre(town, 'administrative_centre', '', 'LV-0000'));
    const parishes = Array.from({ length: municipality.secondTier }, () => {
      const place = places.pop();
      if (place === undefined) throw new RangeError('not enough invented place names');
      secondTier += 1;
      return secondTier % libraryEvery === 0
        ? centre(place, 'library', ' (bibliotēka)', 'LV-0000')
        : centre(place, 'parish', municipality.isCity ? ' (apkaime)' : ' (pagasts)', 'LV-0000');
    });
    return [...towns, ...parishes];
  });
}
