import { randomUUID } from 'node:crypto';
import type { RunningStoreService } from '@vienuviet/service';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { type BusWriter, caseHistories, eventually } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statusFeed } from '../service.ts';
import { intakeOf } from '../tests/intake.ts';
import { expectedChanges, type Portal, portalOf, registerCase } from '../tests/portal.ts';

let bed: TestService;
let intake: BusWriter;
let portal: Portal;
let one: RunningStoreService;
let two: RunningStoreService;
/** Moved forth by some tests; tokens of the issuer are made by the real clock, and live longer. */
let now = new Date();
const clock = () => now;

beforeAll(async () => {
  bed = await startTestService(statusFeed, { clock });
  intake = intakeOf(bed);
  portal = await portalOf(bed);
  one = bed.service;
  two = await bed.another();
});

afterAll(async () => {
  await bed?.close();
});

const bearer = (token: string, more: Record<string, string> = {}) => ({ authorization: `Bearer ${token}`, ...more });
const later = (minutes: number): void => {
  now = new Date(now.getTime() + minutes * 60_000);
};

describe('a person reads the own items', () => {
  const histories = caseHistories({ seed: 3, cases: 30 });
  const cases = histories.filter(({ topic }) => topic === 'intake.case');
  const subjectOf = (history: (typeof cases)[number]) => history.events[0]!.data['subjectId'] as string;

  test('with status, milestones, titles and names of what intake has told', async () => {
    await intake.play(histories);
    for (const history of cases) {
      const token = await portal.tokenFor(one.address, subjectOf(history));
      const [caseId, version] = [history.streamId.slice(5), history.events.length];
      const path = `/v1/items/${caseId}?after=${history.streamId}@${version}`;
      const { status, body } = await portal.get(two.address, path, bearer(token));
      const expected = expectedChanges(history);
      expect(status).toBe(200);
      expect(body.milestones.map((milestone: { code: string }) => milestone.code)).toEqual(
        expected.map(({ milestone }) => milestone),
      );
      expect([body.status.code, body.institution.holderId]).toEqual([
        expected.at(-1)?.status,
        expected.at(-1)?.holderId,
      ]);
    }
    const history = cases[0]!;
    const token = await portal.tokenFor(one.address, subjectOf(history));
    const named = await eventually('the names', async () => {
      const { body } = await portal.get(one.address, `/v1/items/${history.streamId.slice(5)}`, bearer(token));
      return body.service.title !== null && body.centre?.name ? body : undefined;
    });
    expect(named.service.titles.lv).toMatch(/^Pakalpojums \d+/);
    expect(named.institution.name).toContain(named.institution.holderId);
  });

  test('in pages, the last changed first, each item once', async () => {
    const subjectId = randomUUID();
    const ids = Array.from({ length: 7 }, () => randomUUID());
    // Two of them at the same instant.
    for (const [i, caseId] of ids.entries()) {
      await registerCase(intake, { caseId, subjectId, occurredAt: Date.UTC(2026, 10, 2, 8, Math.floor(i / 2)) });
    }
    const token = await portal.tokenFor(one.address, subjectId);
    const last = `case-${ids.at(-1)}@1`;
    await eventually('all items', async () => {
      const { body } = await portal.get(one.address, `/v1/items?after=${last}`, bearer(token));
      return body.items.length === ids.length ? true : undefined;
    });
    const read: { caseId: string; changedAt: string }[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await portal.get(one.address, `/v1/items?limit=2${cursor}`, bearer(token));
      read.push(...body.items);
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(read.map((item) => item.caseId).sort()).toEqual(ids.toSorted());
    expect(read.map((item) => item.changedAt)).toEqual(
      read
        .map((item) => item.changedAt)
        .toSorted()
        .reverse(),
    );
  });

  test('in the language of the request, with both beside it', async () => {
    const history = cases[0]!;
    const token = await portal.tokenFor(one.address, subjectOf(history));
    const path = `/v1/items/${history.streamId.slice(5)}`;
    const english = await portal.get(one.address, path, bearer(token, { 'accept-language': 'en-GB, lv;q=0.5' }));
    expect(english.headers.get('content-language')).toBe('en');
    expect(english.headers.get('vary')).toContain('accept-language');
    expect(english.body.status.text).toBe(english.body.status.words.en);
    expect(english.body.milestones[0]).toMatchObject({
      name: 'Registered',
      names: { lv: 'Reģistrēts', en: 'Registered' },
    });
    const latvian = await portal.get(one.address, path, bearer(token, { 'accept-language': 'de' }));
    expect(latvian.body.milestones[0].name).toBe('Reģistrēts');
  });

  test('after a command that changes no item, at once', async () => {
    const caseId = randomUUID();
    const subjectId = randomUUID();
    const stream = await registerCase(intake, { caseId, subjectId });
    const released = { caseId, occurredAt: Date.UTC(2026, 10, 2, 9), actorId: 'clerk-1' };
    const version = await intake.append(stream, { type: 'intake.CaseReleased', data: released });
    const token = await portal.tokenFor(one.address, subjectId);
    const started = performance.now();
    const { status, body } = await portal.get(
      two.address,
      `/v1/items/${caseId}?after=${stream}@${version}`,
      bearer(token),
    );
    expect([status, body.caseVersion]).toEqual([200, 1]);
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  test('a command that never comes is waited for a while, and then said not to be here', async () => {
    const token = await portal.tokenFor(one.address, randomUUID());
    const { status, body } = await portal.get(one.address, `/v1/items?after=case-${randomUUID()}@1`, bearer(token));
    expect([status, body.code]).toEqual([504, 'not_yet_visible']);
  });
});

describe('a subject token', () => {
  test('is kept as a hash alone, and who asked for whom is recorded', async () => {
    const subjectId = randomUUID();
    const { status, body } = await portal.post(one.address, '/v1/subject-tokens', { subjectId });
    expect([status, body.tokenType, body.expiresIn]).toEqual([201, 'Bearer', 900]);
    expect(body.token).toMatch(/^vst_[A-Za-z0-9_-]{43}$/);
    const { rows } = await one.context.writer.query(
      'select token_hash, issued_to, expires_at - issued_at as life from status_feed.subject_token where subject_id = $1',
      [subjectId],
    );
    expect(rows).toMatchObject([{ issued_to: 'portal', life: { minutes: 15 } }]);
    expect(rows[0].token_hash.toString()).not.toContain(body.token);
  });

  test('opens the own items only: those of somebody else answer as not there', async () => {
    const [mine, theirs] = [randomUUID(), randomUUID()];
    const stream = await registerCase(intake, { caseId: mine, subjectId: randomUUID() });
    const token = await portal.tokenFor(one.address, theirs);
    const foreign = await portal.get(one.address, `/v1/items/${mine}?after=${stream}@1`, bearer(token));
    const none = await portal.get(one.address, `/v1/items/${randomUUID()}`, bearer(token));
    expect([foreign.status, none.status]).toEqual([404, 404]);
    expect({ ...foreign.body, instance: '' }).toEqual({ ...none.body, instance: '' });
    expect((await portal.get(one.address, '/v1/items', bearer(token))).body).toEqual({ items: [], nextCursor: null });
  });

  test('of an unknown subject shows an empty list, as that of a known one without items', async () => {
    const token = await portal.tokenFor(one.address, randomUUID());
    expect((await portal.get(two.address, '/v1/items', bearer(token))).body.items).toEqual([]);
  });

  test('ends after 15 minutes, and says so', async () => {
    const token = await portal.tokenFor(one.address, randomUUID());
    later(14.9);
    expect((await portal.get(one.address, '/v1/items', bearer(token))).status).toBe(200);
    later(0.2);
    const { status, body, headers } = await portal.get(one.address, '/v1/items', bearer(token));
    expect([status, body.code]).toEqual([401, 'token_expired']);
    expect(headers.get('www-authenticate')).toContain('invalid_token');
    now = new Date();
  });

  test.each([
    ['garbled', `vst_${'A'.repeat(43)}`],
    ['too short', 'vst_abc'],
    ['of another kind', 'abc'],
    ['huge', `vst_${'A'.repeat(8_000)}`],
  ])('that is %s is refused', async (_what, token) => {
    const { status, body } = await portal.get(one.address, '/v1/items', bearer(token));
    expect([status, body.code]).toEqual([401, 'token_malformed']);
  });

  test('opens nothing else, and the portal itself has no items', async () => {
    const token = await portal.tokenFor(one.address, randomUUID());
    expect((await portal.get(one.address, '/v1/feed', bearer(token))).status).toBe(403);
    expect(
      (await portal.post(one.address, '/v1/subject-tokens', { subjectId: randomUUID() }, bearer(token))).status,
    ).toBe(403);
    expect((await portal.get(one.address, '/v1/items')).status).toBe(403);
  });

  test.each([
    ['nothing', {}],
    ['a name', { subjectId: 'Jānis Bērziņš' }],
    ['a personal code', { subjectId: '161175-19997' }],
    ['more than was asked for', { subjectId: randomUUID(), ttl: 86_400 }],
    ['a list', [randomUUID()]],
  ])('is not given for %s', async (_what, body) => {
    const answer = await portal.post(one.address, '/v1/subject-tokens', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
  });

  test.each([
    ['a limit of 0', 'limit=0'],
    ['a limit of a thousand millions', 'limit=1000000000'],
    ['a field that nobody knows', 'subjectId=1'],
    ['an after that names no stream', 'after=yesterday'],
  ])('the list refuses %s', async (_what, query) => {
    const token = await portal.tokenFor(one.address, randomUUID());
    const { status, body } = await portal.get(one.address, `/v1/items?${query}`, bearer(token));
    expect([status, body.code]).toEqual([400, 'invalid_request']);
  });

  test('the list refuses a cursor of its own making by somebody else', async () => {
    const token = await portal.tokenFor(one.address, randomUUID());
    const cursor = Buffer.from('["items.1",{"changedAt":"x","caseId":"y"}]').toString('base64url');
    const { status, body } = await portal.get(one.address, `/v1/items?cursor=${cursor}`, bearer(token));
    expect([status, body.code]).toEqual([400, 'invalid_cursor']);
  });
});
