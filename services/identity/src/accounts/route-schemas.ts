import { instant, nullable, slug, uuid } from '@vienuviet/http/route-schemas';
import Type from 'typebox';

export const accountId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$',
  description: 'The account.',
  examples: ['clerk.cesis.1'],
});
export const centreId = uuid('Centre where the role holds: of clerks and supervisors.');
export const holderId = slug('Institution or municipality for which the role holds: of holder specialists.');
export const role = Type.String({ pattern: '^[a-z_]{1,60}$', description: 'The role.', examples: ['clerk'] });

/** A role as it is asked for. */
export const roleFields = {
  role,
  centreId: Type.Optional(centreId),
  holderId: Type.Optional(holderId),
  validFrom: Type.Optional(instant('From when it counts; at once when not given.')),
  validUntil: Type.Optional(instant('Until when it counts; until it is revoked when not given.')),
  mayGrant: Type.Optional(Type.Boolean({ description: 'Whether the person may give it on at this place; else not.' })),
};

export const accountView = Type.Object({
  accountId: Type.String(),
  title: Type.String({ description: 'Name that people see.' }),
  source: Type.String({ description: 'Where the account comes from: people, a directory, the sample.' }),
  active: Type.Boolean(),
  openedAt: Type.String({ format: 'date-time' }),
  roles: Type.Array(
    Type.Object({
      grantId: Type.String(),
      role: Type.String(),
      centreId: nullable(Type.String()),
      holderId: nullable(Type.String()),
      validFrom: nullable(Type.String({ format: 'date-time' })),
      validUntil: nullable(Type.String({ format: 'date-time' })),
      mayGrant: Type.Boolean(),
      source: Type.String(),
      grantedAt: Type.String({ format: 'date-time' }),
      grantedBy: Type.String(),
    }),
  ),
  absences: Type.Array(
    Type.Object({
      absenceId: Type.String(),
      substituteId: Type.String(),
      startsAt: Type.String({ format: 'date-time' }),
      endsAt: Type.String({ format: 'date-time' }),
      namedBy: Type.String(),
    }),
  ),
});
