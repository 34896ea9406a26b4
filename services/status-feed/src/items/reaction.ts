import type { ConsumedEvent, Reaction, ReactionAppend } from '@vienuviet/event-bus';
import { type ItemStatusChanged, itemStatusChanged, itemStream } from './item-status-changed.ts';
import { changeFor, shownTypes } from './statuses.ts';

/** Fields that some events of a case carry and others do not. */
interface CaseData {
  readonly caseId: string;
  readonly occurredAt: number;
  readonly actorId: string;
  readonly subjectId?: string;
  readonly serviceId?: string;
  readonly holderId?: string;
  readonly toStage?: string;
}

/** Appends a change of the item for each event of a case that changes what the portal shows. */
export const feedReaction: Reaction = {
  name: 'feed',
  from: ['intake.case'],
  on: Object.fromEntries(shownTypes.map((type) => [type, appendChange])),
};

function appendChange(event: ConsumedEvent<string, CaseData>): readonly ReactionAppend[] {
  const { data } = event;
  // The key decides the order and the partition: an event of another case would come between that case's own.
  if (event.streamId !== `case-${data.caseId}`) throw new Error(`an event of another case on ${event.streamId}`);
  const change = changeFor(event.type, data);
  if (change === undefined) return [];
  const changed: ItemStatusChanged = {
    caseId: data.caseId,
    subjectId: data.subjectId ?? null,
    serviceId: data.serviceId ?? null,
    holderId: data.holderId ?? null,
    status: change.status,
    milestone: change.milestone,
    sourceEventId: event.eventId,
    sourceVersion: event.version,
    sourceOccurredAt: data.occurredAt,
  };
  return [
    { streamId: itemStream(data.caseId), streamType: 'item', events: [{ type: itemStatusChanged, data: changed }] },
  ];
}
