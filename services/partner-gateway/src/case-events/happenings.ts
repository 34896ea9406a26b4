/**
 * What a partner is told of each event of a case: the table that minimises. What is not in it is not told: who works
 * on the case and where, ratings, links, counts; of what is in it, neither client, account, reason nor outcome.
 */
import type { PartnerCaseEvent } from '@vienuviet/schemas';

export type Happening = Exclude<PartnerCaseEvent['happened'], 'unknown' | 'readdressed'>;
export type Stage = PartnerCaseEvent['stage'];

interface Told {
  readonly happened: Happening;
  /** The stage after it, from the one before and from what the event says. */
  readonly stage: (before: Stage, data: { readonly toStage?: Stage }) => Stage;
}

const to =
  (stage: Stage): Told['stage'] =>
  () =>
    stage;

const happenings: Readonly<Record<string, Told>> = {
  'intake.CaseRegistered': { happened: 'registered', stage: to('registered') },
  // Only the first step is one: a consultation while the holder works leaves the case where it is.
  'intake.ConsultationRecorded': {
    happened: 'consulted',
    stage: (before) => (before === 'registered' ? 'consulted' : before),
  },
  'intake.ServiceRequested': { happened: 'requested', stage: to('requested') },
  'intake.RequestAccepted': { happened: 'accepted', stage: to('in_execution') },
  'intake.RequestRejectedAsWrongAuthority': { happened: 'rejected_as_wrong_authority', stage: to('returned') },
  'intake.InformationRequested': { happened: 'information_requested', stage: to('awaiting_information') },
  'intake.InformationProvided': { happened: 'information_provided', stage: to('in_execution') },
  'intake.DecisionMade': { happened: 'decided', stage: to('decided') },
  'intake.ResultDelivered': { happened: 'delivered', stage: to('delivered') },
  'intake.CaseWithdrawn': { happened: 'withdrawn', stage: to('withdrawn') },
  'intake.CaseReopened': { happened: 'reopened', stage: (_, { toStage = 'unknown' }) => toStage },
  'intake.CaseClosed': { happened: 'closed', stage: to('closed') },
};

/** Types of case events that no partner is told of. Listed so that a test finds one that nobody has decided about. */
export const toldToNobody = [
  'intake.CaseClaimed',
  'intake.CaseReleased',
  'intake.CaseEvaluated',
  'intake.CaseHandedOver',
  'intake.CaseLinked',
  'intake.ServiceCounted',
  'intake.ServiceCountCorrected',
] as const;

/** Types of case events that partners are told of. */
export const toldTypes: readonly string[] = Object.keys(happenings);

/** What is told of an event of one of the types above. */
export const toldOf = (type: string): Told => happenings[type]!;
