import { readFileSync } from 'node:fs';
import type { ConsumedEvent, Fold, Projection, Row } from '@vienuviet/event-bus';
import { isStage, type Stage } from './stages.ts';
import { type CaseEvent, type CaseEventType, commandOf } from './state.ts';
import { stageAfter, transitionOf } from './transitions.ts';

type ConsumedCaseEvent = ConsumedEvent & CaseEvent;
type EventOfType<Type extends CaseEventType> = Extract<CaseEvent, { type: Type }>['data'];

/** The row of a case after an event. Pure; the same table of transitions as the decider's says the stage. */
export function caseAfter(row: Row | undefined, event: ConsumedCaseEvent): Row {
  if (event.type === 'intake.CaseRegistered') return registered(event.data, event.version);
  if (row === undefined) throw new Error(`${event.type} of a case that was not registered`);
  return { ...changed(row, event), version: event.version, changed_at: event.data.occurredAt };
}

function registered(data: EventOfType<'intake.CaseRegistered'>, version: number): Row {
  return {
    case_id: data.caseId,
    version,
    stage: 'registered',
    stage_since: data.occurredAt,
    subject_id: data.subjectId,
    anonymous: data.anonymous,
    service_id: data.serviceId,
    holder_id: data.holderId,
    centre_id: data.centreId,
    municipality_id: data.municipalityId,
    channel: data.channel,
    purpose: data.purpose,
    customer_kind: data.customerKind,
    cross_border: data.crossBorder,
    clerk_minutes: data.clerkMinutes,
    registered_at: data.occurredAt,
    claimed_by: data.actorId,
    claimed_until: data.claimedUntil,
    changed_at: data.occurredAt,
  };
}

function changed(row: Row, event: Exclude<ConsumedCaseEvent, { type: 'intake.CaseRegistered' }>): Row {
  if (event.type === 'intake.ServiceCounted') return { ...row, count_id: event.data.countId };
  if (event.type === 'intake.ServiceCountCorrected') return { ...row, count_id: null };
  const after = stepped(row, event);
  switch (event.type) {
    case 'intake.CaseClaimed':
      return { ...after, claimed_by: event.data.actorId, claimed_until: event.data.claimedUntil };
    case 'intake.ServiceRequested': {
      const { serviceId, holderId } = event.data;
      return { ...timed(after, event.data), service_id: serviceId, holder_id: holderId, proposed_holder_id: null };
    }
    case 'intake.ConsultationRecorded':
    case 'intake.InformationProvided':
    case 'intake.ResultDelivered':
      return timed(after, event.data);
    case 'intake.RequestRejectedAsWrongAuthority':
      return { ...after, proposed_holder_id: event.data.proposedHolderId };
    case 'intake.CaseEvaluated':
      return { ...after, score: event.data.score };
    case 'intake.CaseWithdrawn':
    case 'intake.CaseClosed':
      return { ...after, ended_from: row['stage'] };
    case 'intake.CaseReopened':
      return { ...after, stage: isStage(event.data.toStage) ? event.data.toStage : after['stage'], ended_from: null };
    case 'intake.CaseHandedOver':
      return { ...after, centre_id: event.data.toCentreId, municipality_id: event.data.toMunicipalityId };
    default:
      return after;
  }
}

type SteppingEvent = Exclude<
  ConsumedCaseEvent,
  { type: 'intake.CaseRegistered' | 'intake.ServiceCounted' | 'intake.ServiceCountCorrected' }
>;

/** What the table says of the command behind an event: the stage after it and the end of the claim. */
function stepped(row: Row, event: SteppingEvent): Row {
  const command = commandOf[event.type as keyof typeof commandOf];
  const before = row['stage'] as Stage;
  const stage = stageAfter(command, before, row['ended_from'] as Stage | null);
  const since = stage === before ? row['stage_since'] : event.data.occurredAt;
  const claim = transitionOf(command).endsClaim ? { claimed_by: null, claimed_until: null } : {};
  return { ...row, stage, stage_since: since, ...claim };
}

const timed = (row: Row, { clerkMinutes }: { clerkMinutes: number }): Row => ({
  ...row,
  clerk_minutes: (row['clerk_minutes'] as number) + clerkMinutes,
});

const fold: Fold<{ caseId: string }> = {
  key: (event) => [event.data.caseId],
  apply: (row, event) => caseAfter(row, event as unknown as ConsumedCaseEvent),
};

const types: readonly CaseEventType[] = [
  'intake.CaseRegistered',
  ...(Object.keys(commandOf) as (keyof typeof commandOf)[]).filter((type) => type !== 'intake.CaseRegistered'),
  'intake.ServiceCounted',
  'intake.ServiceCountCorrected',
];

/** Cases as they stand: the work queue and the search. */
export const cases: Projection = {
  name: 'cases',
  version: 3,
  from: 'store',
  sql: readFileSync(new URL('./tables.sql', import.meta.url), 'utf8'),
  tables: {
    service_case: {
      key: ['case_id'],
      belongsTo: { centre: 'centre_id', holder: 'holder_id' },
      on: Object.fromEntries(types.map((type) => [type, fold])),
    },
  },
};
