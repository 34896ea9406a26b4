import { holidayOn, weekdayName, weekdayOf } from '../calendar/working-days.ts';
import { sampleCentres } from '../demand/centres.ts';
import type { DayPlan } from './case-script.ts';

/** Why a day has no case at all; undefined when it has one. */
export function whyQuiet({ date, centres, cases }: DayPlan): string | undefined {
  if (cases.length > 0) return undefined;
  const holiday = holidayOn(date);
  if (holiday !== undefined) return `${date} is a public holiday (${holiday}): all centres are closed`;
  const taking = new Set(centres);
  const isOpen = sampleCentres().some(
    ({ slug, openingHours }) => taking.has(slug) && openingHours.has(weekdayOf(date)),
  );
  if (!isOpen) return `${date} is a ${weekdayName(date)}, when these centres are closed`;
  return `nobody comes to these centres on ${date}: so it is by chance at a few small ones; name more, or another seed`;
}
