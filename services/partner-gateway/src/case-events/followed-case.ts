/**
 * Whom an event of a case is told to, and what. Pure.
 *
 * - A case belongs to its present holder; the partner of that holder, if there is one, is told of it.
 * - A partner that has not been told of a case before, or not of all of it (it is new, the case came to it, its
 *   subscription had ended for a while), is first told what it missed, marked as history.
 * - A partner whose case goes to another holder is told so by a closing event, and from then on nothing.
 */
import type { ConsumedEvent } from '@vienuviet/event-bus';
import type { PartnerCaseEvent } from '@vienuviet/schemas';
import { CaseEventError } from '../errors.ts';
import { type Happening, type Stage, toldOf } from './happenings.ts';

/** One thing that happened to a case, without anything that nobody may be told. */
export interface PastEvent {
  readonly happened: Happening;
  readonly stage: Stage;
  readonly channel: PartnerCaseEvent['channel'];
  /** ms. */
  readonly at: number;
}

/** What the gateway keeps of a case. */
export interface FollowedCase {
  readonly caseId: string;
  /** Last version of the case's stream that was looked at. */
  readonly version: number;
  readonly holderId: string;
  readonly serviceId: string;
  readonly stage: Stage;
  readonly past: readonly PastEvent[];
  /** Registration number of the partner that has the case. */
  readonly toldTo: string | null;
  /** How many of `past` it was told. */
  readonly toldCount: number;
}

/** Fields that some events of a case carry and others do not. */
export interface CaseData {
  readonly caseId: string;
  readonly occurredAt: number;
  readonly serviceId?: string;
  readonly holderId?: string;
  readonly channel?: PastEvent['channel'];
  readonly toStage?: Stage;
}

export interface Telling {
  /** Registration number. */
  readonly to: string;
  readonly event: Omit<PartnerCaseEvent, 'sequence'>;
}

/** Registration number of the partner that is told of a holder's cases; undefined: there is none. */
export type PartnerOf = (holderId: string) => string | undefined;

/** What becomes of a case by an event, and what partners are told; undefined for an event that was here before. */
export function tell(
  before: FollowedCase | undefined,
  event: ConsumedEvent<string, CaseData>,
  partnerOf: PartnerOf,
): { readonly after: FollowedCase; readonly tellings: readonly Telling[] } | undefined {
  const { data, streamId, version } = event;
  if (streamId !== `case-${data.caseId}`) {
    throw new CaseEventError('event_of_another_case', `an event of another case on ${streamId}`);
  }
  if (before !== undefined && version <= before.version) return undefined;
  const moved = caseAfter(before, event);
  const closing = before === undefined ? [] : closingOf(before, moved, data.occurredAt, partnerOf);
  const readdressed = before !== undefined && before.holderId !== moved.holderId;
  const partner = partnerOf(moved.holderId);
  const had = readdressed ? null : moved.toldTo;
  const told = had !== null && (partner === undefined || partner === had) ? moved.toldCount : 0;
  if (partner === undefined) return { after: { ...moved, toldTo: had, toldCount: told }, tellings: closing };
  const last = moved.past.length - 1;
  const news = moved.past.slice(told).map(
    (past, index): Telling => ({
      to: partner,
      event: caseEvent(moved, past, { history: told + index < last, closing: false }),
    }),
  );
  return { after: { ...moved, toldTo: partner, toldCount: moved.past.length }, tellings: [...closing, ...news] };
}

/** The case with one thing more that happened to it. */
function caseAfter(before: FollowedCase | undefined, event: ConsumedEvent<string, CaseData>): FollowedCase {
  const { data, version, type } = event;
  const holderId = data.holderId ?? before?.holderId;
  const serviceId = data.serviceId ?? before?.serviceId;
  if (holderId === undefined || serviceId === undefined || (before === undefined && version !== 1)) {
    throw new CaseEventError('case_without_beginning', `the beginning of ${event.streamId} was never here`);
  }
  const { happened, stage: stageAfter } = toldOf(type);
  const stage = stageAfter(before?.stage ?? 'unknown', data);
  const past = { happened, stage, channel: data.channel ?? null, at: data.occurredAt };
  return {
    ...{ caseId: data.caseId, version, holderId, serviceId, stage },
    past: [...(before?.past ?? []), past],
    ...{ toldTo: before?.toldTo ?? null, toldCount: before?.toldCount ?? 0 },
  };
}

/** What the partner is told that loses the case; nothing more than that it does. */
function closingOf(before: FollowedCase, after: FollowedCase, at: number, partnerOf: PartnerOf): Telling[] {
  const { toldTo, holderId } = before;
  if (holderId === after.holderId || toldTo === null || partnerOf(holderId) !== toldTo) return [];
  const past = { happened: 'readdressed', stage: before.stage, channel: null, at } as const;
  return [{ to: toldTo, event: caseEvent(before, past, { history: false, closing: true }) }];
}

const caseEvent = (
  { caseId, serviceId }: FollowedCase,
  { happened, stage, channel, at }: Omit<PastEvent, 'happened'> & Pick<PartnerCaseEvent, 'happened'>,
  marks: Pick<PartnerCaseEvent, 'history' | 'closing'>,
): Telling['event'] => ({ caseId, serviceId, happened, stage, channel, ...marks, occurredAt: at });
