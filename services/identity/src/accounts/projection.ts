import { readFileSync } from 'node:fs';
import { defineProjection } from '@vienuviet/service';

const instant = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/** Accounts as routes list them. Deciding and giving tokens reads the streams, which are never behind. */
export const accounts = defineProjection({
  name: 'accounts',
  version: 1,
  from: 'store',
  sql: readFileSync(new URL('./tables.sql', import.meta.url), 'utf8'),
  tables: {
    account: {
      key: ['account_id'],
      on: {
        'identity.AccountOpened': {
          key: ({ data }) => [data.accountId],
          apply: (_row, { data }) => ({
            account_id: data.accountId,
            source: data.source,
            active: true,
            opened_at: new Date(data.occurredAt),
            opened_by: data.actorId,
          }),
        },
        'identity.AccountDeactivated': {
          key: ({ data }) => [data.accountId],
          apply: (row) => ({ ...row, active: false }),
        },
        'identity.AccountReactivated': {
          key: ({ data }) => [data.accountId],
          apply: (row) => ({ ...row, active: true }),
        },
      },
    },
    given_role: {
      key: ['grant_id'],
      // Who sees accounts sees the roles at the own places alone.
      belongsTo: { centre: 'centre_id', holder: 'holder_id' },
      on: {
        'identity.RoleGranted': {
          key: ({ data }) => [data.grantId],
          apply: (_row, { data }) => ({
            grant_id: data.grantId,
            account_id: data.accountId,
            role: data.role,
            centre_id: data.centreId,
            holder_id: data.holderId,
            valid_from: instant(data.validFrom),
            valid_until: instant(data.validUntil),
            may_grant: data.mayGrant,
            source: data.source,
            granted_at: new Date(data.occurredAt),
            granted_by: data.actorId,
            revoked_at: null,
            revoked_by: null,
          }),
        },
        'identity.RoleRevoked': {
          key: ({ data }) => [data.grantId],
          apply: (row, { data }) => ({ ...row, revoked_at: new Date(data.occurredAt), revoked_by: data.actorId }),
        },
      },
    },
    absence: {
      key: ['absence_id'],
      on: {
        'identity.SubstituteNamed': {
          key: ({ data }) => [data.absenceId],
          apply: (_row, { data }) => ({
            absence_id: data.absenceId,
            account_id: data.accountId,
            substitute_id: data.substituteId,
            starts_at: new Date(data.startsAt),
            ends_at: new Date(data.endsAt),
            named_by: data.actorId,
            ended_at: null,
            ended_by: null,
          }),
        },
        'identity.SubstituteEnded': {
          key: ({ data }) => [data.absenceId],
          apply: (row, { data }) => ({ ...row, ended_at: new Date(data.occurredAt), ended_by: data.actorId }),
        },
      },
    },
  },
});
