import { instant, line, nullable, oneOf, slug, uuid } from '@vienuviet/http/route-schemas';
import Type, { type Static } from 'typebox';
import type { Centre } from '../../generated/prisma/client.ts';
import { centreKinds, origins } from './centre.ts';
import { isOpenAt, type OpeningHours } from './opening-hours.ts';

const time = Type.String({
  pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d$|^24:00$',
  description: '`HH:MM`, wall clock of Riga.',
});

export const openingHoursSchema = Type.Array(
  Type.Object({
    weekday: Type.Integer({ minimum: 1, maximum: 7, description: '1 is Monday.' }),
    periods: Type.Array(Type.Object({ opens: time, closes: time }), { maxItems: 10 }),
  }),
  { maxItems: 7, description: 'Periods in order, without overlap; a weekday that is not listed is closed.' },
);

/** What a centre says of itself. */
export const recordFields = {
  name: line(300, 'Name of the centre.'),
  kind: oneOf(centreKinds),
  municipalityId: slug('ASCII slug of the municipality, e.g. `cesu-novads`.'),
  municipalityName: line(300, 'Name of the municipality.'),
  address: line(300, 'Postal address.'),
  openingHours: openingHoursSchema,
};

export const originSchema = oneOf(origins, 'Where the facts come from.');

export const centreSchema = Type.Object({
  centreId: uuid('The centre.'),
  stream: Type.String(),
  version: Type.Integer(),
  status: oneOf(['open', 'closed'], '`closed`: given up for good.'),
  ...recordFields,
  kind: Type.String(),
  origin: Type.String(),
  openNow: Type.Boolean({ description: 'By its opening hours, at the instant asked for.' }),
  openedAt: instant('When it was opened.'),
  changedAt: instant('When it was last changed.'),
  closedAt: nullable(instant('When it was closed.')),
});
export type CentreView = Static<typeof centreSchema>;

/** The row as the caller sees it at an instant. */
export function viewCentre(row: Centre, at: Date): CentreView {
  const openingHours = row.openingHours as unknown as OpeningHours;
  return {
    centreId: row.centreId,
    stream: `centre-${row.centreId}`,
    version: Number(row.version),
    status: row.status === 'closed' ? 'closed' : 'open',
    name: row.name,
    kind: row.kind,
    municipalityId: row.municipalityId,
    municipalityName: row.municipalityName,
    address: row.address,
    openingHours: openingHours.map((day) => ({ ...day, periods: [...day.periods] })),
    origin: row.origin,
    openNow: row.status !== 'closed' && isOpenAt(openingHours, at),
    openedAt: row.openedAt.toISOString(),
    changedAt: row.changedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  };
}
