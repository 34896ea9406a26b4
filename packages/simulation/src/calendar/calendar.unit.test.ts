import { describe, expect, test } from 'vitest';
import { rigaClock, rigaDay, rigaInstant } from './riga-time.ts';
import { daysOfYear, isDay, isHoliday, isWorkingDay, weekdayOf, workingDayBefore } from './working-days.ts';

describe('working days', () => {
  test('are no weekends and no public holidays', () => {
    expect(isWorkingDay('2026-11-20')).toBe(true);
    expect(isWorkingDay('2026-11-21')).toBe(false);
    expect(isWorkingDay('2026-11-18')).toBe(false);
    expect(isWorkingDay('2026-04-03')).toBe(false);
  });

  test('leave out the day that follows 4 May or 18 November on a weekend', () => {
    expect(isHoliday('2023-11-20')).toBe(true);
    expect(isHoliday('2025-05-05')).toBe(true);
  });

  test('leave out 10 July 2023, after the closing day of the Song and Dance Festival', () => {
    expect(isHoliday('2023-07-10')).toBe(true);
    expect(isHoliday('2024-07-10')).toBe(false);
  });

  test('are about 250 a year', () => {
    expect(daysOfYear(2026)).toHaveLength(365);
    expect(daysOfYear(2024)).toHaveLength(366);
    expect(daysOfYear(2026).filter(isWorkingDay)).toHaveLength(250);
  });

  test('the one before a day skips weekends and holidays', () => {
    expect(workingDayBefore('2026-11-21')).toBe('2026-11-20');
    expect(workingDayBefore('2026-11-19')).toBe('2026-11-17');
    expect(workingDayBefore('2026-04-07')).toBe('2026-04-02');
  });

  test('are counted from Monday', () => {
    expect([weekdayOf('2026-11-16'), weekdayOf('2026-11-22')]).toEqual([1, 7]);
  });

  test('a text that is no day is recognised', () => {
    expect(isDay('2026-02-28')).toBe(true);
    for (const text of ['2026-02-30', '2026-13-01', '26-01-01', 'today', '2026-1-1', ''])
      expect(isDay(text), text).toBe(false);
  });
});

describe('time in Riga', () => {
  test('is two hours ahead of UTC in winter and three in summer', () => {
    expect(new Date(rigaInstant('2026-11-20', 8 * 60 + 30)).toISOString()).toBe('2026-11-20T06:30:00.000Z');
    expect(new Date(rigaInstant('2026-07-20', 8 * 60 + 30)).toISOString()).toBe('2026-07-20T05:30:00.000Z');
  });

  test('keeps the clock on the days on which summer time begins and ends', () => {
    for (const day of ['2026-03-29', '2026-10-25']) expect(rigaClock(rigaInstant(day, 9 * 60))).toBe('09:00');
  });

  test('takes parts of a minute', () => {
    expect(new Date(rigaInstant('2026-11-20', 8.25)).toISOString()).toBe('2026-11-19T22:08:15.000Z');
  });

  test('gives the day back', () => {
    expect(rigaDay(rigaInstant('2026-11-20', 1))).toBe('2026-11-20');
  });
});
