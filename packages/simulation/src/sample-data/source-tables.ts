/** Reads the tables of the report that lie in `data/source`. Their files are read as they are, errors included. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { isCollectiveRow } from './catalogue-identity.ts';

export type TableRow = Readonly<Record<string, string>>;

export const dataFolder = new URL('../../data/', import.meta.url);

/** The tables that name services, in the order in which they are imported. */
export const catalogueTables = [
  't47_53_popular_services.csv',
  't54_55_unused_services.csv',
  't08_top15_in_person.csv',
  't09_top15_authorised_eservices.csv',
  't10_top15_contact_centre.csv',
] as const;

export const readTable = (file: string, folder = 'source'): TableRow[] =>
  parse(readFileSync(new URL(`${folder}/${file}`, dataFolder)), { columns: true, bom: true }) as TableRow[];

/** Rows of a table that name a service: no totals, no shares, no collective rows. */
export const serviceRows = (file: string): { institution: string; title: string }[] =>
  readTable(file)
    .filter((row) => row['is_total'] !== '1' && (row['row_kind'] ?? 'item') === 'item')
    .map((row) => ({ institution: row['institution'] ?? '', title: row['service_name'] ?? '' }))
    .filter(({ institution, title }) => !isCollectiveRow(institution, title));
