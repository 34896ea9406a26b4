/**
 * Invented opening hours by kind of centre, as `<weekday> <period> <period>; …`. Between them they cover every hour
 * for which Table 14 has a figure, also the late and the Saturday ones, and lunch breaks.
 */
export type OpeningPattern = string;

const days = (weekdays: string, hours: string): string =>
  weekdays
    .split('')
    .map((weekday) => `${weekday} ${hours}`)
    .join('; ');

const week = (...parts: readonly string[]): OpeningPattern =>
  parts
    .flatMap((part) => part.split('; '))
    .sort()
    .join('; ');

export const openingPatterns: Readonly<
  Record<'administrative_centre' | 'parish' | 'library', readonly OpeningPattern[]>
> = {
  administrative_centre: [
    week(
      days('1', '08:00-12:00 12:30-18:00'),
      days('234', '08:00-12:00 12:30-17:00'),
      days('5', '08:00-12:00 12:30-15:00'),
    ),
    week(days('14', '08:30-18:00'), days('23', '08:30-17:00'), days('5', '08:30-16:00')),
    week(days('12345', '08:00-17:00')),
    week(days('1', '09:00-12:00 13:00-19:00'), days('2345', '08:30-12:00 13:00-17:00'), days('6', '09:00-14:00')),
    week(days('135', '08:30-17:00'), days('24', '08:30-12:30 13:00-18:30')),
  ],
  parish: [
    week(days('12345', '08:30-12:00 13:00-16:30')),
    week(days('1', '08:00-12:00 13:00-18:00'), days('234', '08:00-12:00 13:00-17:00'), days('5', '08:00-14:00')),
    week(days('13', '09:00-12:30 13:00-17:00'), days('25', '09:00-13:00')),
    week(days('124', '08:30-12:00 12:45-17:00'), days('3', '10:00-14:00')),
  ],
  library: [
    week(days('2345', '10:00-13:00 14:00-18:00'), days('6', '10:00-14:00')),
    week(days('1235', '09:00-12:00 13:00-17:00')),
    week(days('24', '11:00-15:00 15:30-19:00'), days('35', '09:00-13:00'), days('6', '09:00-13:00')),
  ],
};
