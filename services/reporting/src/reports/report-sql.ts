import { readFileSync } from 'node:fs';
import type { Report } from './definitions.ts';

/**
 * A report's SQL is one text for both of its readers. It names tables by the live schema `facts` and says
 * `in_scope(<when>, <centre>, <holder>)` where rows are limited:
 * - in the view for people with a BI tool nothing is limited, and the schema is the one that is being made;
 * - in the query of the route the period, the filters and what the caller may see are bound as $1 … $6.
 */
const IN_SCOPE = /in_scope\(([^,()]+), ([^,()]+), ([^,()]+)\)/g;

/** What a query of a report is limited to; null: not limited. */
export interface ReportFilter {
  /** First and last local day in Europe/Riga, `YYYY-MM-DD`. */
  readonly from: string | null;
  readonly to: string | null;
  readonly centreId: string | null;
  readonly holderId: string | null;
  /** What the caller may see: rows of one of these centres or of one of these holders; both null: everything. */
  readonly ownCentres: readonly string[] | null;
  readonly ownHolders: readonly string[] | null;
}

const textOf = (report: Report): string =>
  readFileSync(new URL(`./sql/${report.name}.sql`, import.meta.url), 'utf8').trim();

/** The select of the report's view, to be made in the schema that is first on the search path. */
export const viewSelect = (report: Report): string =>
  textOf(report)
    .replace(IN_SCOPE, 'true')
    .replaceAll(/\bfacts\./g, '');

/** The report's query with the parameters $1 … $6 of `filterValues`. */
export const reportQuery = (report: Report): string =>
  textOf(report).replace(
    IN_SCOPE,
    (_call, at: string, centre: string, holder: string) =>
      `(($1::date is null or ${at} >= $1::date::timestamp at time zone 'Europe/Riga')
        and ($2::date is null or ${at} < ($2::date + 1)::timestamp at time zone 'Europe/Riga')
        and ($3::uuid is null or ${centre} = $3::uuid)
        and ($4::text is null or ${holder} = $4::text)
        and ($5::uuid[] is null and $6::text[] is null or ${centre} = any ($5::uuid[]) or ${holder} = any ($6::text[])))`,
  );

export const filterValues = (filter: ReportFilter): unknown[] => [
  filter.from,
  filter.to,
  filter.centreId,
  filter.holderId,
  filter.ownCentres,
  filter.ownHolders,
];
