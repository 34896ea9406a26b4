import { randomUUID } from 'node:crypto';
import type { RunningStoreService } from '@vienuviet/service';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { type BusWriter, caseHistories, eventually } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statusFeed } from '../service.ts';
import { intakeOf } from '../tests/intake.ts';
import { changesIn, changesOf, expectedChanges, type Portal, portalOf, registerCase } from '../tests/portal.ts';
import type { FeedEvent } from './cloud-event.ts';

let bed: TestService;
let intake: BusWriter;
let portal: Portal;
let instances: RunningStoreService[];
let one: string;
let two: string;

beforeAll(async () => {
  bed = await startTestService(statusFeed);
  intake = intakeOf(bed);
  portal = await portalOf(bed);
  instances = [bed.service, await bed.another()];
  [one = '', two = ''] = instances.map((instance) => instance.address);
});

afterAll(async () => {
  await bed?.close();
});

const cursorsOf = (events: readonly FeedEvent[]): number[] => events.map((event) => Number(event.cursor.split('.')[1]));
const ascending = (numbers: readonly number[]): boolean =>
  numbers.every((number, i) => i === 0 || number > numbers[i - 1]!);

describe('the change feed', () => {
  test('shows every change of every case once, in the order of its case, on every instance', async () => {
    const histories = caseHistories({ seed: 7, cases: 120 });
    await intake.play(histories);
    const events = await eventually('all changes in the feed', async () => {
      const read = await portal.readAll(one);
      return read.length >= changesIn(histories) ? read : undefined;
    });
    expect(events).toHaveLength(changesIn(histories));
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    expect(ascending(cursorsOf(events))).toBe(true);
    for (const history of histories.filter(({ topic }) => topic === 'intake.case')) {
      expect(changesOf(events, history.streamId)).toEqual(expectedChanges(history));
    }
    expect(await portal.readAll(two)).toEqual(events);
  });

  test('gives CloudEvents without anything about a person', async () => {
    const { body, headers } = await portal.get(one, '/v1/feed?limit=1');
    expect(headers.get('content-type')).toBe('application/cloudevents-batch+json; charset=utf-8');
    expect(headers.get('link')).toBe(`</v1/feed?after=${headers.get('feed-cursor')}&limit=1>; rel="next"`);
    expect(Object.keys(body[0])).toEqual([
      'specversion',
      'id',
      'source',
      'type',
      'subject',
      'time',
      'datacontenttype',
      'sequence',
      'cursor',
      'data',
    ]);
    expect(Object.keys(body[0].data)).toEqual([
      'caseId',
      'subjectId',
      'serviceId',
      'holderId',
      'status',
      'statusWords',
      'milestone',
      'milestoneWords',
      'occurredAt',
      'caseVersion',
    ]);
    expect(body[0]).toMatchObject({
      specversion: '1.0',
      source: '/services/status-feed',
      type: 'lv.vienuviet.statusfeed.ItemStatusChanged.v1',
      sequence: '1',
      data: { milestone: 'registered', statusWords: { lv: 'Nav uzsākts', en: 'Not started' } },
    });
  });

  test('a reader that stops anywhere and comes back to either instance gets every change once, while more arrive', async () => {
    const before = (await portal.readAll(one)).length;
    const histories = caseHistories({ seed: 8, cases: 150 });
    const total = before + changesIn(histories);
    const playing = (async () => {
      for (const history of histories) await intake.play([history]);
    })();
    const read: FeedEvent[] = [];
    let after = '';
    let turn = 0;
    await eventually(
      'the reader at the end',
      async () => {
        turn += 1;
        const limit = 1 + ((turn * 7) % 23);
        const wait = turn % 3 === 0 ? '&wait=1' : '';
        const { body, headers } = await portal.get(
          turn % 2 === 0 ? one : two,
          `/v1/feed?limit=${limit}${wait}${after}`,
        );
        // Every fifth answer is lost on its way: the reader asks again from where it was.
        if (turn % 5 === 0) return undefined;
        read.push(...body);
        after = `&after=${headers.get('feed-cursor')}`;
        return read.length >= total ? true : undefined;
      },
      60_000,
    );
    await playing;
    expect(read).toEqual(await portal.readAll(one));
  }, 90_000);

  test('a long poll is answered as soon as something is there, on the instance that did not write it', async () => {
    const cursor = await endOf(one);
    const waiting = [one, two].map((address) => portal.get(address, `/v1/feed?after=${cursor}&wait=20`));
    const subjectId = randomUUID();
    const started = performance.now();
    await registerCase(intake, { caseId: randomUUID(), subjectId });
    for (const { body } of await Promise.all(waiting)) {
      expect(body).toHaveLength(1);
      expect(body[0].data.subjectId).toBe(subjectId);
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('a long poll without news ends after its time with an empty list and the cursor to go on from', async () => {
    const cursor = await endOf(one);
    const started = performance.now();
    const { status, body, headers } = await portal.get(one, `/v1/feed?after=${cursor}&wait=1`);
    expect({ status, body, cursor: headers.get('feed-cursor') }).toEqual({ status: 200, body: [], cursor });
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  /** The cursor behind everything. */
  async function endOf(address: string): Promise<string> {
    const events = await portal.readAll(address);
    return events.at(-1)?.cursor ?? '';
  }
});

describe('what the feed refuses', () => {
  test.each([
    ['a cursor that is none', 'after=nonsense', 400, 'invalid_cursor'],
    ['an empty cursor', 'after=', 400, 'invalid_cursor'],
    ['a cursor of another history', 'after=00000000.1', 410, 'feed_epoch_changed'],
    ['a limit of 0', 'limit=0', 400, 'invalid_request'],
    ['a limit of a thousand millions', 'limit=1000000000', 400, 'invalid_request'],
    ['a limit that is no number', 'limit=ten', 400, 'invalid_request'],
    ['a wait of an hour', 'wait=3600', 400, 'invalid_request'],
    ['a field that nobody knows', 'since=1', 400, 'invalid_request'],
  ])('%s', async (_what, query, status, code) => {
    const answer = await portal.get(one, `/v1/feed?${query}`);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test('a cursor that the feed has not come to', async () => {
    const { headers } = await portal.get(one, '/v1/feed?limit=1');
    const [epoch] = headers.get('feed-cursor')!.split('.');
    const answer = await portal.get(one, `/v1/feed?after=${epoch}.999999999`);
    expect([answer.status, answer.body.code]).toEqual([400, 'cursor_ahead']);
  });

  test('a bad cursor of a stream before the stream begins', async () => {
    const headers = { ...portal.headers, accept: 'text/event-stream', 'last-event-id': '00000000.1' };
    const answer = await portal.get(one, '/v1/feed', headers);
    expect([answer.status, answer.body.code]).toEqual([410, 'feed_epoch_changed']);
  });

  test('a caller without a token, and one who is not the portal', async () => {
    expect((await portal.get(one, '/v1/feed', {})).status).toBe(401);
    const clerk = await bed.issuer.as('clerk', [{ role: 'auditor' }]);
    expect((await portal.get(one, '/v1/feed', clerk)).status).toBe(403);
  });
});
