/**
 * How busy an open hour is, by weekday and hour: the cells of Table 14. They add up the whole period of the report, so
 * they serve as weights and never as volumes. The seven empty cells and all hours outside the table weigh nothing.
 */
import { readTable } from '../sample-data/source-tables.ts';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Hours of the day for which the table has a line: 8 is 8.00 to 9.00. */
export const tableHours = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18] as const;

const cells = new Map(
  readTable('t14_demand_intensity.csv').map((row) => [
    `${weekdays.indexOf(row['weekday'] ?? '') + 1} ${row['hour']}`,
    Number(row['services_per_open_hour'] || 0),
  ]),
);

/** Weight of one open hour; weekday 1 is Monday. */
export const hourWeight = (weekday: number, hour: number): number => cells.get(`${weekday} ${hour}`) ?? 0;
