import { describe, expect, test } from 'vitest';
import type { DayPlan, ServiceName } from '../plan/case-script.ts';
import { makePlan } from '../plan/make-plan.ts';
import { caseRunner } from '../run/case-runner.ts';
import { runQueue } from '../run/day-queue.ts';
import type { Entry } from '../run/journal.ts';
import { compareFeed, type FeedEvent } from './compare-feed.ts';
import { compareItems, type Item } from './compare-items.ts';
import type { Difference } from './differences.ts';
import { compareReports, expectedFigures, type ReportFigures } from './expected-reports.ts';
import { type CaseHistory, foldHistory } from './fold-history.ts';
import { modelIntake } from './model-intake.ts';

const plan: DayPlan = makePlan({ seed: 'compare', date: '2026-11-20', centres: 30 });
const serviceIdOf = ({ holderId, titleLv }: ServiceName): string => `${holderId}/${titleLv}`;
const centreIdOf = (slug: string): string => `id of ${slug}`;

const entries: Entry[] = [];
const intake = modelIntake({ serviceIdOf });
await runQueue(
  plan.cases.map((script) =>
    caseRunner(script, { intake, serviceIdOf, centreIdOf, record: (entry) => entries.push(entry) }),
  ),
  { concurrency: 8 },
);
const history = foldHistory(plan, entries);
const cases = history.cases;
const longest = cases.toSorted((one, other) => other.events.length - one.events.length)[0] as CaseHistory;

/** The feed as it must be, in one order that respects each case's own. */
const feedOf = (histories: readonly CaseHistory[]): FeedEvent[] =>
  histories.flatMap((each) =>
    each.events.map((event, index) => ({
      id: `${each.caseId} ${index}`,
      sequence: String(index + 1),
      data: {
        caseId: each.caseId,
        subjectId: each.subjectId,
        serviceId: serviceIdOf(event.service),
        holderId: event.service.holderId,
        status: event.status,
        milestone: event.milestone,
        occurredAt: new Date(event.at).toISOString(),
        caseVersion: event.versions[0] + 1,
      },
    })),
  );

const itemOf = (each: CaseHistory): Item => ({
  caseId: each.caseId,
  status: { code: each.model.shown.at(-1)?.status ?? '' },
  service: { serviceId: serviceIdOf(each.model.service) },
  institution: { holderId: each.model.service.holderId },
  milestones: each.events.map(({ milestone, at }) => ({ code: milestone, startedAt: new Date(at).toISOString() })),
});

const kinds = (differences: readonly Difference[]): string[] => [...new Set(differences.map(({ what }) => what))];
const feed = feedOf(cases);
const ofLongest = feed.filter(({ data }) => data.caseId === longest.caseId);
const others = feed.filter(({ data }) => data.caseId !== longest.caseId);

describe('a day that went well', () => {
  test('has no difference anywhere', () => {
    expect(cases).toHaveLength(plan.cases.length);
    expect(history.differences).toEqual([]);
    expect(compareFeed(cases, feed, serviceIdOf)).toEqual([]);
    for (const each of cases) expect(compareItems('s', [each], [itemOf(each)], serviceIdOf)).toEqual([]);
  });

  test('agrees with a feed that also holds cases of others, in any order between cases', () => {
    const foreign = { ...feed[0]!, id: 'foreign', data: { ...feed[0]!.data, caseId: 'of somebody else' } };
    expect(compareFeed(cases, [foreign, ...ofLongest, ...others.toReversed().toReversed()], serviceIdOf)).toEqual([]);
  });
});

describe('a planted difference in the feed is found:', () => {
  const altered = (change: Partial<FeedEvent['data']>): FeedEvent[] => [
    ...others,
    { ...ofLongest[0]!, data: { ...ofLongest[0]!.data, ...change } },
    ...ofLongest.slice(1),
  ];

  test('an event that is lost', () => {
    expect(kinds(compareFeed(cases, [...others, ...ofLongest.slice(0, -1)], serviceIdOf))).toEqual(['event_missing']);
    expect(kinds(compareFeed(cases, [...others, ...ofLongest.slice(1)], serviceIdOf))).toContain('event_out_of_order');
  });

  test('an event that is shown twice', () => {
    expect(kinds(compareFeed(cases, [...feed, feed[0]!], serviceIdOf))).toContain('event_twice');
  });

  test('an event too many', () => {
    const more = { ...ofLongest.at(-1)!, id: 'more', sequence: String(ofLongest.length + 1) };
    expect(kinds(compareFeed(cases, [...feed, more], serviceIdOf))).toEqual(['event_unexpected']);
  });

  test('two events of a case in the wrong order', () => {
    const [first, second, ...rest] = ofLongest;
    expect(kinds(compareFeed(cases, [...others, second!, first!, ...rest], serviceIdOf))).toContain(
      'event_out_of_order',
    );
  });

  test.each([
    { status: 'decided' },
    { milestone: 'linked' },
    { subjectId: 'somebody else' },
    { serviceId: 'another service' },
    { holderId: 'another holder' },
    { occurredAt: '2026-11-20T00:00:00.000Z' },
    { caseVersion: 99 },
  ])('an event with another %o', (change) => {
    const differences = compareFeed(cases, altered(change), serviceIdOf);
    expect(kinds(differences)).toEqual(['event_differs']);
    expect(differences).toHaveLength(1);
    expect(differences[0]?.of).toBe(longest.name);
  });
});

describe('a planted difference in the items is found:', () => {
  const items = (change: Partial<Item>) =>
    kinds(compareItems('s', [longest], [{ ...itemOf(longest), ...change }], serviceIdOf));

  test('an item that is missing, foreign or shown twice', () => {
    expect(kinds(compareItems('s', [longest], [], serviceIdOf))).toEqual(['item_missing']);
    expect(kinds(compareItems('s', [], [itemOf(longest)], serviceIdOf))).toEqual(['item_unexpected']);
    expect(kinds(compareItems('s', [longest], [itemOf(longest), itemOf(longest)], serviceIdOf))).toEqual([
      'item_unexpected',
    ]);
  });

  test('another status, service, holder or path', () => {
    expect(items({ status: { code: 'nothing' } })).toEqual(['item_differs']);
    expect(items({ service: { serviceId: 'another' } })).toEqual(['item_differs']);
    expect(items({ institution: { holderId: 'another' } })).toEqual(['item_differs']);
    expect(items({ milestones: itemOf(longest).milestones.slice(1) })).toEqual(['item_differs']);
  });
});

describe('a planted difference in the reports is found:', () => {
  const expected = expectedFigures(cases, serviceIdOf, centreIdOf);
  const nothing: ReportFigures = { counted: new Map(), opened: new Map(), states: new Map() };

  test('none where the reports gained what was done, whatever they had before', () => {
    const before: ReportFigures = { ...nothing, counted: new Map([['in_person | x | y', 7]]) };
    const after = { ...expected, counted: new Map([...expected.counted, ['in_person | x | y', 7]]) };
    expect(compareReports(expected, before, after)).toEqual([]);
    expect([...expected.counted.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(10);
  });

  test.each(['counted', 'opened', 'states'] as const)('a figure of %s that is one off, either way', (figure) => {
    for (const off of [1, -1]) {
      const [name, count] = [...expected[figure]][0]!;
      const after = { ...expected, [figure]: new Map([...expected[figure], [name, count + off]]) };
      expect(compareReports(expected, nothing, after)).toMatchObject([
        { where: 'reports', what: 'row_differs', expected: String(count), found: String(count + off) },
      ]);
    }
  });

  test('a row that nobody expects', () => {
    const after = { ...expected, states: new Map([...expected.states, ['closed | nowhere | nobody', 1]]) };
    expect(kinds(compareReports(expected, nothing, after))).toEqual(['row_differs']);
  });
});

describe('a planted fault in the commands is found:', () => {
  const altered = (change: (entry: Entry) => Entry | undefined): string[] =>
    kinds(
      foldHistory(
        plan,
        entries.flatMap((entry) => change(entry) ?? []),
      ).differences,
    );
  const first = entries[0]!;

  test('a command that was accepted where the rules refuse it', () => {
    const registrations = entries.filter(({ step, part }) => step === 0 && part === 'act');
    const again = { ...registrations[0]!, answer: { ...registrations[0]!.answer, version: 2 } };
    expect(kinds(foldHistory(plan, [...registrations, again]).differences)).toEqual(['not_allowed']);
  });

  test('a version that does not grow', () => {
    expect(
      altered((entry) => (entry === first ? { ...entry, answer: { ...entry.answer, version: 0 } } : entry)),
    ).toContain('version_order');
  });

  test('an answer that the player found wrong, and a case that could not go on', () => {
    expect(altered((entry) => (entry === first ? { ...entry, wrong: 'two answers' } : entry))).toEqual([
      'unexpected_answer',
    ]);
    const stopped: Entry = {
      case: first.case,
      step: 1,
      part: 'stopped',
      account: '',
      key: '',
      status: 0,
      wrong: 'refused',
    };
    expect(kinds(foldHistory(plan, [...entries, stopped]).differences)).toEqual(['case_stopped']);
  });
});
