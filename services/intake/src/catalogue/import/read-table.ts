/** Reads a file of the catalogue into entries: what it says of each, and which of its rows are bad. */
import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import type { Origin } from '../../centres/centre.ts';
import type { Statement } from '../description.ts';
import { formatOf, type RowReading, tableFormats } from './table-formats.ts';

export interface RejectedRow {
  /** Line in the file, from 1, or number of the row in JSON. */
  readonly line: number;
  readonly reason: string;
}

/** What a file says of the catalogue. */
export interface CatalogueFile {
  readonly origin: Origin;
  /** Id of the service → what the file says of it, rows of the same entry put together. */
  readonly entries: ReadonlyMap<string, Statement>;
  /** Entries that a bad row names: what the file says of them is not known, so they stay as they are. */
  readonly unclear: ReadonlySet<string>;
  readonly collective: number;
  readonly rejected: readonly RejectedRow[];
}

export type FileReading =
  | { readonly read: true; readonly file: CatalogueFile }
  | { readonly read: false; readonly code: 'import_header' | 'import_encoding'; readonly message: string };

/** Longest row, in characters; a quote that is never closed ends there instead of swallowing the file. */
const longestRow = 20_000;

/** Collects the readings of rows. */
export function fileOf(origin: Origin, rows: Iterable<{ line: number; reading: RowReading }>): CatalogueFile {
  const entries = new Map<string, Statement>();
  const unclear = new Set<string>();
  const rejected: RejectedRow[] = [];
  let collective = 0;
  for (const { line, reading } of rows) {
    if (reading.kind === 'collective') collective++;
    else if (reading.kind === 'entry') {
      const before = entries.get(reading.serviceId);
      entries.set(reading.serviceId, before === undefined ? reading.statement : together(before, reading.statement));
    } else {
      rejected.push({ line, reason: reading.reason });
      if (reading.serviceId !== undefined) unclear.add(reading.serviceId);
    }
  }
  return { origin, entries, unclear, collective, rejected };
}

/** Two rows of one entry: lists are joined, of the rest the first row that says something counts. */
function together(first: Statement, second: Statement): Statement {
  const fields = new Set([...Object.keys(first), ...Object.keys(second)]) as Set<keyof Statement>;
  return Object.fromEntries(
    [...fields].map((field) => {
      const [one, other] = [first[field], second[field]];
      if (Array.isArray(one) && Array.isArray(other)) return [field, [...new Set([...one, ...other])]];
      if (field === 'authorisedEService') return [field, one === true || other === true];
      return [field, one ?? other];
    }),
  ) as unknown as Statement;
}

/**
 * Reads a table in CSV (UTF-8, comma, one header line). Bad rows are collected with their line and the rest goes on;
 * a header that no format has, or bytes that are no UTF-8, end it.
 */
export function readTable(bytes: Buffer, source: string, origin?: Origin): FileReading {
  if (!isUtf8(bytes)) return notUtf8;
  const { records, bad } = splitRecords(bytes.toString('utf8'));
  const header = records[0]?.record.map((name) => name.trim()) ?? [];
  const format = formatOf(header);
  if (format === undefined) return unknownHeader();
  const rows = records.slice(1).map(({ line, record }) => ({ line, reading: readRow(record, header, source) }));
  const file = fileOf(origin ?? format.origin, rows);
  return { read: true, file: { ...file, rejected: [...file.rejected, ...bad].toSorted((a, b) => a.line - b.line) } };
}

interface CsvRecord {
  /** Line on which it begins. */
  readonly line: number;
  readonly record: readonly string[];
}

/**
 * Splits CSV into records. Where a row is not well formed (a quote that is never closed, text after a quote), that
 * line is bad and reading goes on with the next one, instead of losing all that follows.
 */
function splitRecords(text: string): { records: CsvRecord[]; bad: RejectedRow[] } {
  const records: CsvRecord[] = [];
  const bad: RejectedRow[] = [];
  let rest = text.replace(/^\uFEFF/, '');
  let line = 1;
  for (;;) {
    let read = 0;
    try {
      parse(rest, {
        relax_column_count: true,
        max_record_size: longestRow,
        on_record: (record: string[], { lines }) => {
          const isBlank = record.length === 1 && record[0] === '';
          if (!isBlank) records.push({ line: line + read, record });
          read = lines;
          return null;
        },
      });
      return { records, bad };
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      bad.push({ line: line + read, reason: wordsOf(error) });
      rest = afterLines(rest, read + 1);
      line += read + 1;
    }
  }
}

/** What is left of a text behind a number of lines. */
function afterLines(text: string, count: number): string {
  let at = 0;
  for (let skipped = 0; skipped < count; skipped++) {
    const end = text.indexOf('\n', at);
    if (end < 0) return '';
    at = end + 1;
  }
  return text.slice(at);
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

const wordsOf = (error: CsvError): string =>
  error.code === 'CSV_MAX_RECORD_SIZE'
    ? `the row is longer than ${longestRow} characters: is a quote not closed?`
    : `not well-formed CSV (${String(error.code).toLowerCase().replaceAll('_', ' ').replace('csv ', '')})`;
