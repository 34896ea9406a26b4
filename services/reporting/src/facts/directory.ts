import type { Row } from '@vienuviet/event-bus';
import type { EventMap } from '@vienuviet/schemas';
import { foldsOf } from './folds.ts';

/** Catalogue entries, for the titles of services and the names of holders. */
export const service = {
  key: ['service_id'],
  on: foldsOf('serviceId', {
    opens: {
      'intake.ServiceListed': (_row, data) => ({
        service_id: data.serviceId,
        ...described(data.description),
        origin: data.origin,
        retired: false,
      }),
    },
    changes: {
      'intake.ServiceChanged': (_row, data) => described(data.description),
      'intake.ServiceRetired': () => ({ retired: true }),
      'intake.ServiceRelisted': (_row, data) => ({ ...described(data.description), retired: false }),
    },
  }),
};

const described = (description: EventMap['intake.ServiceListed']['description']): Row => ({
  title_lv: description.titleLv,
  title_en: description.titleEn,
  holder_id: description.holderId,
  holder_name: description.holderName,
  holder_registration_number: description.holderRegistrationNumber,
  support_level: description.supportLevel,
  authorised_e_service: description.authorisedEService,
});

/** Centres, for their names and those of municipalities. */
export const centre = {
  key: ['centre_id'],
  on: foldsOf('centreId', {
    opens: { 'intake.CentreOpened': (_row, data) => ({ centre_id: data.centreId, ...placed(data), closed: false }) },
    changes: {
      'intake.CentreChanged': (_row, data) => placed(data),
      'intake.CentreClosed': () => ({ closed: true }),
    },
  }),
};

const placed = (data: EventMap['intake.CentreOpened'] | EventMap['intake.CentreChanged']): Row => ({
  name: data.name,
  kind: data.kind,
  municipality_id: data.municipalityId,
  municipality_name: data.municipalityName,
  address: data.address,
  origin: data.origin,
});
