import { codec, topics } from '@vienuviet/schemas';
import { describe, expect, test } from 'vitest';
import type { FoundConsumer } from '../services.ts';
import { isWanted } from './event-filter.ts';
import type { EventBusMessage } from './message-headers.ts';
import { newest } from './newest.ts';
import { type ShownEvent, shownEvent } from './shown-event.ts';
import { timeOf } from './time-of.ts';
import { overviewOf } from './topic-overview.ts';

const now = Date.parse('2026-11-21T10:00:00Z');
const caseId = '5b0d3bb5-7a0c-4d5f-8b3f-0d3bb57a0c4d';
const released = codec.encode('intake.CaseReleased', { caseId, occurredAt: now, actorId: 'clerk.cesis.1' });

const message = (change: Partial<EventBusMessage> = {}): EventBusMessage => ({
  topic: 'intake.case',
  partition: 3,
  offset: 1042n,
  key: `case-${caseId}`,
  value: released.payload,
  headers: { ce_type: 'lv.vienuviet.intake.CaseReleased.v1', ce_time: '2026-11-21T09:00:00.000Z', ce_sequence: '2' },
  timestamp: new Date('2026-11-21T09:00:01Z'),
  ...change,
});

describe('a message', () => {
  test('is shown with its event decoded', () => {
    expect(shownEvent(message(), codec)).toEqual({
      topic: 'intake.case',
      partition: 3,
      offset: '1042',
      key: `case-${caseId}`,
      type: 'intake.CaseReleased',
      time: '2026-11-21T09:00:00.000Z',
      version: 2,
      data: expect.objectContaining({ caseId, actorId: 'clerk.cesis.1' }),
    });
  });

  test.each([
    ['undecodable bytes', { value: Buffer.from('nonsense') }],
    ['a schema that nobody knows', { value: Buffer.from([0, 0, 0, 99, 99, 1]) }],
    ['no value', { value: null }],
  ])('with %s is shown with the reason, and hides nothing', (_, change) => {
    expect(shownEvent(message(change), codec)).toMatchObject({ key: `case-${caseId}`, fault: expect.any(String) });
  });

  test('without our headers has the time of the broker', () => {
    const shown = shownEvent(message({ headers: {}, value: Buffer.from('x') }), codec);
    expect(shown).toMatchObject({ type: null, version: null, time: '2026-11-21T09:00:01.000Z', data: '78' });
  });
});

describe('a filter', () => {
  const event = shownEvent(message(), codec);

  test.each([
    [{}, true],
    [{ key: `case-${caseId}` }, true],
    [{ key: caseId }, true],
    [{ key: 'case-other' }, false],
    [{ types: ['CaseReleased'] }, true],
    [{ types: ['CaseClosed', 'intake.CaseReleased'] }, true],
    [{ types: ['Released'] }, false],
    [{ since: now - 3_600_000 }, true],
    [{ since: now - 3_599_999 }, false],
    [{ until: now - 3_600_000 }, true],
    [{ until: now - 3_600_001 }, false],
    [{ key: caseId, types: ['CaseClosed'] }, false],
  ])('%o lets an event pass: %s', (filter, passes) => expect(isWanted(filter, event)).toBe(passes));
});

describe('a time', () => {
  test.each([
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T08:30', '2026-11-20T08:30:00.000Z'],
    ['2026-11-20T08:30:15.5Z', '2026-11-20T08:30:15.500Z'],
    ['2026-11-20T08:30+02:00', '2026-11-20T06:30:00.000Z'],
    ['90s', '2026-11-21T09:58:30.000Z'],
    ['2h', '2026-11-21T08:00:00.000Z'],
    ['3d', '2026-11-18T10:00:00.000Z'],
  ])('%s is %s', (text, instant) => expect(new Date(timeOf(text, now)).toISOString()).toBe(instant));

  test.each(['', 'now', '2h30m', '20-11-2026', '2026-11-20 08:30', '2026-13-01'])('is not %s', (text) =>
    expect(() => timeOf(text, now)).toThrow('must be a time'),
  );
});

describe('the newest events', () => {
  const at = (time: number, offset = 0): ShownEvent => ({
    ...shownEvent(message(), codec),
    time: new Date(time).toISOString(),
    offset: String(offset),
  });

  test('are kept out of many, in the order of time and place', () => {
    const kept = newest(3);
    const times = Array.from({ length: 5_000 }, (_, index) => (index * 7919) % 5_003);
    for (const time of times) kept.add(at(time));
    expect(kept.inOrder().map(({ time }) => Date.parse(time))).toEqual(times.toSorted((a, b) => a - b).slice(-3));
  });

  test('of one instant are in the order of their offsets, as numbers', () => {
    const kept = newest(5);
    for (const offset of [10, 9, 100]) kept.add(at(0, offset));
    expect(kept.inOrder().map(({ offset }) => offset)).toEqual(['9', '10', '100']);
  });
});

describe('the overview of a topic', () => {
  const topic = topics.find(({ name }) => name === 'intake.case')!;
  const ranges = [
    { partition: 0, low: 0n, high: 100n },
    { partition: 1, low: 10n, high: 50n },
  ];
  const consumer = (service: string, offsets: readonly string[], source = 'intake.case'): FoundConsumer => ({
    service,
    name: 'facts',
    kind: 'projection',
    status: 'running',
    code: null,
    trouble: null,
    parkedKeys: 0,
    rebuild: null,
    asOf: offsets.map((offset, partition) => ({ topic: source, partition, offset, lastEventAt: null, lag: 0 })),
  });

  test('counts messages and how far behind each reader is', () => {
    expect(overviewOf(topic, ranges, [consumer('reporting', ['89', '49'])])).toEqual({
      topic: 'intake.case',
      partitions: 2,
      messages: 140,
      consumers: [{ name: 'reporting/facts', lag: 10 }],
    });
  });

  test('counts a partition that was never read in full', () => {
    expect(overviewOf(topic, ranges, [consumer('reporting', ['99'])]).consumers).toEqual([
      { name: 'reporting/facts', lag: 40 },
    ]);
  });

  test('has no readers that only read their own store', () => {
    expect(overviewOf(topic, ranges, [consumer('intake', ['1'], 'store')]).consumers).toEqual([]);
  });

  test('has every service that reads it, also one that came later', () => {
    expect(overviewOf(topic, ranges, [consumer('visits', ['99', '49'])]).consumers).toEqual([
      { name: 'visits/facts', lag: 0 },
    ]);
  });
});
