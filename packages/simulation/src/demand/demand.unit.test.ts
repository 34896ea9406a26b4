import { describe, expect, test } from 'vitest';
import { daysOfYear, isHoliday, weekdayOf } from '../calendar/working-days.ts';
import { pickerOf, randomFor, xoshiro128 } from '../chance/seeded-random.ts';
import { readTable } from '../sample-data/source-tables.ts';
import { arrivalsOf, expectedCases } from './arrivals.ts';
import { sampleCentres } from './centres.ts';
import { fillUpTo } from './fill-up-to.ts';
import { hourWeight } from './intensity.ts';
import { openMinutes, parseOpeningHours } from './opening-hours.ts';
import { seasonOf } from './seasons.ts';
import { type DemandedService, demandKinds, kindShare, mixes, servicesAsked } from './service-mix.ts';
import { yearlyCases, yearlyTotal } from './yearly-volume.ts';

const centres = sampleCentres();

/** All arrivals of the network in a year, centre by centre. */
const year = (() => {
  const expected = expectedCases(centres, 2025);
  return centres.flatMap((centre) =>
    daysOfYear(2025).flatMap((day) =>
      arrivalsOf('a year', centre, day, expected(centre, day)).map((arrival) => ({ ...arrival, centre, day })),
    ),
  );
})();

describe('the weights of Table 14', () => {
  test('are the cells of the table', () => {
    expect(hourWeight(1, 8)).toBe(16.5);
    expect(hourWeight(5, 17)).toBe(178);
    expect(hourWeight(6, 13)).toBe(24);
  });

  test('are nothing in the seven empty cells and outside the table', () => {
    const empty = [
      [5, 18],
      [6, 8],
      [6, 14],
      [6, 15],
      [6, 16],
      [6, 17],
      [6, 18],
    ] as const;
    expect(readTable('t14_demand_intensity.csv').filter((row) => row['services_per_open_hour'] === '')).toHaveLength(7);
    for (const [weekday, hour] of [...empty, [7, 10], [1, 7], [1, 19]] as const)
      expect(hourWeight(weekday, hour)).toBe(0);
  });
});

describe('opening hours', () => {
  test('are read with their lunch breaks', () => {
    const hours = parseOpeningHours('1 08:30-12:00 12:30-17:00; 6 10:00-14:00');
    expect(hours.get(1)).toEqual([
      { opens: 510, closes: 720 },
      { opens: 750, closes: 1020 },
    ]);
    expect(openMinutes(hours.get(1) ?? [], 8)).toBe(30);
    expect(openMinutes(hours.get(1) ?? [], 12)).toBe(30);
    expect(openMinutes(hours.get(1) ?? [], 17)).toBe(0);
  });

  test.each([
    '',
    '8 08:00-12:00',
    '1 12:00-08:00',
    '1 08:00-12:00 11:00-13:00',
    '1 08:00-12:00; 1 13:00-14:00',
    '1 08:00-25:00',
  ])('that make no sense are refused: %s', (text) => expect(() => parseOpeningHours(text)).toThrow(RangeError));
});

describe('a season', () => {
  test('moves cases within the year and keeps their number', () => {
    for (const holder of ['vid', 'lad', 'vsaa']) {
      const months = Array.from({ length: 12 }, (_, index) => seasonOf(holder, index + 1));
      expect(months.reduce((sum, factor) => sum + factor, 0)).toBeCloseTo(12);
    }
    expect(seasonOf('vid', 3)).toBeGreaterThan(seasonOf('vid', 9));
    expect(seasonOf('lad', 5)).toBeGreaterThan(seasonOf('lad', 3));
  });
});

describe('the services asked for', () => {
  test('cover the part of all services that the tables state', () => {
    expect(1 - mixes.desk.rest / mixes.desk.total).toBeLessThan(0.726);
    expect(mixes.desk.total).toBeCloseTo(75451 / 0.726);
    expect(mixes.remote.total).toBeCloseTo(40220 / 0.673);
  });

  test('have weights that add up to one, in each kind of demand', () => {
    for (const kind of demandKinds) {
      const total = servicesAsked(kind, 'cesu-novada-pasvaldiba').reduce((sum, { weight }) => sum + weight, 0);
      expect(total).toBeCloseTo(1, 9);
    }
    expect(demandKinds.reduce((sum, kind) => sum + kindShare(kind), 0)).toBeCloseTo(1);
  });

  test('know the count of LAD that the text of Table 8 has lost', () => {
    expect(mixes.desk.named.find(({ holderId }) => holderId === 'lad')?.weight).toBe(1920);
  });

  test('outside the fifteen come no more often than the last of them', () => {
    for (const kind of ['desk', 'remote'] as const) {
      const { named, total } = mixes[kind];
      const last = Math.min(...named.map(({ weight }) => weight)) / total;
      const others = servicesAsked(kind, 'cesu-novada-pasvaldiba').slice(named.length);
      expect(others.length).toBeGreaterThan(100);
      for (const { weight, titleLv } of others) expect(weight, titleLv).toBeLessThanOrEqual(last * (1 + 1e-9));
    }
  });

  test('share out what is left in proportion, up to a cap', () => {
    expect(fillUpTo(10, 12, [1, 1, 2]).amounts).toEqual([3, 3, 6]);
    expect(fillUpTo(4, 10, [1, 1, 8]).amounts).toEqual([3, 3, 4]);
    expect(fillUpTo(2, 9, [1, 1])).toEqual({ amounts: [2, 2], left: 5 });
    expect(fillUpTo(2, 9, [])).toEqual({ amounts: [], left: 9 });
  });

  test('never are collective rows', () => {
    const titles = demandKinds
      .flatMap((kind) => servicesAsked(kind, 'cesu-novada-pasvaldiba'))
      .map(({ titleLv }) => titleLv);
    expect(titles.filter((title) => /^cits$|neidentificēts|kopējais/i.test(title))).toEqual([]);
  });
});

describe('a year of arrivals', () => {
  test('comes within 5 % of the stated total, in the network and in each kind of centre', () => {
    expect(yearlyTotal).toBe(242_000);
    expect(Math.abs(year.length / yearlyTotal - 1)).toBeLessThan(0.05);
    for (const [kind, total] of Object.entries(yearlyCases)) {
      const arrived = year.filter(({ centre }) => centre.kind === kind).length;
      expect(Math.abs(arrived / total - 1), `${kind}: ${arrived}`).toBeLessThan(0.05);
    }
  });

  test('has nobody come when the centre is closed: outside its hours, in the lunch break, on a holiday', () => {
    const wrong = year.filter(({ centre, day, minute }) => {
      const periods = centre.openingHours.get(weekdayOf(day)) ?? [];
      return isHoliday(day) || !periods.some(({ opens, closes }) => minute >= opens && minute < closes);
    });
    expect(wrong).toEqual([]);
  });

  test('spreads over the hours of a centre by the weights of the table', () => {
    const always = { ...centres[0]!, openingHours: parseOpeningHours('1 08:00-19:00') };
    const hours = Array.from({ length: 60 }, (_, week) => arrivalsOf(`week ${week}`, always, '2025-03-03', 400)).flat();
    const total = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18].reduce((sum, hour) => sum + hourWeight(1, hour), 0);
    for (const hour of [8, 12, 18]) {
      const share = hours.filter(({ minute }) => Math.floor(minute / 60) === hour).length / hours.length;
      expect(Math.abs(share - hourWeight(1, hour) / total), `hour ${hour}`).toBeLessThan(0.01);
    }
  });

  test('asks for the services by the shares of Tables 8, 9 and 10', () => {
    for (const kind of demandKinds) {
      const ofKind = year.filter((arrival) => arrival.kind === kind);
      expect(Math.abs(ofKind.length / year.length - kindShare(kind)), kind).toBeLessThan(0.005);
      for (const named of mixes[kind].named) {
        const same = ({ titleLv, holderId }: DemandedService) =>
          titleLv === named.titleLv && holderId === named.holderId;
        const asked = ofKind.filter(({ service }) => same(service)).length;
        const weight = servicesAsked(kind, 'x').filter(same)[0]?.weight ?? 0;
        // Four standard deviations of the share that chance would give.
        const tolerance = 4 * Math.sqrt((weight * (1 - weight)) / ofKind.length);
        expect(Math.abs(asked / ofKind.length - weight), named.titleLv).toBeLessThan(tolerance);
      }
    }
  });

  test('has the peaks of the report: VID in March, LAD in April and May', () => {
    const inMonth = (holder: string, month: string) =>
      year.filter(({ day, service }) => service.holderId === holder && day.slice(5, 7) === month).length;
    expect(inMonth('vid', '03')).toBeGreaterThan(1.4 * inMonth('vid', '09'));
    expect(inMonth('lad', '05')).toBeGreaterThan(2 * inMonth('lad', '09'));
  });
});

describe('chance', () => {
  test('is the same for the same parts and another one for others', () => {
    const numbers = (...parts: string[]) => Array.from({ length: 5 }, randomFor(...parts).next);
    expect(numbers('a', 'b')).toEqual(numbers('a', 'b'));
    expect(numbers('a', 'b')).not.toEqual(numbers('ab'));
  });

  test('is the generator of its authors: the first numbers from the state 1, 2, 3, 4', () => {
    expect(Array.from({ length: 4 }, xoshiro128([1, 2, 3, 4]))).toEqual([11520, 0, 5927040, 70819200]);
  });

  test('picks by weight, never what weighs nothing', () => {
    const pick = pickerOf(['a', 'b', 'c', 'd'], (item) => ({ a: 0, b: 1, c: 3, d: 0 })[item] ?? 0);
    expect([0, 0.2499, 0.25, 0.9999].map(pick)).toEqual(['b', 'b', 'c', 'c']);
    expect(() => pickerOf(['a'], () => 0)).toThrow(RangeError);
  });

  test('is even, and Poisson numbers have their mean and variance', () => {
    const random = randomFor('even');
    const numbers = Array.from({ length: 20_000 }, random.next);
    expect(numbers.reduce((sum, number) => sum + number, 0) / numbers.length).toBeCloseTo(0.5, 2);
    const counts = Array.from({ length: 20_000 }, () => random.poisson(45));
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    expect(Math.abs(mean - 45)).toBeLessThan(0.3);
    expect(Math.abs(variance - 45)).toBeLessThan(2);
  });
});
