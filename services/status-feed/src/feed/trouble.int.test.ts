import { randomUUID } from 'node:crypto';
import { partitionOf } from '@vienuviet/event-bus';
import { type RunningStoreService, startService } from '@vienuviet/service';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { type BusWriter, eventually } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statusFeed } from '../service.ts';
import { intakeOf } from '../tests/intake.ts';
import { type Portal, portalOf, registerCase } from '../tests/portal.ts';
import type { FeedEvent } from './cloud-event.ts';

let bed: TestService;
let intake: BusWriter;
let portal: Portal;
let engineer: { authorization: string };
let withoutRedis: RunningStoreService;

beforeAll(async () => {
  bed = await startTestService(statusFeed);
  intake = intakeOf(bed);
  portal = await portalOf(bed);
  engineer = await bed.issuer.as('engineer', [{ role: 'integration_engineer' }]);
  // Nobody listens at port 1.
  const config = { ...bed.config, redisUrl: 'redis://127.0.0.1:1' };
  withoutRedis = await startService(statusFeed, config, bed.storeConfig, { auth: bed.issuer.auth });
});

afterAll(async () => {
  await withoutRedis?.close();
  await bed?.close();
});

const subjectsOf = (events: readonly FeedEvent[]): string[] => events.map((event) => event.data.subjectId);

describe('without Redis', () => {
  test('a long poll is answered all the same, later by a short poll at most', async () => {
    const waits: number[] = [];
    let after = (await portal.readAll(withoutRedis.address)).at(-1)?.cursor;
    for (let i = 0; i < 10; i++) {
      const query = after === undefined ? '' : `&after=${after}`;
      const waiting = portal.get(withoutRedis.address, `/v1/feed?wait=20${query}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const started = performance.now();
      const subjectId = randomUUID();
      await registerCase(intake, { caseId: randomUUID(), subjectId });
      const { body } = await waiting;
      waits.push(performance.now() - started);
      expect(subjectsOf(body)).toEqual([subjectId]);
      after = body[0].cursor;
    }
    // The first one waits for the consumers to start.
    expect(Math.max(...waits.slice(1))).toBeLessThan(2_000);
  });

  test('the service says that it is ready', async () => {
    const { status } = await portal.get(withoutRedis.address, '/health/ready', {});
    expect(status).toBe(200);
  });
});

describe('something on the topic that cannot be read', () => {
  const publish = async (key: string, value: Buffer, headers: Record<string, string>): Promise<void> => {
    const partition = partitionOf(key, await bed.publisher.partitions('intake.case'));
    await bed.publisher.publish([{ topic: 'intake.case', partition, key, value, headers }]);
  };
  const headersOf = (streamId: string, sequence: number) => ({
    ce_specversion: '1.0',
    ce_id: randomUUID(),
    ce_source: '/services/intake',
    ce_type: 'lv.vienuviet.intake.CaseRegistered.v1',
    ce_time: new Date().toISOString(),
    ce_subject: streamId,
    ce_sequence: String(sequence),
    ce_storeepoch: randomUUID(),
    ce_storeposition: '1',
  });

  test.each([
    ['bytes that are no message', Buffer.from('not avro'), 'undecodable'],
    ['a schema that nobody knows', Buffer.from([0, 0x7f, 0, 0, 1, 1, 2, 3]), 'unknown_schema'],
    ['nothing', Buffer.alloc(0), 'empty_message'],
  ])('%s: parks that case alone, and all others go on', async (_what, value, code) => {
    const streamId = `case-${randomUUID()}`;
    await publish(streamId, value, { ...headersOf(streamId, 1), ce_storeepoch: await epochOfIntake() });
    const subjectId = randomUUID();
    await registerCase(intake, { caseId: randomUUID(), subjectId });
    await eventually('the next case in the feed', async () =>
      subjectsOf(await portal.readAll(bed.service.address)).includes(subjectId) ? true : undefined,
    );
    const parked = await eventually('the case is parked', async () => {
      const { body } = await portal.get(bed.service.address, '/v1/operations/parked', engineer);
      const found = body.filter((key: { key: string }) => key.key === streamId);
      return found.length === 2 ? found : undefined;
    });
    expect(parked.map((key: { consumer: string; code: string }) => [key.consumer, key.code]).sort()).toEqual([
      ['directory', code],
      ['feed', code],
    ]);
  });

  test('a message without any headers parks its place, and nothing else', async () => {
    await publish(`case-${randomUUID()}`, Buffer.from('hello'), {});
    const subjectId = randomUUID();
    await registerCase(intake, { caseId: randomUUID(), subjectId });
    await eventually('the next case in the feed', async () =>
      subjectsOf(await portal.readAll(bed.service.address)).includes(subjectId) ? true : undefined,
    );
    const { body } = await portal.get(bed.service.address, '/v1/operations/parked', engineer);
    expect(body.some((key: { code: string }) => key.code === 'foreign_message')).toBe(true);
  });

  /** The epoch that the consumers know intake by; another one would stop them, as after a restore. */
  async function epochOfIntake(): Promise<string> {
    const { rows } = await bed.database
      .pool('owner')
      .query<{ epoch: string }>(`select epoch from event_bus.consumer_epochs where consumer = 'feed' limit 1`);
    return rows[0]!.epoch;
  }
});
