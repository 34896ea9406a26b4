import { readFileSync } from 'node:fs';
import type { ConsumedEvent, Fold, Projection, Row } from '@vienuviet/event-bus';
import { foldedText } from '../folded-text.ts';
import type { Description } from './description.ts';
import type { ServiceEvent } from './service.ts';

type ConsumedServiceEvent = ConsumedEvent & ServiceEvent;

/** The row of an entry after an event. Pure. */
export function serviceAfter(row: Row | undefined, event: ConsumedServiceEvent): Row {
  const { data, version } = event;
  const known = { service_id: data.serviceId, version, changed_at: data.occurredAt };
  if (event.type === 'intake.ServiceListed') {
    const { description, source, origin } = event.data;
    return { ...described(description), ...known, status: 'listed', origin, sources: [source] };
  }
  if (row === undefined) throw new Error(`${event.type} of a service that was not listed`);
  const sources = row['sources'] as readonly string[];
  switch (event.type) {
    case 'intake.ServiceChanged':
      return { ...row, ...described(event.data.description), ...known };
    case 'intake.ServiceSourceAdded':
      return { ...row, ...known, sources: [...without(sources, event.data.source), event.data.source] };
    case 'intake.ServiceSourceRemoved':
      return { ...row, ...known, sources: without(sources, event.data.source) };
    case 'intake.ServiceRetired':
      return { ...row, ...known, status: 'retired', sources: [] };
    case 'intake.ServiceRelisted': {
      const { description, source } = event.data;
      return { ...row, ...described(description), ...known, status: 'listed', sources: [source] };
    }
  }
}

const described = (description: Description): Row => ({
  title_lv: description.titleLv,
  title_en: description.titleEn,
  holder_id: description.holderId,
  holder_name: description.holderName,
  holder_registration_number: description.holderRegistrationNumber,
  channels: description.channels,
  electronic_stages: description.electronicStages,
  processing_times: description.processingTimes,
  support_level: description.supportLevel,
  authorised_e_service: description.authorisedEService,
  life_events: description.lifeEvents,
  template: description.template,
  words: foldedText(
    `${description.titleLv} ${description.titleEn ?? ''} ${description.holderName} ${description.holderId}`,
  ),
  sort_title: foldedText(description.titleLv),
});

const without = (sources: readonly string[], source: string): string[] => sources.filter((name) => name !== source);

const fold: Fold<{ serviceId: string }> = {
  key: (event) => [event.data.serviceId],
  apply: (row, event) => serviceAfter(row, event as unknown as ConsumedServiceEvent),
};

/** The catalogue: search by words, and which sources name what. */
export const catalogue: Projection = {
  name: 'catalogue',
  version: 1,
  from: 'store',
  sql: readFileSync(new URL('./tables.sql', import.meta.url), 'utf8'),
  tables: {
    service: {
      key: ['service_id'],
      on: {
        'intake.ServiceListed': fold,
        'intake.ServiceChanged': fold,
        'intake.ServiceSourceAdded': fold,
        'intake.ServiceSourceRemoved': fold,
        'intake.ServiceRetired': fold,
        'intake.ServiceRelisted': fold,
      },
    },
  },
};
