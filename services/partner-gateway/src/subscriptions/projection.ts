import { readFileSync } from 'node:fs';
import { defineProjection } from '@vienuviet/service';

/** Subscriptions as routes, the reaction and the keeper of access lists read them. */
export const subscriptions = defineProjection({
  name: 'subscriptions',
  version: 1,
  from: 'store',
  sql: readFileSync(new URL('./tables.sql', import.meta.url), 'utf8'),
  tables: {
    subscription: {
      key: ['registration_number'],
      on: {
        'partnergateway.SubscriptionOpened': {
          key: ({ data }) => [data.registrationNumber],
          apply: (_row, { data }) => ({
            registration_number: data.registrationNumber,
            holder_id: data.holderId,
            certificate_name: data.certificateName,
            opened_at: new Date(data.occurredAt),
            opened_by: data.actorId,
            ended_at: null,
            ended_by: null,
          }),
        },
        'partnergateway.SubscriptionEnded': {
          key: ({ data }) => [data.registrationNumber],
          apply: (row, { data }) => ({ ...row, ended_at: new Date(data.occurredAt), ended_by: data.actorId }),
        },
      },
    },
  },
});
