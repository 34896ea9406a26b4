/**
 * Reads a table in CSV into entries: what it says of each, and which of its rows are bad. A file can have 16 MB, so that
 * it is read in slices and others are served between them.
 */
import { isUtf8 } from 'node:buffer';
import type { Origin } from '../../centres/centre.ts';
import { type CatalogueFile, type Gathering, gathering, type RejectedRow } from './catalogue-file.ts';
import { pacing } from './pacing.ts';
import { rowsIn } from './split-rows.ts';
import { formatOf, type RowReading, tableFormats } from './table-formats.ts';

export type FileReading =
  | { readonly read: true; readonly file: CatalogueFile }
  | { readonly read: false; readonly code: 'import_header' | 'import_encoding'; readonly message: string }
  | {
      readonly read: false;
      readonly code: 'import_malformed';
      readonly message: string;
      /** The first of the lines. */
      readonly rejected: readonly RejectedRow[];
    };

/** Lines that are no well-formed CSV; with more of them, the file is no such table. */
const mostMalformed = 1_000;

/**
 * Reads a table in CSV (UTF-8, comma, one header line). Bad rows are collected with their line and the rest goes on;
 * a header that no format has, bytes that are no UTF-8, or more than a thousand lines that are no CSV, end it.
 */
export async function readTable(bytes: Buffer, source: string, origin?: Origin): Promise<FileReading> {
  if (!isUtf8(bytes)) return notUtf8;
  const pace = pacing();
  const malformed: RejectedRow[] = [];
  let header: readonly string[] | undefined;
  let gathered: Gathering | undefined;
  for (const rows of rowsIn(bytes)) {
    for (const { line, ...row } of rows) {
      if ('fault' in row) {
        malformed.push({ line, reason: row.fault });
        if (malformed.length > mostMalformed) return noTable(malformed);
        gathered?.add(line, { kind: 'rejected', reason: row.fault });
      } else if (header === undefined || gathered === undefined) {
        header = row.record.map((name) => name.trim());
        const format = formatOf(header);
        if (format === undefined) return unknownHeader();
        gathered = gathering(origin ?? format.origin);
        for (const { line, reason } of malformed) gathered.add(line, { kind: 'rejected', reason });
      } else gathered.add(line, readRow(row.record, header, source));
      if (pace.isDue()) await pace.rest();
    }
    if (pace.isDue()) await pace.rest();
  }
  return gathered === undefined ? unknownHeader() : { read: true, file: gathered.file };
}

function readRow(record: readonly string[], header: readonly string[], source: string): RowReading {
  if (record.length !== header.length) {
    return { kind: 'rejected', reason: `${record.length} columns instead of ${header.length}` };
  }
  const fields = Object.fromEntries(header.map((name, at) => [name, record[at] ?? '']));
  return formatOf(header)?.read(fields, source) ?? { kind: 'rejected', reason: 'no format' };
}

const notUtf8: FileReading = {
  read: false,
  code: 'import_encoding',
  message: 'The file is not UTF-8: save it as UTF-8.',
};

const unknownHeader = (): FileReading => ({
  read: false,
  code: 'import_header',
  message: `No table has this header. Known ones are: ${tableFormats.map(({ header }) => header.join(',')).join(' | ')}.`,
});

const noTable = (malformed: readonly RejectedRow[]): FileReading => ({
  read: false,
  code: 'import_malformed',
  message: `More than ${mostMalformed} lines are no well-formed CSV, the first is line ${malformed[0]?.line}: save the table as CSV with commas, and with quotes around a value that holds a comma or a quote.`,
  rejected: malformed.slice(0, 20),
});
