/**
 * The figures that the reports must have gained by the day, folded from the history. Only counted services and cases
 * are compared: what the reports say beside them (names, shares, minutes) follows from other facts.
 */
import type { ServiceIdOf } from './compare-feed.ts';
import type { Difference } from './differences.ts';
import type { CaseHistory } from './fold-history.ts';

/** Figures by row; a row is named by its key columns. */
export type Figures = ReadonlyMap<string, number>;

export interface ReportFigures {
  /** `top-services`: channel, service, holder → services counted. */
  readonly counted: Figures;
  /** `top-services`: channel, service, holder → cases opened. */
  readonly opened: Figures;
  /** `cases-by-state`: stage, centre, holder → cases. */
  readonly states: Figures;
}

/** A row of a report as its route answers it. */
export type ReportRow = Readonly<Record<string, unknown>>;

const rowName = (...columns: readonly string[]): string => columns.join(' | ');

const addedUp = (entries: readonly (readonly [string, number])[]): Figures => {
  const sums = new Map<string, number>();
  for (const [name, figure] of entries) sums.set(name, (sums.get(name) ?? 0) + figure);
  return sums;
};

/** What the day must have added to the reports. */
export function expectedFigures(
  histories: readonly CaseHistory[],
  serviceIdOf: ServiceIdOf,
  centreIdOf: (slug: string) => string,
): ReportFigures {
  return {
    counted: addedUp(
      histories.flatMap(({ model: { counted } }) =>
        counted === undefined
          ? []
          : [[rowName(counted.channel, serviceIdOf(counted.service), counted.service.holderId), 1]],
      ),
    ),
    // A case that was addressed anew is shown under the service and holder that it has now.
    opened: addedUp(
      histories.map(({ model }) => [rowName(model.channel, serviceIdOf(model.service), model.service.holderId), 1]),
    ),
    states: addedUp(
      histories.map(({ model }) => [rowName(model.stage, centreIdOf(model.centre), model.service.holderId), 1]),
    ),
  };
}

/** The same figures out of the rows of the two reports. */
export function shownFigures(topServices: readonly ReportRow[], casesByState: readonly ReportRow[]): ReportFigures {
  const service = (row: ReportRow): string => rowName(...texts(row, 'channel', 'serviceId', 'holderId'));
  return {
    counted: addedUp(topServices.map((row) => [service(row), Number(row['servicesCounted'])])),
    opened: addedUp(topServices.map((row) => [service(row), Number(row['casesRegistered'])])),
    states: addedUp(
      casesByState.map((row) => [rowName(...texts(row, 'stage', 'centreId', 'holderId')), Number(row['cases'])]),
    ),
  };
}

const texts = (row: ReportRow, ...columns: readonly string[]): string[] => columns.map((column) => String(row[column]));

/** Differences between what the day must have added and what the reports gained from `before` to `after`. */
export function compareReports(expected: ReportFigures, before: ReportFigures, after: ReportFigures): Difference[] {
  return (['counted', 'opened', 'states'] as const).flatMap((figure) => {
    const names = new Set([...expected[figure].keys(), ...before[figure].keys(), ...after[figure].keys()]);
    return [...names].flatMap((name): Difference[] => {
      const wanted = expected[figure].get(name) ?? 0;
      const gained = (after[figure].get(name) ?? 0) - (before[figure].get(name) ?? 0);
      if (wanted === gained) return [];
      return [
        {
          where: 'reports',
          what: 'row_differs',
          of: `${titles[figure]}: ${name}`,
          expected: String(wanted),
          found: String(gained),
        },
      ];
    });
  });
}

const titles = { counted: 'services counted', opened: 'cases opened', states: 'cases by state' } as const;
