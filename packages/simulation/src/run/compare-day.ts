/** Waits until the platform has shown the whole day and compares it, item by item. */
import { compareFeed, type FeedEvent, type ServiceIdOf } from '../compare/compare-feed.ts';
import { compareItems, type Item } from '../compare/compare-items.ts';
import type { Difference } from '../compare/differences.ts';
import { compareReports, expectedFigures, type ReportRow, shownFigures } from '../compare/expected-reports.ts';
import type { CaseHistory, DayHistory } from '../compare/fold-history.ts';
import type { Platform } from '../platform/platform.ts';
import { compareClient } from './clients.ts';
import type { Beginning } from './day-files.ts';
import { readFeed, readItems, readReport, subjectToken } from './readers.ts';

export interface CompareSettings {
  readonly platform: Platform;
  readonly date: string;
  readonly history: DayHistory;
  readonly beginning: Beginning;
  readonly serviceIdOf: ServiceIdOf;
  readonly centreIdOf: (slug: string) => string;
  /** How long nothing new may come before what is missing is called missing, ms. */
  readonly patienceMs: number;
  readonly concurrency: number;
  readonly note: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  readonly feedEvents: number;
  readonly items: number;
  readonly topServices: readonly ReportRow[];
  readonly casesByState: readonly ReportRow[];
}

export async function compareDay(settings: CompareSettings): Promise<Comparison> {
  const { history, serviceIdOf, note } = settings;
  const { cases } = history;
  note('reading the feed');
  const feed = await feedOfDay(settings);
  const feedDifferences = compareFeed(cases, feed, serviceIdOf);
  note('reading the items');
  const { itemDifferences, items } = await compareAllItems(settings);
  note('reading the reports');
  const reports = await reportsOfDay(settings);
  return {
    differences: [...history.differences, ...feedDifferences, ...itemDifferences, ...reports.differences],
    feedEvents: feed.length,
    items,
    topServices: reports.topServices,
    casesByState: reports.casesByState,
  };
}

/** The day's events of the feed, once all have come or nothing comes any more. */
async function feedOfDay(settings: CompareSettings): Promise<FeedEvent[]> {
  const { platform, history, beginning, patienceMs, note } = settings;
  const ours = new Set(history.cases.map(({ caseId }) => caseId));
  const expected = history.cases.reduce((sum, { events }) => sum + events.length, 0);
  const found: FeedEvent[] = [];
  let cursor = beginning.feedCursor ?? undefined;
  for (let lastNews = Date.now(); found.length < expected && Date.now() - lastNews < patienceMs; ) {
    settings.signal?.throwIfAborted();
    const reading = await readFeed(platform, cursor, 2);
    if (reading.events.length > 0) lastNews = Date.now();
    cursor = reading.cursor;
    found.push(...reading.events.filter(({ data }) => ours.has(data.caseId)));
    note(`feed: ${found.length} of ${expected} events`);
  }
  // What comes although all has come would be an event too many.
  const { events } = await readFeed(platform, cursor);
  return [...found, ...events.filter(({ data }) => ours.has(data.caseId))];
}

async function compareAllItems(settings: CompareSettings): Promise<{ itemDifferences: Difference[]; items: number }> {
  const { history, serviceIdOf, concurrency, note, signal } = settings;
  const bySubject = [...Map.groupBy(history.cases, ({ subjectId }) => subjectId)];
  const itemDifferences: Difference[] = [];
  let items = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let person = bySubject[next++]; person !== undefined; person = bySubject[next++]) {
      signal?.throwIfAborted();
      const [subjectId, cases] = person;
      itemDifferences.push(...(await compareClient(settings.platform, subjectId, cases[0]!)));
      const shown = await itemsOf(settings, subjectId, cases, itemDifferences);
      itemDifferences.push(...compareItems(subjectId, cases, shown, serviceIdOf));
      items += shown.length;
      if (next % 50 === 0) note(`items: ${next} of ${bySubject.length} people`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { itemDifferences, items };
}

/**
 * What a person is shown once the last command of each of their cases is in it: also commands that change nothing for
 * the portal have to have arrived. One that never does was lost on the way.
 */
async function itemsOf(
  { platform, patienceMs }: CompareSettings,
  subjectId: string,
  cases: readonly CaseHistory[],
  differences: Difference[],
): Promise<Item[]> {
  const token = await subjectToken(platform, subjectId);
  for (const { name, caseId, version } of cases) {
    const deadline = Date.now() + patienceMs;
    const after = `case-${caseId}@${version}`;
    while ((await readItems(platform, token, after)) === undefined) {
      if (Date.now() < deadline) continue;
      differences.push({
        where: 'items',
        what: 'event_missing',
        of: name,
        expected: `version ${version} of the case`,
        found: 'fewer',
      });
      break;
    }
  }
  return (await readItems(platform, token)) ?? [];
}

interface ComparedReports {
  readonly differences: readonly Difference[];
  readonly topServices: readonly ReportRow[];
  readonly casesByState: readonly ReportRow[];
}

/** Compares the reports, again and again until they agree or nothing changes any more. */
async function reportsOfDay(settings: CompareSettings): Promise<ComparedReports> {
  const { platform, date, history, beginning, serviceIdOf, centreIdOf, patienceMs } = settings;
  const expected = expectedFigures(history.cases, serviceIdOf, centreIdOf);
  const before = shownFigures(beginning.topServices, beginning.casesByState);
  let fewest = Number.POSITIVE_INFINITY;
  for (let lastNews = Date.now(); ; ) {
    settings.signal?.throwIfAborted();
    const topServices = (await readReport(platform, 'top-services', date)).rows;
    const casesByState = (await readReport(platform, 'cases-by-state', date)).rows;
    const differences = compareReports(expected, before, shownFigures(topServices, casesByState));
    if (differences.length < fewest) lastNews = Date.now();
    fewest = Math.min(fewest, differences.length);
    if (differences.length === 0 || Date.now() - lastNews > patienceMs)
      return { differences, topServices, casesByState };
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
