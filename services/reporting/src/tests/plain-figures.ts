/**
 * The figures of the reports by plain counting over the histories, written apart from folds and SQL on purpose: what
 * the reports must say.
 */
import type { HistoryEvent, StreamHistory } from '@vienuviet/testing';

/** A case as plain counting sees it. */
export interface PlainCase {
  readonly caseId: string;
  readonly events: readonly HistoryEvent[];
  readonly stage: string;
  readonly centreId: string;
  readonly serviceId: string;
  readonly holderId: string;
}

const stageAfter: Readonly<Record<string, string>> = {
  CaseRegistered: 'registered',
  ServiceRequested: 'requested',
  RequestAccepted: 'in_execution',
  RequestRejectedAsWrongAuthority: 'returned',
  InformationRequested: 'awaiting_information',
  InformationProvided: 'in_execution',
  DecisionMade: 'decided',
  ResultDelivered: 'delivered',
  CaseWithdrawn: 'withdrawn',
  CaseClosed: 'closed',
};

const recordOf = ({ type }: HistoryEvent): string => type.slice('intake.'.length);
export const eventsOf = ({ events }: PlainCase, record: string): HistoryEvent[] =>
  events.filter((event) => recordOf(event) === record);
export const text = (event: HistoryEvent | undefined, field: string): string => String(event?.data[field]);

export const plainCases = (histories: readonly StreamHistory[]): PlainCase[] =>
  histories.filter(({ topic }) => topic === 'intake.case').map(({ events }) => plainCase(events));

function plainCase(events: readonly HistoryEvent[]): PlainCase {
  let stage = '';
  for (const event of events) {
    const record = recordOf(event);
    if (record === 'ConsultationRecorded') stage = stage === 'registered' ? 'consulted' : stage;
    else if (record === 'CaseReopened') stage = text(event, 'toStage');
    else stage = stageAfter[record] ?? stage;
  }
  const addressed = events.filter((event) => ['CaseRegistered', 'ServiceRequested'].includes(recordOf(event))).at(-1);
  const moved = events.filter((event) => recordOf(event) === 'CaseHandedOver').at(-1);
  return {
    caseId: text(events[0], 'caseId'),
    events,
    stage,
    centreId: moved === undefined ? text(events[0], 'centreId') : text(moved, 'toCentreId'),
    serviceId: text(addressed, 'serviceId'),
    holderId: text(addressed, 'holderId'),
  };
}

/** Counts that stand: counted and not taken back. */
export function standingCounts(cases: readonly PlainCase[]): HistoryEvent[] {
  const taken = new Set(
    cases.flatMap((one) => eventsOf(one, 'ServiceCountCorrected')).map((event) => text(event, 'countId')),
  );
  return cases.flatMap((one) => eventsOf(one, 'ServiceCounted')).filter((event) => !taken.has(text(event, 'countId')));
}

/** How often each name occurs, in the order of the names. */
export function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Percentile with interpolation between neighbours, as `percentile_cont` defines it; null for no values. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

/** Weekday (1 is Monday) and hour in Riga, by the platform's own calendar data rather than the database's. */
export function rigaHour(instant: number): { weekday: number; hour: number } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Riga',
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(instant);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return {
    weekday: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday')) + 1,
    hour: Number(part('hour')),
  };
}
