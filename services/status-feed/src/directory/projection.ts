import { readFileSync } from 'node:fs';
import type { Fold, Projection, Row } from '@vienuviet/event-bus';
import type { EventMap } from '@vienuviet/schemas';
import { FoldError } from '../errors.ts';

type Data<Record extends string> = EventMap[`intake.${Record}` & keyof EventMap];

/** The row that an event with a full description makes, whether it is the first or not. */
const whole = <D extends object>(keyField: keyof D, row: (data: D) => Row): Fold<D> => ({
  key: (event) => [event.data[keyField]],
  apply: (before, event) => ({ ...before, ...row(event.data) }),
});

const described = ({ serviceId, description }: Pick<Data<'ServiceListed'>, 'serviceId' | 'description'>): Row => ({
  service_id: serviceId,
  title_lv: description.titleLv,
  title_en: description.titleEn,
  holder_id: description.holderId,
  holder_name: description.holderName,
});

const listed = (data: Data<'ServiceListed'> | Data<'ServiceRelisted'>): Row => ({ ...described(data), retired: false });

const retire: Fold<Data<'ServiceRetired'>> = {
  key: (event) => [event.data.serviceId],
  apply: (row, event) => {
    if (row === undefined) throw new FoldError('service_unknown', `${event.streamId} retires and was never listed`);
    return { ...row, retired: true };
  },
};

const placed = ({ centreId, name, municipalityName }: Data<'CentreOpened'> | Data<'CentreChanged'>): Row => ({
  centre_id: centreId,
  name,
  municipality_name: municipalityName,
});

/**
 * Titles of services, names of holders and centres, and which centre handles a case. It sees every event of a case,
 * also those that change no item, and so is the one that knows how far a case has come (`after=<stream>@<version>`).
 */
export const directory: Projection = {
  name: 'directory',
  version: 1,
  from: ['intake.service', 'intake.centre', 'intake.case'],
  sql: readFileSync(new URL('./tables.sql', import.meta.url), 'utf8'),
  tables: {
    service: {
      key: ['service_id'],
      on: {
        'intake.ServiceListed': whole<Data<'ServiceListed'>>('serviceId', listed),
        'intake.ServiceChanged': whole<Data<'ServiceChanged'>>('serviceId', described),
        'intake.ServiceRelisted': whole<Data<'ServiceRelisted'>>('serviceId', listed),
        'intake.ServiceRetired': retire,
      },
    },
    centre: {
      key: ['centre_id'],
      on: {
        'intake.CentreOpened': whole<Data<'CentreOpened'>>('centreId', placed),
        'intake.CentreChanged': whole<Data<'CentreChanged'>>('centreId', placed),
      },
    },
    case_centre: {
      key: ['case_id'],
      on: {
        'intake.CaseRegistered': whole<Data<'CaseRegistered'>>('caseId', ({ caseId, centreId }) => ({
          case_id: caseId,
          centre_id: centreId,
        })),
        'intake.CaseHandedOver': whole<Data<'CaseHandedOver'>>('caseId', ({ caseId, toCentreId }) => ({
          case_id: caseId,
          centre_id: toCentreId,
        })),
      },
    },
  },
};
