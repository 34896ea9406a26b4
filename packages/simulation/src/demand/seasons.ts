/**
 * Months that are busier for some services: income declarations to VID in March, area payments of LAD in April and May
 * (the peaks that the report names; how high they are is an assumption). A season moves a service's cases within the
 * year and leaves its share of the year as it is.
 */

/** Holder → months (1 to 12) and how often the cases of a plain month come then. */
const peaks: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  vid: { 2: 1.2, 3: 2, 4: 1.3, 5: 1.2, 6: 1.1 },
  lad: { 4: 3, 5: 3.5, 6: 1.3 },
};

const months = Array.from({ length: 12 }, (_, index) => index + 1);

/** Cases of a holder's services in a month, against an average month. */
export function seasonOf(holderId: string, month: number): number {
  const peak = peaks[holderId];
  if (peak === undefined) return 1;
  const average = months.reduce((sum, each) => sum + (peak[each] ?? 1), 0) / months.length;
  return (peak[month] ?? 1) / average;
}
