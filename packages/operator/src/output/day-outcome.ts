import type { ChannelService, DayOutcome, Difference } from '@vienuviet/simulation';
import { tableLines } from './table.ts';

/** Differences that are printed; the file has all. */
const mostShown = 30;

const count = (value: number): string => Math.round(value).toLocaleString('en-GB');

/** What came out of a day, for people: top services by channel, cases by state, and the comparison. */
export function outcomeText(outcome: DayOutcome, width?: number): string {
  const blocks = [
    heading(outcome),
    [`Top services by channel, of all days played on ${outcome.date}`, ...topServices(outcome.topServices, width)],
    [`Cases by state, of all days played on ${outcome.date}`, ...states(outcome.casesByState)],
    comparison(outcome, width),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const heading = (day: DayOutcome): string[] => [
  `${day.date}, seed ${day.seed}: ${count(day.cases)} cases at ${count(day.centres)} centres, ${count(day.commands)} commands in ${count(day.seconds)} s`,
  ...(day.quiet === undefined ? [] : [`No cases: ${day.quiet}.`]),
  `${count(day.duplicates)} commands sent twice, ${count(day.rivals)} claims by two clerks at once, ${count(day.retries)} tries again, ${count(day.countedServices)} services counted`,
  `plan ${day.digest.slice(0, 16)}`,
];

const topServices = (services: readonly ChannelService[], width: number | undefined): string[] =>
  tableLines(
    services,
    [
      { title: 'CHANNEL', value: ({ channel, rank }) => (rank === 1 ? channel : '') },
      { title: '#', value: ({ rank }) => rank },
      { title: 'COUNTED', value: ({ counted }) => counted },
      { title: 'CASES', value: ({ opened }) => opened },
      { title: 'SERVICE', value: ({ title }) => title, flexible: true },
      { title: 'HOLDER', value: ({ holder }) => holder },
    ],
    width ?? 140,
  );

const order = [
  'registered',
  'consulted',
  'requested',
  'in_execution',
  'awaiting_information',
  'returned',
  'decided',
  'delivered',
  'closed',
  'withdrawn',
];

const states = (casesByState: Readonly<Record<string, number>>): string[] =>
  tableLines(
    Object.entries(casesByState).toSorted(([one], [other]) => order.indexOf(one) - order.indexOf(other)),
    [
      { title: 'STATE', value: ([state]) => state },
      { title: 'CASES', value: ([, cases]) => cases },
    ],
  );

function comparison({ differences, feedEvents, items, cases, quiet }: DayOutcome, width: number | undefined): string[] {
  const compared = `${count(feedEvents)} events of the feed, ${count(items)} items and the reports of ${count(cases)} cases`;
  if (differences.length === 0 && quiet !== undefined) return ['Nothing was done, and nothing of it is shown.'];
  if (differences.length === 0) return [`What was done and what is shown agree: ${compared}.`];
  const shown = differences.slice(0, mostShown);
  return [
    `${count(differences.length)} differences between what was done and what is shown (${compared}):`,
    ...tableLines<Difference>(
      shown,
      [
        { title: 'WHERE', value: ({ where }) => where },
        { title: 'WHAT', value: ({ what }) => what },
        { title: 'OF', value: ({ of }) => of },
        { title: 'EXPECTED', value: ({ expected }) => expected },
        { title: 'FOUND', value: ({ found }) => found, flexible: true },
      ],
      width,
    ),
    ...(differences.length > mostShown ? [`… and ${count(differences.length - mostShown)} more`] : []),
  ];
}
