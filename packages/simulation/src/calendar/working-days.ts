/**
 * Working days of Latvia: public holidays from the package date-holidays, which knows the days that follow 4 May and
 * 18 November when these fall on a weekend, and corrections as data for what it does not know. Moved working days of
 * state-budget institutions are left out: the centres belong to municipalities, which need not follow them.
 */
import Holidays from 'date-holidays';

/** A calendar day, `YYYY-MM-DD`. */
export type Day = string;

/** Days off that the package does not know: the Monday after the closing day of the Song and Dance Festival. */
const holidaysBesideThePackage: readonly (readonly [Day, string])[] = [
  ['2023-07-10', 'day after the Song and Dance Festival'],
];

const latvia = new Holidays('LV');
const holidaysOfYear = new Map<number, ReadonlyMap<Day, string>>();

/** Names of the holidays of a year by their day. */
function holidays(year: number): ReadonlyMap<Day, string> {
  let days = holidaysOfYear.get(year);
  if (days === undefined) {
    days = new Map([
      ...latvia
        .getHolidays(year, 'en')
        .filter(({ type }) => type === 'public')
        .map(({ date, name }) => [date.slice(0, 10), name] as const),
      ...holidaysBesideThePackage,
    ]);
    holidaysOfYear.set(year, days);
  }
  return days;
}

/** True for `YYYY-MM-DD` that is in the calendar. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && dayAfter(text, 0) === text;

export const dayAfter = (day: Day, days: number): Day => {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
};

/** 1 is Monday, 7 is Sunday. */
export const weekdayOf = (day: Day): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7;

const weekdayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export const weekdayName = (day: Day): string => weekdayNames[weekdayOf(day) - 1] ?? '';

/** The English name of the public holiday on a day; undefined when it is none. */
export const holidayOn = (day: Day): string | undefined => holidays(Number(day.slice(0, 4))).get(day);

export const isHoliday = (day: Day): boolean => holidayOn(day) !== undefined;

export const isWorkingDay = (day: Day): boolean => weekdayOf(day) <= 5 && !isHoliday(day);

/** The newest working day before a day. */
export function workingDayBefore(day: Day): Day {
  let before = dayAfter(day, -1);
  while (!isWorkingDay(before)) before = dayAfter(before, -1);
  return before;
}

export const daysOfYear = (year: number): Day[] => {
  const days: Day[] = [];
  for (let day = `${year}-01-01`; day.startsWith(String(year)); day = dayAfter(day, 1)) days.push(day);
  return days;
};
