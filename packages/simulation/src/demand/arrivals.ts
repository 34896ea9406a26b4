/**
 * When clients come to a centre: a Poisson process whose mean is the centre's part of the yearly total of its kind,
 * spread over the year by the weights of its open hours (Table 14), the seasons of the services and the public
 * holidays. Pure: the same seed, centre and day give the same arrivals.
 */
import { type Day, daysOfYear, isHoliday, weekdayOf } from '../calendar/working-days.ts';
import { pickerOf, randomFor } from '../chance/seeded-random.ts';
import type { Centre } from './centres.ts';
import { hourWeight, tableHours } from './intensity.ts';
import { openMinutes, type Period } from './opening-hours.ts';
import { seasonOf } from './seasons.ts';
import { type DemandKind, demandKinds, kindShare, servicesAsked, type WeightedService } from './service-mix.ts';
import { yearlyCases } from './yearly-volume.ts';

export interface Arrival {
  /** Minutes after midnight in Riga, whole. */
  readonly minute: number;
  readonly kind: DemandKind;
  readonly service: WeightedService;
}

const monthOf = (day: Day): number => Number(day.slice(5, 7));

/** Weight of an hour in which a centre is open for some minutes only. */
const weightOfHour = (weekday: number, hour: number, periods: readonly Period[]): number =>
  (hourWeight(weekday, hour) * openMinutes(periods, hour)) / 60;

const weightOfWeekday = (centre: Centre, weekday: number): number =>
  tableHours.reduce((sum, hour) => sum + weightOfHour(weekday, hour, centre.openingHours.get(weekday) ?? []), 0);

const isOpen = (centre: Centre, day: Day): boolean => centre.openingHours.has(weekdayOf(day)) && !isHoliday(day);

type KindAndService = { readonly kind: DemandKind; readonly service: WeightedService };

const demandAt = (centre: Centre): readonly KindAndService[] =>
  demandKinds.flatMap((kind) =>
    servicesAsked(kind, centre.municipalHolderId).map((service) => ({
      kind,
      service: { ...service, weight: service.weight * kindShare(kind) },
    })),
  );

const demandByHolder = new Map<string, readonly KindAndService[]>();

/** What is asked for at a centre and how often, over all kinds of demand; the weights add up to 1. */
function demandOf(centre: Centre): readonly KindAndService[] {
  const known = demandByHolder.get(centre.municipalHolderId) ?? demandAt(centre);
  demandByHolder.set(centre.municipalHolderId, known);
  return known;
}

const pickers = new Map<string, (part: number) => KindAndService>();

/** Draws what a client of a centre asks for in a month. */
function demandPicker(centre: Centre, month: number): (part: number) => KindAndService {
  const name = `${month} ${centre.municipalHolderId}`;
  const picker =
    pickers.get(name) ??
    pickerOf(demandOf(centre), ({ service }) => service.weight * seasonOf(service.holderId, month));
  pickers.set(name, picker);
  return picker;
}

/** How many cases a month brings against an average one: the seasons of the services, by their shares. */
const monthFactor = (centre: Centre, month: number): number =>
  demandOf(centre).reduce((sum, { service }) => sum + service.weight * seasonOf(service.holderId, month), 0);

const monthFactors = (centre: Centre): number[] => Array.from({ length: 13 }, (_, month) => monthFactor(centre, month));

/** How large the centres are against the average of their kind: half to one and a half. Invented. */
const sizeOf = (centre: Centre): number => 0.5 + randomFor('size of a centre', centre.slug).next();

/** Cases to expect at each centre on a day. */
export function expectedCases(centres: readonly Centre[], year: number): (centre: Centre, day: Day) => number {
  const sizes = new Map<string, number>();
  for (const { kind } of centres) sizes.set(kind, 0);
  for (const centre of centres) sizes.set(centre.kind, (sizes.get(centre.kind) ?? 0) + sizeOf(centre));
  const days = daysOfYear(year);
  const rates = new Map<string, { readonly perWeight: number; readonly months: readonly number[] }>();
  const rateOf = (centre: Centre) => {
    let rate = rates.get(centre.slug);
    if (rate === undefined) {
      const months = monthFactors(centre);
      const weekdays = Array.from({ length: 8 }, (_, weekday) => weightOfWeekday(centre, weekday));
      const weight = days
        .filter((day) => isOpen(centre, day))
        .reduce((sum, day) => sum + (weekdays[weekdayOf(day)] ?? 0) * (months[monthOf(day)] ?? 0), 0);
      const ofTheYear = (yearlyCases[centre.kind] * sizeOf(centre)) / (sizes.get(centre.kind) ?? 1);
      rate = { perWeight: weight > 0 ? ofTheYear / weight : 0, months };
      rates.set(centre.slug, rate);
    }
    return rate;
  };
  return (centre, day) => {
    if (!isOpen(centre, day)) return 0;
    const { perWeight, months } = rateOf(centre);
    return perWeight * weightOfWeekday(centre, weekdayOf(day)) * (months[monthOf(day)] ?? 0);
  };
}

/** The clients of a centre on a day, in the order in which they come. `mean` is what `expectedCases` says. */
export function arrivalsOf(seed: string, centre: Centre, day: Day, mean: number): Arrival[] {
  const random = randomFor(seed, 'arrivals', day, centre.slug);
  const weekday = weekdayOf(day);
  const periods = centre.openingHours.get(weekday) ?? [];
  if (mean <= 0) return [];
  const hourAt = pickerOf(tableHours, (hour) => weightOfHour(weekday, hour, periods));
  const demandFor = demandPicker(centre, monthOf(day));
  return Array.from({ length: random.poisson(mean) }, () => {
    const hour = hourAt(random.next());
    const { kind, service } = demandFor(random.next());
    return { minute: openMinuteOf(periods, hour, random.next()), kind, service };
  }).sort((one, other) => one.minute - other.minute);
}

/** A minute of the hour in which the centre is open, at a part (0 to 1) of the open ones. */
function openMinuteOf(periods: readonly Period[], hour: number, part: number): number {
  let rest = Math.floor(part * openMinutes(periods, hour));
  for (const { opens, closes } of periods) {
    const from = Math.max(opens, hour * 60);
    const minutes = Math.min(closes, hour * 60 + 60) - from;
    if (minutes > rest) return from + rest;
    if (minutes > 0) rest -= minutes;
  }
  throw new RangeError(`the centre is not open at ${hour}`);
}
