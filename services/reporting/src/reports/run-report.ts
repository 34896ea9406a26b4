import { asCaller, type CallerScope } from '@vienuviet/database';
import type pg from 'pg';
import { AS_OF, type PartitionReached } from './as-of.ts';
import type { Report } from './definitions.ts';
import { filterValues, type ReportFilter, reportQuery } from './report-sql.ts';

/** A row of a report, columns in snake_case as in its view. */
export type ReportRow = Readonly<Record<string, string | number | null>>;

export interface ReportResult {
  readonly rows: readonly ReportRow[];
  readonly partitions: readonly PartitionReached[];
}

/**
 * Runs a report under a filter, with what it is true up to. One statement: rows and offsets come from one snapshot.
 * `top` keeps the first ranks of a ranked report.
 */
export function runReport(
  pool: pg.Pool,
  scope: CallerScope,
  report: Report,
  filter: ReportFilter,
  top: number | null,
): Promise<ReportResult> {
  const values = [...filterValues(filter), ...(report.ranked ? [top] : [])];
  const ranks = report.ranked ? 'where $7::integer is null or rank <= $7' : '';
  const text = `
    select (select coalesce(json_agg(report), '[]') from (${reportQuery(report)}) as report ${ranks}) as rows,
           (${AS_OF}) as partitions`;
  return asCaller(pool, scope, async (tx) => {
    const result = await tx.query<{ rows: ReportRow[]; partitions: PartitionReached[] }>({
      name: `report_${report.name}`,
      text,
      values,
    });
    return result.rows[0] ?? { rows: [], partitions: [] };
  });
}
