import { given } from '@vienuviet/testing';
import { describe, expect, test } from 'vitest';
import { type CentreCommand, centreDecider } from './centre.ts';

const centreId = '11111111-0000-4000-8000-111111111111';
const now = Date.UTC(2026, 2, 2, 8);
const who = { centreId, actorId: 'engineer', now };
const act = { occurredAt: now, actorId: 'engineer' };

const record = {
  name: 'VPVKAC Cēsis',
  kind: 'administrative_centre',
  municipalityId: 'cesu-novads',
  municipalityName: 'Cēsu novads',
  address: 'Parauga iela 1, Cēsis',
  openingHours: [{ weekday: 1, periods: [{ opens: '08:00', closes: '17:00' }] }],
} as const;
const opening: CentreCommand = { type: 'open', ...who, ...record, origin: 'invented' };
const openedEvent = {
  type: 'intake.CentreOpened' as const,
  data: { centreId, ...structuredClone(record), origin: 'invented' as const, ...act },
};
const closedEvent = { type: 'intake.CentreClosed' as const, data: { centreId, ...act } };
type Event = Parameters<typeof centreDecider.evolve>[1];
const opened = openedEvent as unknown as Event;
const closed = closedEvent as unknown as Event;

describe('a centre', () => {
  test('is opened with its record', () => {
    given(centreDecider).when(opening).then([opened]);
  });

  test('is opened once', () => {
    given(centreDecider, [opened]).when(opening).then({ code: 'centre_exists' });
    given(centreDecider, [opened, closed]).when(opening).then({ code: 'centre_exists' });
  });

  test('is not opened with hours that cannot be', () => {
    const openingHours = [{ weekday: 1, periods: [{ opens: '17:00', closes: '08:00' }] }];
    given(centreDecider)
      .when({ ...opening, openingHours })
      .then({ code: 'invalid_opening_hours' });
    given(centreDecider, [opened])
      .when({ type: 'change', ...who, openingHours })
      .then({ code: 'invalid_opening_hours' });
  });

  test('is changed in what is given; the event has the whole record and names what changed', () => {
    const address = 'Parauga iela 2, Cēsis';
    const changing: CentreCommand = { type: 'change', ...who, address, name: record.name };
    const when = given(centreDecider, [opened]).when(changing);
    when.then([
      {
        type: 'intake.CentreChanged',
        data: { centreId, ...structuredClone(record), address, origin: 'invented', changed: ['address'], ...act },
      } as unknown as Event,
    ]);
    expect(when.state).toMatchObject({ status: 'open', address, name: record.name });
  });

  test('is not changed by what it is already, in whatever order the days are told', () => {
    given(centreDecider, [opened])
      .when({ type: 'change', ...who, ...record })
      .then([]);
    const openingHours = [{ weekday: 6, periods: [] }, ...record.openingHours];
    given(centreDecider, [opened])
      .when({ type: 'change', ...who, openingHours })
      .then([]);
  });

  test('is closed when no case is open, and takes nothing after that', () => {
    const closing: CentreCommand = { type: 'close', ...who, openCases: 0 };
    given(centreDecider, [opened]).when(closing).then([closed]);
    given(centreDecider, [opened, closed]).when(closing).then({ code: 'centre_closed' });
    given(centreDecider, [opened, closed])
      .when({ type: 'change', ...who, name: 'Cits' })
      .then({ code: 'centre_closed' });
  });

  test('is not closed while it has open cases', () => {
    given(centreDecider, [opened])
      .when({ type: 'close', ...who, openCases: 2 })
      .then({ code: 'centre_has_open_cases', details: { openCases: 2 } });
  });

  test('that was never opened is neither changed nor closed', () => {
    given(centreDecider)
      .when({ type: 'close', ...who, openCases: 0 })
      .then({ code: 'centre_not_found' });
    given(centreDecider)
      .when({ type: 'change', ...who, name: 'Cits' })
      .then({ code: 'centre_not_found' });
  });

  test('keeps its record through closing: its history stays readable', () => {
    expect(given(centreDecider, [opened, closed]).state).toMatchObject({ status: 'closed', name: record.name });
  });
});
