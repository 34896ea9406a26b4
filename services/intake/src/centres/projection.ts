import { readFileSync } from 'node:fs';
import type { ConsumedEvent, Fold, Projection, Row } from '@vienuviet/event-bus';
import { foldedText } from '../folded-text.ts';
import type { CentreEvent, CentreRecord } from './centre.ts';

type ConsumedCentreEvent = ConsumedEvent & CentreEvent;

/** The row of a centre after an event. Pure. */
export function centreAfter(row: Row | undefined, event: ConsumedCentreEvent): Row {
  const { data, version } = event;
  const known = { centre_id: data.centreId, version, changed_at: data.occurredAt };
  if (event.type === 'intake.CentreOpened') {
    const { origin, occurredAt } = event.data;
    return { ...recorded(event.data), ...known, status: 'open', origin, opened_at: occurredAt };
  }
  if (row === undefined) throw new Error(`${event.type} of a centre that was not opened`);
  if (event.type === 'intake.CentreChanged') return { ...row, ...recorded(event.data), ...known };
  return { ...row, ...known, status: 'closed', closed_at: data.occurredAt };
}

const recorded = (record: CentreRecord): Row => ({
  name: record.name,
  kind: record.kind,
  municipality_id: record.municipalityId,
  municipality_name: record.municipalityName,
  address: record.address,
  opening_hours: record.openingHours,
  sort_name: foldedText(record.name),
});

const fold: Fold<{ centreId: string }> = {
  key: (event) => [event.data.centreId],
  apply: (row, event) => centreAfter(row, event as unknown as ConsumedCentreEvent),
};

/** The network of centres. */
export const centres: Projection = {
  name: 'centres',
  version: 1,
  from: 'store',
  sql: readFileSync(new URL('./tables.sql', import.meta.url), 'utf8'),
  tables: {
    centre: {
      key: ['centre_id'],
      on: { 'intake.CentreOpened': fold, 'intake.CentreChanged': fold, 'intake.CentreClosed': fold },
    },
  },
};
