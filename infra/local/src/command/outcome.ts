import { readOutcome, readProgress } from '@vienuviet/simulation';
import type { Endpoints } from '../platform/endpoints.ts';
import { table } from './table.ts';

/** Where everything is, for the person at the keyboard. */
export function addresses(endpoints: Endpoints): string {
  const services = Object.entries(endpoints.instances).flatMap(([service, all]) =>
    all.map((address, index) => [index === 0 ? service : '', address, `${address}/docs`]),
  );
  return table(
    ['what', 'address', 'OpenAPI'],
    [
      ...services,
      ['Kafka', endpoints.kafka, ''],
      ...(endpoints.kafkaPartner ? [['Kafka for partners', endpoints.kafkaPartner, '']] : []),
      ['Redis', endpoints.redis, ''],
      ...Object.entries(endpoints.postgres).map(([service, { main }]) => [
        `PostgreSQL of ${service}`,
        hidden(main),
        '',
      ]),
    ],
  );
}

/** An address as it may be shown: without the password. */
export function hidden(address: string): string {
  const url = new URL(address);
  url.password = '';
  return url.toString();
}

/** What the day gave: cases by state, and the services asked for most by channel, as the reports say. */
export function outcome(dataFolder: string): string | undefined {
  const progress = readProgress(dataFolder);
  const day = progress && readOutcome(dataFolder, progress);
  if (!day) return undefined;
  const count = (value: number) => value.toLocaleString('en-GB');
  const services = day.topServices.map((one, index, all) => [
    all[index - 1]?.channel === one.channel ? '' : one.channel.replaceAll('_', ' '),
    `${one.rank}`,
    shortened(one.title, 60),
    shortened(one.holder, 34),
    count(one.counted),
    count(one.opened),
  ]);
  const states = Object.entries(day.casesByState).map(([state, cases]) => [state.replaceAll('_', ' '), count(cases)]);
  const verdict =
    day.differences.length === 0
      ? 'Feed and reports agree with what was done.'
      : `${day.differences.length} DIFFERENCES between what was done and what feed and reports say.`;
  return [
    `The working day ${day.date} in ${day.centres} centres: ${count(day.cases)} cases, ${count(day.commands)} commands. ${verdict}`,
    `Services asked for most\n${table(['channel', '', 'service', 'holder', 'counted', 'opened'], services)}`,
    `Cases by state\n${table(['state', 'cases'], states)}`,
  ].join('\n\n');
}

const shortened = (text: string, length: number): string =>
  [...text].length <= length ? text : `${[...text].slice(0, length - 1).join('')}…`;
