/**
 * The service case: what a command does to it. Pure: the clock, ids and what other streams say come with the command,
 * what may be configured comes with the rules. Stages and rights are in `transitions.ts`.
 */
import { accept, type Decider, type Decision } from '@vienuviet/event-store';
import { refuseWith } from '../refusal.ts';
import { formsOfHolder } from './codes.ts';
import type { CaseCommand, CommandOf } from './commands.ts';
import { type CountingRule, correctionOf, countingRule, countOf } from './counting.ts';
import {
  lateEntryRefusal,
  minutesRefusal,
  notAllowed,
  type Permission,
  permissionFor,
  timeRefusal,
} from './permission.ts';
import { type CaseEvent, type CaseState, evolve, linkName, unregistered } from './state.ts';
import { reopenedTo } from './transitions.ts';

export interface CaseRules {
  /** How long a claim lasts, ms. */
  readonly claimMs: number;
  /** How long after its end a case can be reopened, ms. */
  readonly reopenWithinMs: number;
  /** How far ahead of the service's clock `occurredAt` may be, ms. */
  readonly clockSkewMs: number;
  /** How long after it began a case may still be entered. */
  readonly lateEntryMs: number;
  readonly counting: CountingRule;
}

export const standardRules: CaseRules = {
  claimMs: 15 * 60_000,
  reopenWithinMs: 72 * 3_600_000,
  clockSkewMs: 5 * 60_000,
  lateEntryMs: 366 * 24 * 3_600_000,
  counting: countingRule,
};

export type CaseDecider = Decider<CaseCommand, CaseState, CaseEvent>;
type Decided = Decision<CaseEvent>;

/** The decider of a service case under the given rules. */
export const createCaseDecider = (rules: CaseRules = standardRules): CaseDecider => ({
  initialState: unregistered,
  evolve,
  decide: (command, state) => {
    if (command.type === 'register') return register(command, state, rules);
    const permission = permissionFor(command, state, rules);
    return permission.granted ? act(command, permission, rules) : permission.no;
  },
});

function register(command: CommandOf<'register'>, state: CaseState, rules: CaseRules): Decided {
  const { caseId, actor, now, service, centre, subjectId, anonymous } = command;
  if (state.stage !== 'unregistered') return notAllowed('register', state.stage);
  if (centre.status === 'unknown') return refuseWith('centre_not_found', 'There is no such centre.');
  if (!actor.centreIds.includes(centre.centreId)) {
    return refuseWith('centre_foreign', 'The centre is not among those where you work.');
  }
  if (centre.status === 'closed') {
    return refuseWith('centre_closed', `The centre ${centre.centreId} is closed: it takes no new cases.`);
  }
  if (service.status === 'unknown') return refuseWith('service_unknown', 'The catalogue has no such service.');
  if (service.status === 'retired') {
    return refuseWith('service_retired', `The service ${service.serviceId} was retired from the catalogue.`);
  }
  const occurredAt = command.occurredAt ?? now;
  const no = timeRefusal(occurredAt, now, rules) ?? lateEntryRefusal(occurredAt, now, rules) ?? minutesRefusal(command);
  if (no !== undefined) return no;
  const { channel, purpose, customerKind, crossBorder, clerkMinutes } = command;
  return accept({
    type: 'intake.CaseRegistered',
    data: {
      caseId,
      subjectId,
      anonymous,
      serviceId: service.serviceId,
      holderId: service.description.holderId,
      centreId: centre.centreId,
      municipalityId: centre.municipalityId,
      channel,
      purpose,
      customerKind,
      crossBorder,
      clerkMinutes,
      claimedUntil: now + rules.claimMs,
      occurredAt,
      actorId: actor.id,
    },
  });
}

type Permitted = Extract<Permission, { granted: true }>;
type LaterCommand = Exclude<CaseCommand, { type: 'register' }>;

/** What a permitted command makes. */
function act(command: LaterCommand, permitted: Permitted, rules: CaseRules): Decided {
  const { state, at } = permitted;
  const { caseId, holderId } = state;
  const act = { occurredAt: at, actorId: command.actor.id };
  switch (command.type) {
    case 'claim': {
      const claimedUntil = command.now + rules.claimMs;
      return accept({ type: 'intake.CaseClaimed', data: { caseId, centreId: state.centreId, claimedUntil, ...act } });
    }
    case 'release':
      return accept({ type: 'intake.CaseReleased', data: { caseId, ...act } });
    case 'recordConsultation': {
      const { channel, clerkMinutes } = command;
      const data = { caseId, channel, clerkMinutes, ...act };
      return withCount({ type: 'intake.ConsultationRecorded', data }, permitted, rules);
    }
    case 'request':
      return request(command, permitted, rules);
    case 'accept':
      return accept({ type: 'intake.RequestAccepted', data: { caseId, holderId, ...act } });
    case 'rejectAsWrongAuthority': {
      const proposedHolderId = command.proposedHolderId ?? null;
      if (proposedHolderId === holderId) {
        return refuseWith('same_holder', 'Propose another holder than your own, or none.');
      }
      const data = { caseId, holderId, proposedHolderId, ...act };
      return accept({ type: 'intake.RequestRejectedAsWrongAuthority', data });
    }
    case 'askForInformation':
      return accept({
        type: 'intake.InformationRequested',
        data: { caseId, holderId, reason: command.reason, ...act },
      });
    case 'provideInformation': {
      const { channel, clerkMinutes } = command;
      return accept({ type: 'intake.InformationProvided', data: { caseId, channel, clerkMinutes, ...act } });
    }
    case 'decide': {
      const { outcome, reason } = command;
      return accept({ type: 'intake.DecisionMade', data: { caseId, holderId, outcome, reason, ...act } });
    }
    case 'deliverResult':
      return deliver(command, permitted, rules);
    case 'evaluate':
      if (state.evaluated) return refuseWith('already_evaluated', 'The case was evaluated before.');
      return accept({
        type: 'intake.CaseEvaluated',
        data: { caseId, score: command.score, channel: command.channel, ...act },
      });
    case 'withdraw': {
      const end = { type: 'intake.CaseWithdrawn', data: { caseId, reason: command.reason, ...act } } as const;
      return accept(end, ...correctionOf(state, end));
    }
    case 'close': {
      const end = { type: 'intake.CaseClosed', data: { caseId, reason: command.reason, ...act } } as const;
      return accept(end, ...correctionOf(state, end));
    }
    case 'reopen':
      return reopen(command, permitted, rules);
    case 'handOver':
      return handOver(command, permitted);
    case 'link': {
      if (state.links.includes(linkName(command))) return accept();
      const { linkKind, linkedId } = command;
      return accept({ type: 'intake.CaseLinked', data: { caseId, linkKind, linkedId, ...act } });
    }
  }
}

type Help = Parameters<typeof countOf>[1];

/** Help for a client, and the count that it makes when a centre gave it at a desk for the first time. */
function withCount(help: Help, { state, side }: Permitted, rules: CaseRules): Decided {
  return accept<CaseEvent>(help, ...(side === 'centre' ? countOf(state, help, rules.counting) : []));
}

/** Submits to the holder. A returned case may be addressed anew, by another service or by another holder. */
function request(command: CommandOf<'request'>, permitted: Permitted, rules: CaseRules): Decided {
  const { state, at } = permitted;
  const { service, actor, channel, clerkMinutes } = command;
  if (service?.status === 'unknown') return refuseWith('service_unknown', 'The catalogue has no such service.');
  const serviceId = service?.serviceId ?? state.serviceId;
  const holderId = command.holderId ?? service?.description.holderId ?? state.holderId;
  if (service !== undefined && holderId !== service.description.holderId) {
    return refuseWith(
      'holder_of_service',
      `The service is held by ${service.description.holderId}: leave holderId away.`,
    );
  }
  const anew = serviceId !== state.serviceId || holderId !== state.holderId;
  if (anew && state.stage !== 'returned') {
    return refuseWith('service_fixed', 'Another service or holder can be named only when the case was returned.');
  }
  if (anew && service?.status === 'retired') {
    return refuseWith('service_retired', `The service ${serviceId} was retired from the catalogue.`);
  }
  const data = { caseId: state.caseId, serviceId, holderId, channel, clerkMinutes, occurredAt: at, actorId: actor.id };
  return withCount({ type: 'intake.ServiceRequested', data }, permitted, rules);
}

function deliver(command: CommandOf<'deliverResult'>, permitted: Permitted, rules: CaseRules): Decided {
  const { state, side, at } = permitted;
  const { channel, resultForm, clerkMinutes, actor } = command;
  if (side === 'holder' && !formsOfHolder.includes(resultForm)) {
    return refuseWith('result_form_of_centre', `A holder delivers by: ${formsOfHolder.join(', ')}.`);
  }
  const data = { caseId: state.caseId, channel, resultForm, clerkMinutes, occurredAt: at, actorId: actor.id };
  return withCount({ type: 'intake.ResultDelivered', data }, permitted, rules);
}

/** Within the time after the end, by when both occurred: a clerk may enter it later. */
function reopen(command: CommandOf<'reopen'>, { state, at }: Permitted, rules: CaseRules): Decided {
  const { from, at: endedAt } = state.ended ?? { from: state.stage, at };
  if (at < endedAt) {
    return refuseWith('occurred_before_ending', `The case ended at ${new Date(endedAt).toISOString()}.`);
  }
  const until = endedAt + rules.reopenWithinMs;
  if (at > until) {
    const ended = new Date(until).toISOString();
    return refuseWith('reopening_time_over', `The case could be reopened until ${ended}: register a new one.`, {
      until: ended,
    });
  }
  const { caseId } = state;
  const { reason, actor } = command;
  const data = { caseId, toStage: reopenedTo(from), reason, occurredAt: at, actorId: actor.id };
  return accept({ type: 'intake.CaseReopened', data });
}

function handOver(command: CommandOf<'handOver'>, { state, at }: Permitted): Decided {
  const { toCentre, reason, actor } = command;
  if (toCentre.status === 'unknown') return refuseWith('centre_unknown', 'There is no such centre.');
  if (toCentre.status === 'closed') {
    return refuseWith('centre_closed', `The centre ${toCentre.centreId} is closed: it takes no cases.`);
  }
  const { centreId: toCentreId, municipalityId: toMunicipalityId } = toCentre;
  const { caseId, centreId: fromCentreId } = state;
  if (toCentreId === fromCentreId) return refuseWith('same_centre', 'The case is at that centre already.');
  const data = { caseId, fromCentreId, toCentreId, toMunicipalityId, reason, occurredAt: at, actorId: actor.id };
  return accept({ type: 'intake.CaseHandedOver', data });
}
