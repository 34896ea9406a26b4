import type { CatalogueFile } from '../catalogue/import/catalogue-file.ts';
import { type FileReading, readTable } from '../catalogue/import/read-table.ts';

/** Reads a table of a test; throws when it is refused. */
export async function read(text: string | Buffer, source = 'file.csv'): Promise<CatalogueFile> {
  const reading = await readTable(Buffer.from(text), source);
  if (!reading.read) throw new Error(reading.message);
  return reading.file;
}

/** The refusal of a table; throws when it is read. */
export async function refusal(text: string | Buffer): Promise<Exclude<FileReading, { read: true }>> {
  const reading = await readTable(Buffer.from(text), 'file.csv');
  if (reading.read) throw new Error('it was read');
  return reading;
}

/** First lines of the kinds of tables. */
export const headers = {
  popular: 'institution,service_name,channel,completed_count,is_total,source_cell,table_nr',
  unused: 'institution,service_name,list,table_nr',
  frequent: 'rank,institution,service_name,count,percent,row_kind,note',
  whole:
    'institution,registration_number,title_lv,title_en,channels,electronic_stages,support_level,authorised_e_service,life_events',
};
