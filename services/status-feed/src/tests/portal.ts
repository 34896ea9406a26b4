import type { TestService } from '@vienuviet/service/testing';
import type { BusWriter, StreamHistory } from '@vienuviet/testing';
import type { FeedEvent } from '../feed/cloud-event.ts';
import { changeFor } from '../items/statuses.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are checked by what each test expects of them
  readonly body: any;
}

/** The portal as a caller of one or more instances. */
export interface Portal {
  get(address: string, path: string, headers?: Record<string, string>): Promise<Answer>;
  post(address: string, path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A fresh subject token for somebody. */
  tokenFor(address: string, subjectId: string): Promise<string>;
  /** All events of the feed up to now, in pages. */
  readAll(address: string): Promise<FeedEvent[]>;
  readonly headers: { readonly authorization: string };
}

export async function portalOf(bed: TestService): Promise<Portal> {
  const headers = await bed.issuer.as('portal', [{ role: 'portal_client' }]);
  const answerOf = async (response: Response): Promise<Answer> => {
    const text = await response.text();
    const body = /json/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body };
  };
  const portal: Portal = {
    headers,
    get: async (address, path, own = headers) => answerOf(await fetch(`${address}${path}`, { headers: own })),
    post: async (address, path, body, own = headers) =>
      answerOf(
        await fetch(`${address}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...own },
          body: JSON.stringify(body),
        }),
      ),
    tokenFor: async (address, subjectId) =>
      (await portal.post(address, '/v1/subject-tokens', { subjectId })).body.token,
    readAll: async (address) => {
      const events: FeedEvent[] = [];
      for (let after = ''; ; ) {
        const { body, headers: answered } = await portal.get(address, `/v1/feed?limit=1000${after}`);
        events.push(...body);
        after = `&after=${answered.get('feed-cursor')}`;
        if (body.length === 0) return events;
      }
    },
  };
  return portal;
}

/** What the feed must say of a case: a plain reading of its history, beside the code under test. */
export function expectedChanges({ events }: StreamHistory): { status: string; milestone: string; holderId: string }[] {
  let status = '';
  let holderId = '';
  return events.flatMap(({ type, data }) => {
    const change = changeFor(type, data as { toStage?: string });
    if (change === undefined) return [];
    status = change.status ?? status;
    holderId = (data['holderId'] as string | undefined) ?? holderId;
    return [{ status, milestone: change.milestone, holderId }];
  });
}

export const changesIn = (histories: readonly StreamHistory[]): number =>
  histories.reduce((sum, history) => sum + (history.topic === 'intake.case' ? expectedChanges(history).length : 0), 0);

/** Events of one case, as the feed gave them, in the words of `expectedChanges`. */
export const changesOf = (events: readonly FeedEvent[], streamId: string) =>
  events
    .filter((event) => `case-${event.data.caseId}` === streamId)
    .map(({ data: { status, milestone, holderId } }) => ({ status, milestone, holderId }));

/** Registers a case of a subject and answers its stream. */
export async function registerCase(
  intake: BusWriter,
  {
    caseId,
    subjectId,
    occurredAt = Date.UTC(2026, 10, 2, 8),
  }: { caseId: string; subjectId: string; occurredAt?: number },
): Promise<string> {
  await intake.append(`case-${caseId}`, {
    type: 'intake.CaseRegistered',
    data: {
      caseId,
      subjectId,
      anonymous: false,
      serviceId: '11111111-1111-4111-8111-111111111111',
      holderId: 'vsaa',
      centreId: '22222222-2222-4222-8222-222222222222',
      municipalityId: 'adazu-novads',
      channel: 'in_person',
      purpose: 'application',
      customerKind: 'citizen',
      crossBorder: false,
      clerkMinutes: 5,
      claimedUntil: occurredAt + 1_800_000,
      occurredAt,
      actorId: 'clerk-1',
    },
  });
  return `case-${caseId}`;
}
