import type { EventOf } from '@vienuviet/schemas';
import { isStage, type Stage } from './stages.ts';
import { type CommandName, stageAfter, transitionOf } from './transitions.ts';

export type CaseEvent = EventOf<
  | 'intake.CaseRegistered'
  | 'intake.CaseClaimed'
  | 'intake.CaseReleased'
  | 'intake.ConsultationRecorded'
  | 'intake.ServiceRequested'
  | 'intake.RequestAccepted'
  | 'intake.RequestRejectedAsWrongAuthority'
  | 'intake.InformationRequested'
  | 'intake.InformationProvided'
  | 'intake.DecisionMade'
  | 'intake.ResultDelivered'
  | 'intake.CaseEvaluated'
  | 'intake.CaseWithdrawn'
  | 'intake.CaseReopened'
  | 'intake.CaseClosed'
  | 'intake.CaseHandedOver'
  | 'intake.CaseLinked'
  | 'intake.ServiceCounted'
  | 'intake.ServiceCountCorrected'
>;
export type CaseEventType = CaseEvent['type'];
type Registered = EventOf<'intake.CaseRegistered'>['data'];

/** A claim ends by itself at `until`; whether it is live is asked of the clock of the command, never stored. */
export interface Claim {
  readonly actorId: string;
  readonly centreId: string;
  readonly until: number;
}

export interface ServiceCase {
  readonly stage: Stage;
  readonly caseId: string;
  readonly serviceId: string;
  readonly holderId: string;
  readonly centreId: string;
  readonly municipalityId: string;
  /** The channel in which the case was opened. */
  readonly channel: Registered['channel'];
  readonly customerKind: Registered['customerKind'];
  readonly crossBorder: boolean;
  readonly registeredAt: number;
  readonly clerkMinutes: number;
  readonly claim: Claim | null;
  /** Where and when it ended last; what reopening needs. */
  readonly ended: { readonly from: Stage; readonly at: number } | null;
  readonly evaluated: boolean;
  /** The count that stands, and how many were ever made: the number of the next one. */
  readonly countId: string | null;
  readonly counts: number;
  readonly links: readonly string[];
}

export type CaseState = ServiceCase | { readonly stage: 'unregistered' };

export const unregistered: CaseState = { stage: 'unregistered' };

/** The command behind each event; counts are consequences and have none. */
export const commandOf = {
  'intake.CaseRegistered': 'register',
  'intake.CaseClaimed': 'claim',
  'intake.CaseReleased': 'release',
  'intake.ConsultationRecorded': 'recordConsultation',
  'intake.ServiceRequested': 'request',
  'intake.RequestAccepted': 'accept',
  'intake.RequestRejectedAsWrongAuthority': 'rejectAsWrongAuthority',
  'intake.InformationRequested': 'askForInformation',
  'intake.InformationProvided': 'provideInformation',
  'intake.DecisionMade': 'decide',
  'intake.ResultDelivered': 'deliverResult',
  'intake.CaseEvaluated': 'evaluate',
  'intake.CaseWithdrawn': 'withdraw',
  'intake.CaseReopened': 'reopen',
  'intake.CaseClosed': 'close',
  'intake.CaseHandedOver': 'handOver',
  'intake.CaseLinked': 'link',
} as const satisfies Readonly<Partial<Record<CaseEventType, CommandName>>>;

/** The case after an event. Total: what was appended is history, whatever rules came later. */
export function evolve(state: CaseState, event: CaseEvent): CaseState {
  if (event.type === 'intake.CaseRegistered') return state.stage === 'unregistered' ? registered(event.data) : state;
  if (state.stage === 'unregistered') return state;
  if (event.type === 'intake.ServiceCounted') {
    return { ...state, countId: event.data.countId, counts: state.counts + 1 };
  }
  if (event.type === 'intake.ServiceCountCorrected') return { ...state, countId: null };
  return changed(state, event);
}

function registered(data: Registered): ServiceCase {
  return {
    stage: 'registered',
    caseId: data.caseId,
    serviceId: data.serviceId,
    holderId: data.holderId,
    centreId: data.centreId,
    municipalityId: data.municipalityId,
    channel: data.channel,
    customerKind: data.customerKind,
    crossBorder: data.crossBorder,
    registeredAt: data.occurredAt,
    clerkMinutes: data.clerkMinutes,
    claim: { actorId: data.actorId, centreId: data.centreId, until: data.claimedUntil },
    ended: null,
    evaluated: false,
    countId: null,
    counts: 0,
    links: [],
  };
}

type ChangingEvent = Exclude<
  CaseEvent,
  { type: 'intake.CaseRegistered' | 'intake.ServiceCounted' | 'intake.ServiceCountCorrected' }
>;

function changed(before: ServiceCase, event: ChangingEvent): ServiceCase {
  const command = commandOf[event.type];
  if (command === undefined) return before;
  const after = stepped(before, command);
  switch (event.type) {
    case 'intake.CaseClaimed': {
      const { actorId, centreId, claimedUntil } = event.data;
      return { ...after, claim: { actorId, centreId, until: claimedUntil } };
    }
    case 'intake.ServiceRequested':
      return { ...timed(after, event.data), serviceId: event.data.serviceId, holderId: event.data.holderId };
    case 'intake.ConsultationRecorded':
    case 'intake.InformationProvided':
    case 'intake.ResultDelivered':
      return timed(after, event.data);
    case 'intake.CaseEvaluated':
      return { ...after, evaluated: true };
    case 'intake.CaseWithdrawn':
    case 'intake.CaseClosed':
      return { ...after, ended: { from: before.stage, at: event.data.occurredAt } };
    case 'intake.CaseReopened':
      return { ...after, stage: isStage(event.data.toStage) ? event.data.toStage : after.stage, ended: null };
    case 'intake.CaseHandedOver':
      return { ...after, centreId: event.data.toCentreId, municipalityId: event.data.toMunicipalityId };
    case 'intake.CaseLinked':
      return { ...after, links: [...before.links, linkName(event.data)] };
    default:
      return after;
  }
}

/** What the table says of a command: the stage after it and the end of the claim. */
function stepped(before: ServiceCase, command: CommandName): ServiceCase {
  const stage = stageAfter(command, before.stage, before.ended?.from ?? null);
  return { ...before, stage, claim: transitionOf(command).endsClaim ? null : before.claim };
}

const timed = (state: ServiceCase, data: { clerkMinutes: number }): ServiceCase => ({
  ...state,
  clerkMinutes: state.clerkMinutes + data.clerkMinutes,
});

export const linkName = (link: { linkKind: string; linkedId: string }): string => `${link.linkKind}:${link.linkedId}`;
