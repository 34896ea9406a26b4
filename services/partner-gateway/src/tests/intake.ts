import { randomUUID } from 'node:crypto';
import { partitionOf } from '@vienuviet/event-bus';
import { codec, type EventMap, topicOf } from '@vienuviet/schemas';
import type { TestService } from '@vienuviet/service/testing';
import { type BusWriter, createBusWriter } from '@vienuviet/testing';

/** Intake as this service knows it: what it puts on the bus. */
export const intakeOf = ({ publisher }: Pick<TestService, 'publisher'>): BusWriter =>
  createBusWriter('intake', { encode: codec.encode, topicOf, partitionOf, publisher });

const act = { occurredAt: Date.UTC(2026, 10, 2, 8), actorId: 'clerk-1' };

/** Events of one case, as intake makes them. */
export function caseOf(caseId: string = randomUUID()) {
  const event = <Type extends keyof EventMap>(type: Type, data: Omit<EventMap[Type], 'caseId' | keyof typeof act>) => ({
    type,
    data: { caseId, ...act, ...data } as { readonly occurredAt: number },
  });
  return {
    caseId,
    stream: `case-${caseId}`,
    registered: (holderId: string, serviceId: string) =>
      event('intake.CaseRegistered', {
        ...{ subjectId: randomUUID(), anonymous: false, serviceId, holderId, centreId: randomUUID() },
        ...{ municipalityId: 'adazu-novads', channel: 'in_person', purpose: 'application' },
        ...{ customerKind: 'citizen', crossBorder: false, clerkMinutes: 5, claimedUntil: act.occurredAt },
      }),
    claimed: () => event('intake.CaseClaimed', { centreId: randomUUID(), claimedUntil: act.occurredAt }),
    requested: (holderId: string, serviceId: string) =>
      event('intake.ServiceRequested', { holderId, serviceId, channel: 'phone', clerkMinutes: 1 }),
    accepted: (holderId: string) => event('intake.RequestAccepted', { holderId }),
    rejected: (holderId: string) =>
      event('intake.RequestRejectedAsWrongAuthority', { holderId, proposedHolderId: null }),
  };
}

/** A service of a holder, as intake lists it. */
export async function listService(
  intake: BusWriter,
  holder: { readonly holderId: string; readonly holderRegistrationNumber: string | null },
): Promise<void> {
  const serviceId = randomUUID();
  const description: EventMap['intake.ServiceListed']['description'] = {
    ...{ titleLv: 'Pakalpojums', titleEn: null, holderName: holder.holderId, ...holder, channels: [] },
    ...{ electronicStages: [], processingTimes: [], supportLevel: null, authorisedEService: false },
    ...{ lifeEvents: [], template: null },
  };
  const data = { serviceId, description, source: 'test.csv', origin: 'invented' as const, ...act };
  await intake.append(`service-${serviceId}`, { type: 'intake.ServiceListed', data });
}
