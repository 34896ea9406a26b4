/** Compares what each person is shown of their cases with what must have become of them. Pure. */
import type { ServiceIdOf } from './compare-feed.ts';
import type { Difference } from './differences.ts';
import type { CaseHistory } from './fold-history.ts';

/** An item as the bearer of a subject token reads it, as far as it is compared. */
export interface Item {
  readonly caseId: string;
  readonly status: { readonly code: string };
  readonly service: { readonly serviceId: string };
  readonly institution: { readonly holderId: string };
  readonly milestones: readonly { readonly code: string; readonly startedAt: string }[];
}

/** Differences of one person's items; `histories` are those of that person. */
export function compareItems(
  subjectId: string,
  histories: readonly CaseHistory[],
  items: readonly Item[],
  serviceIdOf: ServiceIdOf,
): Difference[] {
  const byCase = new Map(items.map((item) => [item.caseId, item]));
  const known = new Set(histories.map(({ caseId }) => caseId));
  const foreign = items.filter(({ caseId }) => !known.has(caseId));
  return [
    ...histories.flatMap((history) => compareItem(history, byCase.get(history.caseId), serviceIdOf)),
    ...foreign.map(({ caseId }) =>
      difference('item_unexpected', `subject ${subjectId}`, 'no such item', `case ${caseId}`),
    ),
    ...(items.length === byCase.size
      ? []
      : [difference('item_unexpected', `subject ${subjectId}`, 'each item once', 'an item twice')]),
  ];
}

const difference = (what: Difference['what'], of: string, expected: string, found: string): Difference => ({
  where: 'items',
  what,
  of,
  expected,
  found,
});

function compareItem(history: CaseHistory, item: Item | undefined, serviceIdOf: ServiceIdOf): Difference[] {
  const { name, model, events } = history;
  const status = model.shown.at(-1)?.status ?? '';
  if (item === undefined) return [difference('item_missing', name, `an item that is ${status}`, 'nothing')];
  const path = (steps: readonly { code: string; at: string }[]): string =>
    steps.map(({ code, at }) => `${code} ${at}`).join(', ');
  const pairs: [string, string, string][] = [
    ['status', status, item.status.code],
    ['service', serviceIdOf(model.service), item.service.serviceId],
    ['holder', model.service.holderId, item.institution.holderId],
    [
      'milestones',
      path(events.map(({ milestone, at }) => ({ code: milestone, at: new Date(at).toISOString() }))),
      path(item.milestones.map(({ code, startedAt }) => ({ code, at: startedAt }))),
    ],
  ];
  return pairs
    .filter(([, expected, found]) => expected !== found)
    .map(([field, expected, found]) => difference('item_differs', name, `${field} ${expected}`, found));
}
