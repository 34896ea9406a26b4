/** What the platform says of the day, read as the portal and an auditor read it: by the public routes alone. */
import type { FeedEvent } from '../compare/compare-feed.ts';
import type { Item } from '../compare/compare-items.ts';
import type { ReportRow } from '../compare/expected-reports.ts';
import { acceptedBody } from '../platform/http-client.ts';
import type { Platform } from '../platform/platform.ts';

const portal = 'portal';
const auditor = 'auditor';
const feedPage = 1_000;

export interface FeedReading {
  readonly events: readonly FeedEvent[];
  /** Where the next reading goes on. */
  readonly cursor: string | undefined;
}

/** All that the feed has after a cursor; without one, from its beginning. */
export async function readFeed(platform: Platform, cursor: string | undefined, waitSeconds = 0): Promise<FeedReading> {
  const events: FeedEvent[] = [];
  for (let after = cursor; ; ) {
    const query = new URLSearchParams({ limit: String(feedPage), ...(after === undefined ? {} : { after }) });
    if (waitSeconds > 0 && events.length === 0) query.set('wait', String(waitSeconds));
    const answer = await platform.ask('status-feed', portal, { method: 'GET', path: `/v1/feed?${query}` });
    const page = acceptedBody<FeedEvent[]>(answer);
    events.push(...page);
    const next = answer.headers['feed-cursor'];
    after = typeof next === 'string' ? next : after;
    if (page.length < feedPage) return { events, cursor: after };
  }
}

/** The token of one subject, as the portal gets it for a resident who signed in. */
export async function subjectToken(platform: Platform, subjectId: string): Promise<string> {
  const body = { subjectId };
  const request = { method: 'POST', path: '/v1/subject-tokens', body } as const;
  return (await platform.fetch<{ token: string }>('status-feed', portal, request)).token;
}

/**
 * The items of one person, as the bearer of a subject token reads them. `after` is `<stream>@<version>` to wait for;
 * undefined when it has not come to be shown.
 */
export async function readItems(platform: Platform, token: string, after?: string): Promise<Item[] | undefined> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '200' });
    if (cursor !== null) query.set('cursor', cursor);
    else if (after !== undefined) query.set('after', after);
    const answer = await platform.askWith('status-feed', `Bearer ${token}`, {
      method: 'GET',
      path: `/v1/items?${query}`,
    });
    if (answer.status === 504) return undefined;
    const page: { items: Item[]; nextCursor: string | null } = acceptedBody(answer);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

export type ReportName = 'top-services' | 'cases-by-state';

export interface Report {
  readonly rows: readonly ReportRow[];
  readonly lag: { readonly events: number; readonly seconds: number };
}

/** A report over the cases of one day, with all its rows. */
export const readReport = (platform: Platform, name: ReportName, date: string): Promise<Report> =>
  platform.fetch('reporting', auditor, {
    method: 'GET',
    path: `/v1/reports/${name}?from=${date}&to=${date}${name === 'top-services' ? '&top=10000' : ''}`,
  });
