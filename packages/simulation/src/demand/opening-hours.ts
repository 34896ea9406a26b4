/** Opening hours of a centre as its file states them: `1 08:30-12:00 13:00-17:00; 2 …`, Monday is 1. */

/** Minutes after midnight. */
export interface Period {
  readonly opens: number;
  readonly closes: number;
}

/** Periods by weekday, 1 to 7; a day without any is missing. */
export type OpeningHours = ReadonlyMap<number, readonly Period[]>;

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/** Throws on what is no opening hours: periods must follow one another within a day. */
export function parseOpeningHours(text: string): OpeningHours {
  const hours = new Map<number, Period[]>();
  for (const part of text.split(';').map((day) => day.trim())) {
    if (!/^[1-7]( \d\d:\d\d-\d\d:\d\d)+$/.test(part)) throw new RangeError(`no opening hours of a day: "${part}"`);
    const periods = part
      .slice(2)
      .split(' ')
      .map((period) => ({ opens: minutesOf(period.slice(0, 5)), closes: minutesOf(period.slice(6)) }));
    const instants = periods.flatMap(({ opens, closes }) => [opens, closes]);
    const inOrder = instants.every(
      (instant, index) => instant <= 1440 && (index === 0 || instant > instants[index - 1]!),
    );
    const weekday = Number(part[0]);
    if (!inOrder || hours.has(weekday)) throw new RangeError(`opening hours out of order: "${part}"`);
    hours.set(weekday, periods);
  }
  return hours;
}

/** Minutes of an hour of the day (8 is 8.00 to 9.00) in which a day's periods are open. */
export const openMinutes = (periods: readonly Period[], hour: number): number =>
  periods.reduce(
    (sum, { opens, closes }) => sum + Math.max(0, Math.min(closes, hour * 60 + 60) - Math.max(opens, hour * 60)),
    0,
  );
