/** Compares the change feed with what must be in it: every event of every case, each once, in order. Pure. */
import type { ServiceName } from '../plan/case-script.ts';
import type { Difference } from './differences.ts';
import type { CaseHistory, ExpectedEvent } from './fold-history.ts';

/** An event of the feed, as far as it is compared (CloudEvents 1.0 in JSON). */
export interface FeedEvent {
  readonly id: string;
  /** Version of the item, counted from 1. */
  readonly sequence: string;
  readonly data: {
    readonly caseId: string;
    readonly subjectId: string;
    readonly serviceId: string;
    readonly holderId: string;
    readonly status: string;
    readonly milestone: string | null;
    readonly occurredAt: string;
    readonly caseVersion: number;
  };
}

export type ServiceIdOf = (service: ServiceName) => string;

/** Differences of the feed; `events` may hold those of other cases too. */
export function compareFeed(
  histories: readonly CaseHistory[],
  events: readonly FeedEvent[],
  serviceIdOf: ServiceIdOf,
): Difference[] {
  const byCase = Map.groupBy(events, (event) => event.data.caseId);
  return [
    ...repeatedIds(events),
    ...histories.flatMap((history) => compareCase(history, byCase.get(history.caseId) ?? [], serviceIdOf)),
  ];
}

function repeatedIds(events: readonly FeedEvent[]): Difference[] {
  const byId = Map.groupBy(events, ({ id }) => id);
  return [...byId].flatMap(([id, same]) =>
    same.length === 1
      ? []
      : [difference('event_twice', same[0]?.data.caseId ?? '', `event ${id} once`, `${same.length} times`)],
  );
}

const difference = (what: Difference['what'], of: string, expected: string, found: string): Difference => ({
  where: 'feed',
  what,
  of,
  expected,
  found,
});

function compareCase(history: CaseHistory, events: readonly FeedEvent[], serviceIdOf: ServiceIdOf): Difference[] {
  const differences: Difference[] = [];
  const tell = (what: Difference['what'], expected: string, found: string): void => {
    differences.push(difference(what, history.name, expected, found));
  };
  const inOrder = events.every((event, index) => Number(event.sequence) === index + 1);
  if (!inOrder) tell('event_out_of_order', 'sequence 1, 2, 3 …', events.map(({ sequence }) => sequence).join(', '));
  history.events.forEach((expected, index) => {
    const event = events[index];
    if (event === undefined) tell('event_missing', describeExpected(expected), 'nothing');
    else
      for (const [field, wanted, found] of fieldsThatDiffer(history, expected, event, serviceIdOf)) {
        tell('event_differs', `${expected.milestone} with ${field} ${wanted}`, `${event.data.milestone} with ${found}`);
      }
  });
  for (const event of events.slice(history.events.length))
    tell('event_unexpected', 'nothing more', describeFound(event));
  return differences;
}

function fieldsThatDiffer(
  { subjectId }: CaseHistory,
  expected: ExpectedEvent,
  { data }: FeedEvent,
  serviceIdOf: ServiceIdOf,
): [field: string, expected: string, found: string][] {
  const [above, upTo] = expected.versions;
  const pairs: [string, string, string][] = [
    ['milestone', expected.milestone, String(data.milestone)],
    ['status', expected.status, data.status],
    ['subject', subjectId, data.subjectId],
    ['service', serviceIdOf(expected.service), data.serviceId],
    ['holder', expected.service.holderId, data.holderId],
    ['time', new Date(expected.at).toISOString(), data.occurredAt],
  ];
  const versionFits = data.caseVersion > above && data.caseVersion <= upTo;
  return [
    ...pairs.filter(([, wanted, found]) => wanted !== found),
    ...(versionFits
      ? []
      : [['version', `${above + 1} to ${upTo}`, String(data.caseVersion)] as [string, string, string]]),
  ];
}

const describeExpected = ({ milestone, status, at }: ExpectedEvent): string =>
  `${milestone} (${status}) at ${new Date(at).toISOString()}`;

const describeFound = ({ data }: FeedEvent): string => `${data.milestone} (${data.status}) at ${data.occurredAt}`;
