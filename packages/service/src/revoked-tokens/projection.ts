import { readFileSync } from 'node:fs';
import type { Projection } from '@vienuviet/event-bus';
import { defineProjection } from '../building-blocks.ts';
import { revokedUntil } from './revoked-until.ts';

/** The service that owns accounts. */
const owner = 'identity';

/** Its database schema. */
export const revokedTokensName = 'revoked_tokens';

/** Whose access tokens stopped counting, in the database of a service: every service with a store has it. */
export const revokedTokensOf = (service: string): Projection =>
  defineProjection({
    name: revokedTokensName,
    version: 1,
    figures: false,
    from: service === owner ? 'store' : ['identity.account'],
    sql: readFileSync(new URL('./tables.sql', import.meta.url), 'utf8'),
    tables: {
      account: {
        key: ['account_id'],
        on: {
          'identity.TokensRevoked': {
            key: ({ data }) => [data.accountId],
            apply: (row, event) => {
              const before = row?.['revoked_at'] as Date | undefined;
              const at = new Date(revokedUntil(event));
              return {
                account_id: event.data.accountId,
                revoked_at: before !== undefined && before > at ? before : at,
              };
            },
          },
        },
      },
    },
  });
