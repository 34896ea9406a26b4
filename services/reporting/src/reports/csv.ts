import { stringify } from 'csv-stringify/sync';
import type { Report } from './definitions.ts';
import type { ReportRow } from './run-report.ts';

/**
 * A report as CSV (RFC 4180) with the view's column names as header line. Text that a spreadsheet would take for a
 * formula is written behind an apostrophe (OWASP, CSV injection); numbers are left alone.
 */
export function toCsv(report: Report, rows: readonly ReportRow[]): string {
  const columns = report.columns.map((column) => column.name);
  return stringify(
    rows.map((row) => columns.map((column) => cell(row[column]))),
    { header: true, columns, record_delimiter: 'windows' },
  );
}

const cell = (value: string | number | null | undefined): string | number =>
  typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : (value ?? '');
