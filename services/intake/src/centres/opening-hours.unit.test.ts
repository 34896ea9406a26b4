import { describe, expect, test } from 'vitest';
import { faultOf, inOrder, isOpenAt, wallClock } from './opening-hours.ts';

const day = (weekday: number, ...periods: [string, string][]) => ({
  weekday,
  periods: periods.map(([opens, closes]) => ({ opens, closes })),
});

describe('opening hours', () => {
  test.each([
    ['none at all', []],
    ['several periods a day', [day(1, ['08:00', '12:00'], ['12:30', '17:00'])]],
    ['periods that touch', [day(1, ['08:00', '12:00'], ['12:00', '17:00'])]],
    ['a day to its end', [day(7, ['00:00', '24:00'])]],
    ['days in any order', [day(5, ['08:00', '15:00']), day(1, ['08:00', '17:00'])]],
  ])('%s: right', (_, hours) => {
    expect(faultOf(hours)).toBeUndefined();
  });

  test.each([
    ['overlap', [day(1, ['08:00', '12:00'], ['11:59', '17:00'])], 'not after the period before'],
    ['order', [day(1, ['13:00', '17:00'], ['08:00', '12:00'])], 'not after the period before'],
    ['end before begin', [day(1, ['17:00', '08:00'])], 'ends before it begins'],
    ['no length', [day(1, ['08:00', '08:00'])], 'ends before it begins'],
    ['no such hour', [day(1, ['25:00', '26:00'])], 'not a time'],
    ['no such minute', [day(1, ['08:60', '09:00'])], 'not a time'],
    ['one digit', [day(1, ['8:00', '09:00'])], 'not a time'],
    ['24:00 as a beginning', [day(1, ['24:00', '24:00'])], 'not a time'],
    ['weekday 0', [day(0, ['08:00', '09:00'])], 'not 1'],
    ['weekday 8', [day(8, ['08:00', '09:00'])], 'not 1'],
    ['half a weekday', [day(1.5, ['08:00', '09:00'])], 'not 1'],
    ['a day twice', [day(1, ['08:00', '09:00']), day(1, ['10:00', '11:00'])], 'given twice'],
  ])('%s: wrong', (_, hours, fault) => {
    expect(faultOf(hours)).toContain(fault);
  });

  test('the same hours are the same data, in the order of the week and without empty days', () => {
    expect(inOrder([day(5, ['08:00', '15:00']), day(6), day(1, ['08:00', '17:00'])])).toEqual([
      day(1, ['08:00', '17:00']),
      day(5, ['08:00', '15:00']),
    ]);
  });
});

describe('open at an instant', () => {
  const hours = [day(1, ['09:00', '12:00'], ['13:00', '18:00']), day(7, ['03:00', '04:00'])];

  test.each([
    ['2026-01-05T06:59:59Z', false, 'winter: 08:59 in Riga'],
    ['2026-01-05T07:00:00Z', true, 'winter: 09:00'],
    ['2026-01-05T10:00:00Z', false, 'the lunch break begins at its minute'],
    ['2026-01-05T11:00:00Z', true, 'and ends at its minute'],
    ['2026-07-06T06:00:00Z', true, 'summer: 09:00 is an hour earlier in UTC'],
    ['2026-07-06T15:00:00Z', false, 'summer: 18:00'],
    ['2026-01-06T08:00:00Z', false, 'another day'],
    ['2026-03-29T01:00:00Z', false, 'the clock jumps from 03:00 to 04:00: the hour does not exist'],
    ['2026-03-29T00:59:59Z', false, '02:59 before the jump'],
    ['2026-10-25T00:30:00Z', true, '03:30 before the clock goes back'],
    ['2026-10-25T01:30:00Z', true, '03:30 once more'],
    ['2026-10-25T02:00:00Z', false, '04:00'],
  ])('%s: %s (%s)', (instant, open) => {
    expect(isOpenAt(hours, new Date(instant))).toBe(open);
  });

  test('midnight is 00:00 of the new day', () => {
    expect(wallClock(new Date('2026-01-04T22:00:00Z'))).toEqual({ weekday: 1, time: '00:00' });
  });
});
