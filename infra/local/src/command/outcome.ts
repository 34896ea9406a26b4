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

/** What the day gave, as reporting tells it. */
export async function outcome(_endpoints: Endpoints): Promise<string> {
  return '';
}
