import { describe, expect, test } from 'vitest';
import { freshness } from './as-of.ts';

const now = new Date('2026-11-02T09:00:10.000Z');
const reached = (
  offset: number,
  endOffset: number,
  lastEventAt: string | null,
  checkedAt = '2026-11-02T09:00:05+00:00',
) => ({
  topic: 'intake.case',
  partition: 0,
  offset,
  endOffset,
  lastEventAt,
  checkedAt,
});

describe('what a report says about its freshness', () => {
  test('nothing waits: no lag, however old the last event is', () => {
    expect(freshness([reached(41, 42, '2026-11-01T09:00:00+00:00')], now)).toEqual({
      asOf: [{ topic: 'intake.case', partition: 0, offset: 41, lastEventAt: '2026-11-01T09:00:00.000Z' }],
      lag: { events: 0, seconds: 0, checkedAt: '2026-11-02T09:00:05.000Z' },
    });
  });

  test('events that wait are added up, and the oldest figures tell the seconds', () => {
    const partitions = [
      reached(1, 5, '2026-11-02T09:00:07.500+00:00'),
      reached(9, 10, '2026-11-02T08:00:00+00:00'),
      reached(0, 2, '2026-11-02T09:00:09+00:00'),
    ];
    expect(freshness(partitions, now).lag).toMatchObject({ events: 4, seconds: 2.5 });
  });

  test('before the first event there is no time to tell', () => {
    expect(freshness([reached(-1, 3, null)], now)).toMatchObject({
      asOf: [{ offset: -1, lastEventAt: null }],
      lag: { events: 3, seconds: 0 },
    });
    expect(freshness([], now)).toEqual({ asOf: [], lag: { events: 0, seconds: 0, checkedAt: null } });
  });

  test('Kafka did not answer for a while: nobody knows what waits, and the silence is the lag', () => {
    const partitions = [
      reached(41, 42, '2026-11-01T09:00:00+00:00', '2026-11-02T08:58:10+00:00'),
      reached(9, 10, '2026-11-02T08:00:00+00:00'),
    ];
    expect(freshness(partitions, now).lag).toEqual({
      events: 0,
      seconds: 120,
      checkedAt: '2026-11-02T08:58:10.000Z',
    });
  });
});
