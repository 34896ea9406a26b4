/** Opening hours of a centre: per weekday any number of periods, in the local time of Europe/Riga. */

export interface Period {
  /** `HH:MM`, 00:00–23:59. */
  readonly opens: string;
  /** `HH:MM`, later than `opens`; 24:00 is the end of the day. */
  readonly closes: string;
}

export interface DayHours {
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
  readonly periods: readonly Period[];
}

export type OpeningHours = readonly DayHours[];

export const timeZone = 'Europe/Riga';

const time = /^([01]\d|2[0-3]):[0-5]\d$/;

/** What is wrong with opening hours, in words; undefined when nothing is. Adjacent periods are no overlap. */
export function faultOf(hours: OpeningHours): string | undefined {
  const seen = new Set<number>();
  for (const { weekday, periods } of hours) {
    if (!Number.isInteger(weekday) || weekday < 1 || weekday > 7) return `weekday ${weekday} is not 1 (Monday) to 7`;
    if (seen.has(weekday)) return `weekday ${weekday} is given twice`;
    seen.add(weekday);
    const fault = faultOfDay(periods);
    if (fault !== undefined) return `weekday ${weekday}: ${fault}`;
  }
  return undefined;
}

function faultOfDay(periods: readonly Period[]): string | undefined {
  let before = '00:00';
  for (const { opens, closes } of periods) {
    if (!time.test(opens)) return `"${opens}" is not a time HH:MM`;
    if (!time.test(closes) && closes !== '24:00') return `"${closes}" is not a time HH:MM`;
    if (closes <= opens) return `${opens}–${closes} ends before it begins`;
    if (opens < before) return `${opens}–${closes} is not after the period before it, which ends ${before}`;
    before = closes;
  }
  return undefined;
}

/** In the order of the week, without days that have no period: the same hours are always the same data. */
export const inOrder = (hours: OpeningHours): OpeningHours =>
  hours
    .filter((day) => day.periods.length > 0)
    .map(({ weekday, periods }) => ({ weekday, periods: periods.map(({ opens, closes }) => ({ opens, closes })) }))
    .toSorted((a, b) => a.weekday - b.weekday);

const local = new Intl.DateTimeFormat('en-GB', {
  timeZone,
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Weekday (1 is Monday) and `HH:MM` on the wall clock in Riga, with its summer time. */
export function wallClock(instant: Date): { weekday: number; time: string } {
  const parts = Object.fromEntries(local.formatToParts(instant).map((part) => [part.type, part.value]));
  return { weekday: weekdays.indexOf(parts['weekday'] ?? '') + 1, time: `${parts['hour']}:${parts['minute']}` };
}

/** True when the centre is open at the instant: from the minute it opens until before the one in which it closes. */
export function isOpenAt(hours: OpeningHours, instant: Date): boolean {
  const { weekday, time } = wallClock(instant);
  const today = hours.find((day) => day.weekday === weekday);
  return today?.periods.some((period) => period.opens <= time && time < period.closes) ?? false;
}
