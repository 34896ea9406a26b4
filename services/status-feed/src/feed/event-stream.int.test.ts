import { randomUUID } from 'node:crypto';
import { startService } from '@vienuviet/service';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { type BusWriter, caseHistories } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statusFeed } from '../service.ts';
import { readStream } from '../tests/event-stream.ts';
import { intakeOf } from '../tests/intake.ts';
import { changesIn, type Portal, portalOf, registerCase } from '../tests/portal.ts';
import type { FeedEvent } from './cloud-event.ts';

let bed: TestService;
let intake: BusWriter;
let portal: Portal;
let addresses: string[];

beforeAll(async () => {
  bed = await startTestService(statusFeed);
  intake = intakeOf(bed);
  portal = await portalOf(bed);
  addresses = [bed.service.address, (await bed.another()).address];
});

afterAll(async () => {
  await bed?.close();
});

describe('the feed as a stream of server-sent events', () => {
  test('a reader that is cut off again and again, on either instance, gets every change once', async () => {
    const histories = caseHistories({ seed: 21, cases: 120 });
    const total = changesIn(histories);
    const playing = (async () => {
      for (const history of histories) await intake.play([history]);
    })();
    const read: FeedEvent[] = [];
    let lastEventId: string | undefined;
    for (let turn = 0; read.length < total; turn++) {
      const some = 1 + ((turn * 13) % 41);
      const stream = await readStream(
        `${addresses[turn % 2]}/v1/feed`,
        lastEventId === undefined ? portal.headers : { ...portal.headers, 'last-event-id': lastEventId },
        (events) => events.length >= some || read.length + events.length >= total,
      );
      read.push(...stream.events);
      lastEventId = stream.lastEventId;
    }
    await playing;
    expect(read).toEqual(await portal.readAll(addresses[0]!));
  }, 60_000);

  test('goes on with what comes while it is open, and ids are cursors', async () => {
    const subjectId = randomUUID();
    const before = (await portal.readAll(addresses[0]!)).at(-1)!.cursor;
    const reading = readStream(
      `${addresses[1]}/v1/feed?after=${before}`,
      portal.headers,
      (events) => events.length >= 3,
    );
    for (let i = 0; i < 3; i++) await registerCase(intake, { caseId: randomUUID(), subjectId });
    const { events, lastEventId } = await reading;
    expect(events.map((event) => event.data.subjectId)).toEqual([subjectId, subjectId, subjectId]);
    expect(lastEventId).toBe(events.at(-1)?.cursor);
  });

  test('ends when its instance stops, and goes on at the other', async () => {
    const third = await startService(statusFeed, bed.config, bed.storeConfig, { auth: bed.issuer.auth });
    const before = (await portal.readAll(addresses[0]!)).at(-1)!.cursor;
    const reading = readStream(`${third.address}/v1/feed?after=${before}`, portal.headers, () => false);
    const polling = portal.get(third.address, `/v1/feed?after=${before}&wait=30`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const started = performance.now();
    await third.close();
    expect((await reading).events).toEqual([]);
    expect(await polling).toMatchObject({ status: 200, body: [] });
    expect(performance.now() - started).toBeLessThan(8_000);
    const subjectId = randomUUID();
    await registerCase(intake, { caseId: randomUUID(), subjectId });
    const { body } = await portal.get(addresses[0]!, `/v1/feed?after=${before}&wait=20`);
    expect(body.map((event: FeedEvent) => event.data.subjectId)).toEqual([subjectId]);
  }, 45_000);
});
