import { v5 as uuidV5 } from 'uuid';
import rule from './counting-rule.json' with { type: 'json' };
import { type CaseEvent, evolve, type ServiceCase } from './state.ts';
import { transitionOf } from './transitions.ts';

/** Which help makes a countable service, as the report's Table 32 says, and the version of that rule. */
export interface CountingRule {
  readonly version: string;
  /** Channels that intake counts; the others are counted where their contacts are. */
  readonly channels: readonly string[];
}

export const countingRule: CountingRule = {
  version: rule.version,
  channels: rule.rows.filter((row) => row.countedBy === 'intake').flatMap((row) => row.channels),
};

/** Id of a case's count: UUIDv5 of the case and the running number, so that a replay makes the same one. */
export const countIdOf = (caseId: string, number: number): string => uuidV5(`count-${number}`, caseId);

type HelpEvent = Extract<
  CaseEvent,
  { type: 'intake.ConsultationRecorded' | 'intake.ServiceRequested' | 'intake.ResultDelivered' }
>;

/**
 * The count that belongs to an act, if it is the case's first countable one: the case was opened at a desk, the help
 * was given at a desk by a centre, and no count stands. Its minutes are those of the case up to and with this act.
 */
export function countOf(before: ServiceCase, help: HelpEvent, rule: CountingRule): CaseEvent[] {
  if (before.countId !== null) return [];
  if (!rule.channels.includes(before.channel) || !rule.channels.includes(help.data.channel)) return [];
  const after = evolve(before, help);
  if (after.stage === 'unregistered') return [];
  const { occurredAt, actorId } = help.data;
  const { caseId, serviceId, holderId, centreId, municipalityId, customerKind, crossBorder, clerkMinutes } = after;
  return [
    {
      type: 'intake.ServiceCounted',
      data: {
        countId: countIdOf(caseId, before.counts + 1),
        ruleVersion: rule.version,
        caseId,
        serviceId,
        holderId,
        centreId,
        municipalityId,
        channel: help.data.channel,
        customerKind,
        crossBorder,
        clerkMinutes,
        occurredAt,
        actorId,
      },
    },
  ];
}

type EndingEvent = Extract<CaseEvent, { type: 'intake.CaseWithdrawn' | 'intake.CaseClosed' }>;

/** The correction that belongs to an end: a withdrawn case, or one registered in error, is no longer counted. */
export function correctionOf(before: ServiceCase, end: EndingEvent): CaseEvent[] {
  if (before.countId === null) return [];
  const withdrawn = end.type === 'intake.CaseWithdrawn';
  const { corrects } = transitionOf(withdrawn ? 'withdraw' : 'close');
  const inError = end.type === 'intake.CaseClosed' && end.data.reason === 'registered_in_error';
  if (corrects === 'never' || (corrects === 'in_error' && !inError)) return [];
  const { caseId, occurredAt, actorId } = end.data;
  const reason = withdrawn ? 'withdrawn' : 'annulled';
  return [
    { type: 'intake.ServiceCountCorrected', data: { countId: before.countId, caseId, reason, occurredAt, actorId } },
  ];
}
