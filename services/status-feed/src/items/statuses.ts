/**
 * What the portal shows after each event of a case: the table that turns a case's events into statuses and milestones.
 *
 * One event at a time and nothing else: the table never looks at earlier events, so the same event gives the same
 * change in a replay, from any instance and in any interleaving. What it cannot know (the status that a consultation
 * leaves as it was, whose case it is) stays `null` in the change and is filled in by the projection `items`, which
 * sees the changes of one case in order.
 */

export const statuses = [
  'not_started',
  'in_progress',
  'waiting_for_you',
  'needs_attention',
  'decided',
  'result_ready',
  'closed',
] as const;
export type Status = (typeof statuses)[number];

export const milestones = [
  'registered',
  'consulted',
  'requested',
  'accepted',
  'wrong_authority',
  'information_requested',
  'information_provided',
  'decided',
  'delivered',
  'withdrawn',
  'reopened',
  'closed',
] as const;
export type Milestone = (typeof milestones)[number];

export interface Change {
  /** The status from here on; null leaves the one before. */
  readonly status: Status | null;
  readonly milestone: Milestone;
}

/** Stages of a case as intake names them, and what the portal shows while a reopened case is in one. */
const statusOfStage: Readonly<Record<string, Status>> = {
  registered: 'not_started',
  consulted: 'not_started',
  requested: 'in_progress',
  in_execution: 'in_progress',
  awaiting_information: 'waiting_for_you',
  returned: 'needs_attention',
  decided: 'decided',
  delivered: 'result_ready',
  closed: 'closed',
  withdrawn: 'closed',
};

type ChangeOf = Change | ((data: { readonly toStage?: string }) => Change);

const changes: Readonly<Record<string, ChangeOf>> = {
  'intake.CaseRegistered': { status: 'not_started', milestone: 'registered' },
  // A consultation may come before the request or while the holder works: the status stays what it is.
  'intake.ConsultationRecorded': { status: null, milestone: 'consulted' },
  'intake.ServiceRequested': { status: 'in_progress', milestone: 'requested' },
  'intake.RequestAccepted': { status: 'in_progress', milestone: 'accepted' },
  'intake.RequestRejectedAsWrongAuthority': { status: 'needs_attention', milestone: 'wrong_authority' },
  'intake.InformationRequested': { status: 'waiting_for_you', milestone: 'information_requested' },
  'intake.InformationProvided': { status: 'in_progress', milestone: 'information_provided' },
  'intake.DecisionMade': { status: 'decided', milestone: 'decided' },
  'intake.ResultDelivered': { status: 'result_ready', milestone: 'delivered' },
  'intake.CaseWithdrawn': { status: 'closed', milestone: 'withdrawn' },
  // A stage that this version does not know yet is work going on.
  'intake.CaseReopened': ({ toStage }) => ({
    status: statusOfStage[toStage ?? ''] ?? 'in_progress',
    milestone: 'reopened',
  }),
  'intake.CaseClosed': { status: 'closed', milestone: 'closed' },
};

/**
 * Events of a case that the portal does not show: who works on it, at which centre, how it was rated, counted or
 * linked. Listed so that a test finds an event type that nobody has decided about.
 */
export const shownNowhere = [
  'intake.CaseClaimed',
  'intake.CaseReleased',
  'intake.CaseEvaluated',
  'intake.CaseHandedOver',
  'intake.CaseLinked',
  'intake.ServiceCounted',
  'intake.ServiceCountCorrected',
] as const;

/** Types of case events that change what the portal shows. */
export const shownTypes: readonly string[] = Object.keys(changes);

/** What an event of a case changes for the portal; undefined: nothing. Pure. */
export function changeFor(type: string, data: { readonly toStage?: string }): Change | undefined {
  const change = changes[type];
  return typeof change === 'function' ? change(data) : change;
}
