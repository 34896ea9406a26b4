/** Splits CSV into rows in one pass, a slice at a time. */
import { CsvError, parse } from 'csv-parse/sync';

/** A row: its values, or why it has none. */
export type Row = {
  /** Line on which it begins, from 1. */
  readonly line: number;
} & ({ readonly record: readonly string[] } | { readonly fault: string });

/** Longest row, in characters; a quote that is never closed ends there instead of swallowing the file. */
const longestRow = 20_000;

/** Bytes looked at in one go: a row of the longest kind is in them. */
const sliceBytes = 64 * 1024;
/** Rows in one go; blank ones are many in a slice, and each costs its microseconds. */
const sliceRows = 500;

const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/**
 * Rows of a table, blank ones left out, in the order of the file; each step of the generator takes some milliseconds
 * at most and can be without a row. Where a row is not well formed (a quote that is never closed, text after a quote),
 * the line on which it begins is bad and reading goes on with the next one, instead of losing all that follows. What is
 * read again is the rest of one row at most, so that the whole takes time in proportion to the file.
 */
export function* rowsIn(file: Buffer): Generator<readonly Row[]> {
  const bytes = withoutMark(file);
  const lines = linesOf(bytes);
  for (let at = 0; at < bytes.length; ) {
    const slice = sliceAt(bytes, at, lines.last);
    const { records, read, fault } = slice.length === 0 ? endless : recordsIn(slice, lines.delimiters);
    const rows: Row[] = [];
    for (const { begins, record } of records) {
      const isBlank = record.length === 1 && record[0] === '';
      if (!isBlank) rows.push({ line: lines.at(at + begins), record });
    }
    // The slice may have cut a row in two, at a line's end between quotes: the next one begins with that row.
    const isCut = fault === 'quote not closed' && read > 0 && at + slice.length < bytes.length;
    at += read;
    if (fault !== undefined && !isCut) {
      rows.push({ line: lines.at(at), fault: wordsOf(fault) });
      at = lines.behind(at);
    }
    yield rows;
  }
}

interface Split {
  readonly records: readonly { readonly begins: number; readonly record: readonly string[] }[];
  /** Bytes of the records. */
  readonly read: number;
  /** What is wrong with the row behind them. */
  readonly fault?: string;
}

const tooLong = 'max record size';
const endless: Split = { records: [], read: 0, fault: tooLong };

function recordsIn(slice: Buffer, delimiters: readonly string[]): Split {
  const records: { begins: number; record: string[] }[] = [];
  let read = 0;
  try {
    parse(slice, {
      relax_column_count: true,
      record_delimiter: [...delimiters],
      max_record_size: longestRow,
      to: sliceRows,
      on_record: (record: string[], { bytes }) => {
        records.push({ begins: read, record });
        read = bytes;
        return null;
      },
    });
    return { records, read: records.length < sliceRows ? slice.length : read };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { records, read, fault: error.code.toLowerCase().replaceAll('_', ' ').replace('csv ', '') };
  }
}

/** Whole lines, at most the bytes of a slice; nothing when not even one line fits. */
function sliceAt(bytes: Buffer, at: number, lineEnd: number): Buffer {
  const slice = bytes.subarray(at, at + sliceBytes);
  return at + slice.length === bytes.length ? slice : slice.subarray(0, slice.lastIndexOf(lineEnd) + 1);
}

/** How the lines of a file end, as its first one does, and on which line a byte is; asked in the order of the file. */
function linesOf(bytes: Buffer) {
  const last = bytes.includes(lineFeed) ? lineFeed : carriageReturn;
  let line = 1;
  let counted = 0;
  return {
    last,
    delimiters: last === lineFeed ? ['\r\n', '\n'] : ['\r'],
    at(place: number): number {
      for (; counted < place; counted++) if (bytes[counted] === last) line++;
      return line;
    },
    /** Where the line behind the one of a place begins. */
    behind(place: number): number {
      const end = bytes.indexOf(last, place);
      return end < 0 ? bytes.length : end + 1;
    },
  };
}

/** Editors of some systems begin UTF-8 with a mark. */
const withoutMark = (bytes: Buffer): Buffer =>
  bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

const wordsOf = (fault: string): string =>
  fault === tooLong
    ? `the row is longer than ${longestRow} characters: is a quote not closed?`
    : `not well-formed CSV (${fault})`;
