/** One case with its history, folded from its stream: never behind, and the same rules as the decider's. */
import type { RecordedEvent } from '@vienuviet/event-store';
import { instant, nullable, oneOf, uuid } from '@vienuviet/http/route-schemas';
import Type, { type Static } from 'typebox';
import { stages } from './stages.ts';
import { type CaseEvent, evolve, type ServiceCase, unregistered } from './state.ts';
import { allowedIn, commandNames } from './transitions.ts';

const historyItemSchema = Type.Object({
  version: Type.Integer(),
  type: Type.String({ description: 'What happened, e.g. `CaseRegistered`.' }),
  occurredAt: instant('When it happened.'),
  recordedAt: instant('When it was recorded.'),
  actorId: Type.String({ description: 'Account that did it.' }),
  data: Type.Record(Type.String(), Type.Unknown(), { description: 'The rest of the event, without ids of the case.' }),
});

export const caseWithHistorySchema = Type.Object({
  caseId: uuid('The case.'),
  stream: Type.String(),
  version: Type.Integer(),
  stage: oneOf(stages),
  allowed: Type.Array(oneOf(commandNames), { description: 'Commands that this stage allows.' }),
  subjectId: uuid('The person, as a random id.'),
  anonymous: Type.Boolean(),
  serviceId: uuid('Entry of the catalogue.'),
  holderId: Type.String(),
  centreId: uuid('The centre that works on it.'),
  municipalityId: Type.String(),
  channel: Type.String(),
  purpose: Type.String(),
  customerKind: Type.String(),
  crossBorder: Type.Boolean(),
  clerkMinutes: Type.Integer(),
  registeredAt: instant('When it was registered.'),
  claim: nullable(
    Type.Object({ heldBy: Type.String(), centreId: uuid('Its centre.'), until: instant('When it ends.') }),
  ),
  evaluated: Type.Boolean(),
  countId: nullable(uuid('The count that stands.')),
  history: Type.Array(historyItemSchema),
});
export type CaseWithHistory = Static<typeof caseWithHistorySchema>;

export interface FoldedCase {
  readonly state: ServiceCase;
  readonly events: readonly (RecordedEvent & CaseEvent)[];
}

/** The case of a stream; undefined when there is none. */
export function foldCase(recorded: readonly RecordedEvent[]): FoldedCase | undefined {
  const events = recorded as readonly (RecordedEvent & CaseEvent)[];
  const state = events.reduce(evolve, unregistered);
  return state.stage === 'unregistered' ? undefined : { state, events };
}

/** The case as the caller sees it at an instant. */
export function viewCaseWithHistory({ state, events }: FoldedCase, now: Date): CaseWithHistory {
  const opened = events.find((event) => event.type === 'intake.CaseRegistered')?.data;
  const { claim } = state;
  return {
    caseId: state.caseId,
    stream: `case-${state.caseId}`,
    version: events.at(-1)?.version ?? 0,
    stage: state.stage,
    allowed: allowedIn(state.stage),
    subjectId: opened?.subjectId ?? '',
    anonymous: opened?.anonymous ?? false,
    serviceId: state.serviceId,
    holderId: state.holderId,
    centreId: state.centreId,
    municipalityId: state.municipalityId,
    channel: state.channel,
    purpose: opened?.purpose ?? 'unknown',
    customerKind: state.customerKind,
    crossBorder: state.crossBorder,
    clerkMinutes: state.clerkMinutes,
    registeredAt: iso(state.registeredAt),
    claim:
      claim === null || claim.until <= now.getTime()
        ? null
        : { heldBy: claim.actorId, centreId: claim.centreId, until: iso(claim.until) },
    evaluated: state.evaluated,
    countId: state.countId,
    history: events.map(viewEvent),
  };
}

function viewEvent(event: RecordedEvent & CaseEvent): CaseWithHistory['history'][number] {
  const { caseId: _, occurredAt, actorId, ...rest } = event.data;
  const data = 'claimedUntil' in rest ? { ...rest, claimedUntil: iso(rest.claimedUntil) } : rest;
  return {
    version: event.version,
    type: event.type.replace('intake.', ''),
    occurredAt: iso(occurredAt),
    recordedAt: event.recordedAt.toISOString(),
    actorId,
    data,
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
