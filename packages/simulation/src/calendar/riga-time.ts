/** The clock on the wall of a centre: Europe/Riga, with its summer-time changes. Instants are milliseconds, UTC. */
import type { Day } from './working-days.ts';

const minute = 60_000;

const wallClock = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Riga',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});

/** What the clock in Riga shows, as if it were UTC. */
const shownAt = (instant: number): number => {
  const part = Object.fromEntries(wallClock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part['year'] ?? 0, (part['month'] ?? 1) - 1, part['day'], part['hour'], part['minute']);
};

/** The instant at which the clock in Riga shows so many minutes after midnight of a day. */
export function rigaInstant(day: Day, minutes: number): number {
  const wanted = Date.parse(`${day}T00:00:00Z`) + minutes * minute;
  // The offset is two or three hours and changes at night, when no centre is open: two steps always settle.
  let instant = wanted - 2 * 60 * minute;
  for (let step = 0; step < 2; step += 1) instant += wanted - (shownAt(instant) + (instant % minute));
  return instant;
}

/** The day that the calendar in Riga shows at an instant. */
export const rigaDay = (instant: number): Day => new Date(shownAt(instant)).toISOString().slice(0, 10);

/** Hour and minute as the clock in Riga shows them, `HH:MM`. */
export const rigaClock = (instant: number): string => new Date(shownAt(instant)).toISOString().slice(11, 16);
