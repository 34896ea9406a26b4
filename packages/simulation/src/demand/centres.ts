/** The centres of the sample, as the simulation needs them. */
import { holderIdOf } from '../sample-data/catalogue-identity.ts';
import { type CentreKind, centreKinds } from '../sample-data/make-centres.ts';
import { municipalities } from '../sample-data/municipalities.ts';
import { readTable, type TableRow } from '../sample-data/source-tables.ts';
import { type OpeningHours, parseOpeningHours } from './opening-hours.ts';

export interface Centre {
  readonly slug: string;
  readonly centreId: string;
  readonly name: string;
  readonly kind: CentreKind;
  readonly municipalityId: string;
  /** The municipality as the holder of services. */
  readonly municipalHolderId: string;
  readonly openingHours: OpeningHours;
}

const holders = new Map(municipalities.map(({ id, holderName }) => [id, holderIdOf(holderName)]));

const isKind = (text: string | undefined): text is CentreKind => centreKinds.some((kind) => kind === text);

function centreOf(row: TableRow): Centre {
  const { slug = '', centre_id = '', name = '', kind, municipality_id = '', opening_hours = '' } = row;
  const municipalHolderId = holders.get(municipality_id);
  if (!isKind(kind) || municipalHolderId === undefined) throw new Error(`not a centre of the sample: ${slug}`);
  return {
    slug,
    centreId: centre_id,
    name,
    kind,
    municipalityId: municipality_id,
    municipalHolderId,
    openingHours: parseOpeningHours(opening_hours),
  };
}

/** The 587 centres of the sample, in the order of its file. */
export const sampleCentres = (): Centre[] => readTable('centres.csv', 'invented').map(centreOf);
