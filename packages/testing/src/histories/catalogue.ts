import { type HistoryEvent, holders, MINUTE, municipalityOf, type StreamHistory, type World } from './world.ts';

/** A catalogue entry, perhaps changed, perhaps retired. */
export function serviceHistory(world: World, index: number): StreamHistory {
  const serviceId = world.id('service', index);
  const holderId = holders[index % holders.length]!;
  const stamp = { occurredAt: world.startsAt - 60 * MINUTE, actorId: 'importer' };
  // Holders are spelled differently from entry to entry, as in real catalogues.
  const describe = (edition: number) => ({
    titleLv: `Pakalpojums ${index}, ${edition}. izdevums`,
    titleEn: index % 2 === 0 ? `Service ${index}` : null,
    holderId,
    holderName: `${holderId} (${index}/${edition})`,
    holderRegistrationNumber: index % 3 === 0 ? '90001733697' : null,
    channels: ['in_person', 'e_service'],
    electronicStages: ['request'],
    processingTimes: [{ channel: 'in_person', workingDays: 10 }],
    supportLevel: null,
    authorisedEService: index % 4 === 0,
    lifeEvents: [],
    template: null,
  });
  const events: HistoryEvent[] = [
    {
      type: 'intake.ServiceListed',
      data: { serviceId, description: describe(1), source: 'sample', origin: 'invented', ...stamp },
    },
  ];
  if (world.chance() < 0.5) {
    const changes = [{ field: 'titleLv', before: 'a', after: 'b' }];
    events.push({
      type: 'intake.ServiceChanged',
      data: { serviceId, description: describe(2), changes, source: 'sample', ...stamp },
    });
  }
  if (world.chance() < 0.3) events.push({ type: 'intake.ServiceRetired', data: { serviceId, ...stamp } });
  return { topic: 'intake.service', streamId: `service-${serviceId}`, events };
}

/** A centre, perhaps changed. */
export function centreHistory(world: World, index: number): StreamHistory {
  const centreId = world.id('centre', index);
  const stamp = { occurredAt: world.startsAt - 60 * MINUTE, actorId: 'importer' };
  const record = (edition: number) => ({
    centreId,
    name: `Centrs ${index}, ${edition}`,
    kind: 'administrative_centre',
    municipalityId: municipalityOf(index),
    municipalityName: `Novads ${index % 2} (${edition})`,
    address: `Brīvības iela ${index + 1}`,
    openingHours: [{ weekday: 1, periods: [{ opens: '08:00', closes: '12:00' }] }],
    origin: 'invented',
  });
  const events: HistoryEvent[] = [{ type: 'intake.CentreOpened', data: { ...record(1), ...stamp } }];
  if (world.chance() < 0.5) {
    events.push({ type: 'intake.CentreChanged', data: { ...record(2), changed: ['name'], ...stamp } });
  }
  return { topic: 'intake.centre', streamId: `centre-${centreId}`, events };
}
