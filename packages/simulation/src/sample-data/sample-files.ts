/** The text of the files in `data/invented`, made from one seed. */
import { makeCentres, type SampleCentre } from './make-centres.ts';
import { makePeople } from './make-people.ts';
import { makeServices } from './make-services.ts';

/** Changing it changes every invented file. */
export const sampleSeed = 'vienuviet sample 1';

const cell = (value: string): string => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

const csv = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');

export const centreColumns = [
  'slug',
  'centre_id',
  'name',
  'kind',
  'municipality_id',
  'municipality_name',
  'address',
  'opening_hours',
  'origin',
] as const;

export const serviceColumns = [
  'institution',
  'registration_number',
  'title_lv',
  'title_en',
  'channels',
  'electronic_stages',
  'support_level',
  'authorised_e_service',
  'life_events',
] as const;

const centreRow = (centre: SampleCentre): string[] => [
  centre.slug,
  centre.centreId,
  centre.name,
  centre.kind,
  centre.municipalityId,
  centre.municipalityName,
  centre.address,
  centre.openingHours,
  'invented',
];

/** File name → text. */
export function sampleFiles(seed = sampleSeed): Readonly<Record<string, string>> {
  const centres = makeCentres(seed);
  const services = makeServices(seed);
  const people = makePeople(centres, services);
  return {
    'centres.csv': csv(centreColumns, centres.map(centreRow)),
    'services.csv': csv(
      serviceColumns,
      services.map((service) => serviceColumns.map((column) => service[column])),
    ),
    'people.json': `[\n${people.map((person) => `  ${JSON.stringify(person)}`).join(',\n')}\n]\n`,
  };
}
