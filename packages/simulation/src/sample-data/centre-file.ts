/** Reads a file of centres, as `data/invented/centres.csv` is one, into what the routes of intake take. */
import { parse } from 'csv-parse/sync';
import { parseOpeningHours } from '../demand/opening-hours.ts';

/** A centre as it is opened. */
export interface CentreRecord {
  readonly centreId: string;
  readonly name: string;
  readonly kind: string;
  readonly municipalityId: string;
  readonly municipalityName: string;
  readonly address: string;
  readonly openingHours: readonly {
    readonly weekday: number;
    readonly periods: readonly { readonly opens: string; readonly closes: string }[];
  }[];
  readonly origin: string;
}

export interface CentreFile {
  readonly centres: readonly CentreRecord[];
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
}

const columns = [
  'centre_id',
  'name',
  'kind',
  'municipality_id',
  'municipality_name',
  'address',
  'opening_hours',
  'origin',
];

interface Line {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

/** Throws a `TypeError` for text that is no such table; bad rows are told by line. */
export function readCentreFile(text: string): CentreFile {
  const lines = parse(text, { columns: true, bom: true, info: true, skip_empty_lines: true }) as unknown as Line[];
  const missing = columns.filter((column) => lines[0] !== undefined && !(column in lines[0].record));
  if (lines.length === 0) throw new TypeError('there are no rows');
  if (missing.length > 0) throw new TypeError(`columns are missing: ${missing.join(', ')}`);
  const centres: CentreRecord[] = [];
  const rejected: { line: number; reason: string }[] = [];
  for (const { record, info } of lines) {
    try {
      centres.push(centreOf(record));
    } catch (error) {
      rejected.push({ line: info.lines, reason: (error as Error).message });
    }
  }
  return { centres, rejected };
}

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

function centreOf(record: Readonly<Record<string, string>>): CentreRecord {
  const field = (name: string): string => {
    const value = (record[name] ?? '').trim();
    if (value === '') throw new TypeError(`${name} is empty`);
    return value;
  };
  const hours = parseOpeningHours(field('opening_hours'));
  return {
    centreId: field('centre_id'),
    name: field('name'),
    kind: field('kind'),
    municipalityId: field('municipality_id'),
    municipalityName: field('municipality_name'),
    address: field('address'),
    openingHours: [...hours].map(([weekday, periods]) => ({
      weekday,
      periods: periods.map(({ opens, closes }) => ({ opens: clock(opens), closes: clock(closes) })),
    })),
    origin: field('origin'),
  };
}
