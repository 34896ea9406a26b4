/** The stream and the topic of a partner, on the real servers: numbered without a gap, each event once. */
import { randomUUID } from 'node:crypto';
import { createKafkaSubscriber, readTopics } from '@vienuviet/event-bus';
import { codec, type PartnerCaseEvent } from '@vienuviet/schemas';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { type BusWriter, eventually } from '@vienuviet/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partnerGateway } from '../service.ts';
import { caseOf, intakeOf } from '../tests/intake.ts';
import { partnerStream, partnerTopic } from './partner-stream.ts';

const [vsaa, nva] = ['90001669496', '90001634668'] as const;
const service = randomUUID();
let bed: TestService;
let intake: BusWriter;

beforeAll(async () => {
  bed = await startTestService(partnerGateway);
  intake = intakeOf(bed);
  await bed.another();
});
afterAll(() => bed?.close());

async function command(path: string, payload?: object) {
  const headers = {
    ...(await bed.issuer.as('engineer', [{ role: 'integration_engineer' }])),
    'idempotency-key': randomUUID(),
  };
  const url = `/v1/partner-subscriptions${path}`;
  return bed.service.app.inject({ method: 'POST', url, headers, ...(payload === undefined ? {} : { payload }) });
}

/** Opens or ends a subscription, and waits until the reaction knows. */
async function settled(answer: Awaited<ReturnType<typeof command>>): Promise<void> {
  expect(answer.statusCode).toBeLessThan(300);
  const { stream, version } = answer.json();
  const headers = await bed.issuer.as('engineer', [{ role: 'integration_engineer' }]);
  const url = `/v1/partner-subscriptions?after=${stream}@${version}`;
  expect((await bed.service.app.inject({ url, headers })).statusCode).toBe(200);
}
const open = async (registrationNumber: string, holderId: string) =>
  settled(await command('', { registrationNumber, holderId }));
const end = async (registrationNumber: string) => settled(await command(`/${registrationNumber}/end`));

const stored = async (number: string): Promise<PartnerCaseEvent[]> =>
  (await bed.service.context.store.readStream(partnerStream(number))).map(({ data }) => data as PartnerCaseEvent);

const toldOf = async (number: string, caseId: string, count: number): Promise<PartnerCaseEvent[]> =>
  eventually(`${count} events for ${number}`, async () => {
    const events = (await stored(number)).filter((event) => event.caseId === caseId);
    return events.length >= count ? events : undefined;
  });

const onTopic = (number: string) => read(partnerTopic(number));

async function read(topic: string) {
  const { kafkaBrokers: brokers, topicPrefix } = bed.storeConfig;
  const subscriber = createKafkaSubscriber({ brokers, topicPrefix, clientId: 'test' });
  try {
    return (await readTopics(subscriber, [topic], `reader-${randomUUID()}`)).flat();
  } finally {
    await subscriber.close();
  }
}

/** What has to hold whatever happened before. */
async function expectUnbroken(number: string): Promise<void> {
  const all = await stored(number);
  expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1));
  const messages = await eventually('the topic', async () => {
    const there = await onTopic(number);
    return there.length >= all.length ? there : undefined;
  });
  expect(messages.map(({ value }) => codec.decode(value!).data)).toEqual(all);
  expect(new Set(messages.map(({ partition, key }) => `${partition} ${key}`))).toEqual(
    new Set([`0 ${partnerStream(number)}`]),
  );
}

describe('a partner', () => {
  test('is told of its holder’s cases on its own topic, numbered without a gap', async () => {
    await open(vsaa, 'vsaa');
    const own = caseOf();
    const foreign = caseOf();
    await intake.append(foreign.stream, foreign.registered('nva', service));
    const events = [
      own.registered('vsaa', service),
      own.claimed(),
      own.requested('vsaa', service),
      own.accepted('vsaa'),
    ];
    await intake.append(own.stream, ...events);
    const told = await toldOf(vsaa, own.caseId, 3);
    expect(told.map(({ happened }) => happened)).toEqual(['registered', 'requested', 'accepted']);
    expect((await stored(vsaa)).some(({ caseId }) => caseId === foreign.caseId)).toBe(false);
    await expectUnbroken(vsaa);
  });

  test('is told of many cases at once by two instances, each event once', async () => {
    const cases = Array.from({ length: 60 }, () => caseOf());
    const before = (await stored(vsaa)).length;
    for (const each of cases) {
      await intake.append(each.stream, each.registered('vsaa', service), each.requested('vsaa', service));
    }
    await eventually('all', async () => ((await stored(vsaa)).length >= before + 120 ? true : undefined), 30_000);
    await expectUnbroken(vsaa);
  }, 60_000);

  test('loses a case that is re-addressed, and the new one gets its history first', async () => {
    await open(nva, 'nva');
    const each = caseOf();
    const begin = [each.registered('vsaa', service), each.requested('vsaa', service), each.rejected('vsaa')];
    await intake.append(each.stream, ...begin, each.requested('nva', service), each.accepted('nva'));
    const marks = ({ happened, history, closing }: PartnerCaseEvent) => [happened, history, closing];
    expect((await toldOf(nva, each.caseId, 5)).map(marks)).toEqual([
      ['registered', true, false],
      ['requested', true, false],
      ['rejected_as_wrong_authority', true, false],
      ['requested', false, false],
      ['accepted', false, false],
    ]);
    expect((await toldOf(vsaa, each.caseId, 4)).map(marks).slice(2)).toEqual([
      ['rejected_as_wrong_authority', false, false],
      ['readdressed', false, true],
    ]);
    await expectUnbroken(vsaa);
    await expectUnbroken(nva);
  });

  test('is told nothing more after the end, and goes on with the next number when it comes again', async () => {
    const each = caseOf();
    await intake.append(each.stream, each.registered('vsaa', service));
    await toldOf(vsaa, each.caseId, 1);
    await end(vsaa);
    const before = (await stored(vsaa)).length;
    const other = caseOf();
    await intake.append(each.stream, each.requested('vsaa', service));
    // The partition of each case tells that its event was looked at.
    await intake.append(other.stream, other.registered('nva', service));
    await toldOf(nva, other.caseId, 1);
    await eventually('the event was looked at', async () => {
      const { rows } = await bed.service.context.writer.query(
        'select 1 from partner_gateway.followed_case where case_id = $1 and version = 2',
        [each.caseId],
      );
      return rows.length === 1 ? true : undefined;
    });
    expect(await stored(vsaa)).toHaveLength(before);
    await open(vsaa, 'vsaa');
    await intake.append(each.stream, each.accepted('vsaa'));
    const told = await toldOf(vsaa, each.caseId, 3);
    expect(told.map(({ happened, history }) => [happened, history])).toEqual([
      ['registered', false],
      ['requested', true],
      ['accepted', false],
    ]);
    await expectUnbroken(vsaa);
  });

  test('gets nothing twice when every event of the cases comes again', async () => {
    const before = await Promise.all([stored(vsaa), stored(nva)]);
    // As from a Kafka that was filled again, by a reaction that forgot which versions it has seen.
    const owner = new pg.Client({ connectionString: bed.database.ownerUrl });
    await owner.connect();
    await owner.query('delete from event_bus.reaction_versions');
    await owner.end();
    const all = await read('intake.case');
    for (const { topic, partition, key, value, headers } of all) {
      await bed.publisher.publish([{ topic, partition, key, value: value!, headers }]);
    }
    const last = caseOf();
    await intake.append(last.stream, last.registered('vsaa', service));
    await toldOf(vsaa, last.caseId, 1);
    const drained = async () => {
      const { rows } = await bed.service.context.writer.query(
        `select coalesce(sum(next_offset), 0)::int as read from event_bus.consumer_offsets where consumer = 'case_events'`,
      );
      return rows[0].read >= all.length * 2 + 1 ? true : undefined;
    };
    await eventually('everything was read again', drained, 30_000);
    expect((await stored(vsaa)).filter(({ caseId }) => caseId !== last.caseId)).toEqual(before[0]);
    expect(await stored(nva)).toEqual(before[1]);
  }, 60_000);
});
