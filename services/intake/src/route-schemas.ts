/** Pieces that the schemas of intake's routes share. */
import { instant } from '@vienuviet/http/route-schemas';
import Type from 'typebox';

export const occurredAt = Type.Optional(
  instant(
    'When it happened, if not now; not before the registration, which is entered within a year, and at most five minutes ahead of the service’s clock.',
  ),
);

export const clerkMinutes = Type.Integer({ minimum: 0, maximum: 600, description: 'Minutes that the clerk spent.' });
