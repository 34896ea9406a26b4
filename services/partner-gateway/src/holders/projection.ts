import { readFileSync } from 'node:fs';
import { asCaller, systemScope } from '@vienuviet/database';
import type { Fold } from '@vienuviet/event-bus';
import type { EventMap } from '@vienuviet/schemas';
import { defineProjection, type ServiceContext } from '@vienuviet/service';

type Described = Pick<EventMap['intake.ServiceListed'], 'serviceId' | 'description'>;

const described: Fold<Described> = {
  key: ({ data }) => [data.serviceId],
  apply: (row, { data: { serviceId, description } }) => ({
    ...row,
    service_id: serviceId,
    holder_id: description.holderId,
    registration_number: description.holderRegistrationNumber,
  }),
};

/** Registration numbers of holders, as the catalogue of services has them. */
export const holders = defineProjection({
  name: 'holders',
  version: 1,
  from: ['intake.service'],
  sql: readFileSync(new URL('./tables.sql', import.meta.url), 'utf8'),
  tables: {
    service: {
      key: ['service_id'],
      on: {
        'intake.ServiceListed': described,
        'intake.ServiceChanged': described,
        'intake.ServiceRelisted': described,
      },
    },
  },
});

const NUMBERS = `
  select distinct registration_number from holders.service
   where holder_id = $1 and registration_number is not null`;

/** The registration numbers that the catalogue has for a holder; none where no source states one. */
export async function numbersOfHolder({ writer, name }: ServiceContext, holderId: string): Promise<string[]> {
  return asCaller(writer, systemScope(name), async (tx) => {
    const { rows } = await tx.query<{ registration_number: string }>(NUMBERS, [holderId]);
    return rows.map((row) => row.registration_number);
  });
}
