/** What the law and the person want done with what is kept of them. Pure. */
import { accept, type Decider, type Decision } from '@vienuviet/event-store';
import type { EventOf } from '@vienuviet/schemas';
import { refuseWith } from '../refusal.ts';

export const holdReasons = ['court_proceedings', 'legal_obligation', 'open_case', 'claim'] as const;
export type HoldReason = (typeof holdReasons)[number];

/** Services that keep something by which a person could be told, and confirm that they erased it. */
export const erasingServices = ['intake', 'status-feed', 'reporting', 'partner-gateway'] as const;

export type SubjectEvent = EventOf<
  'privacy.ErasureRequested' | 'privacy.ErasureProven' | 'privacy.ErasureHeld' | 'privacy.ErasureHoldLifted'
>;

export interface Hold {
  readonly holdId: string;
  readonly reason: HoldReason | 'unknown';
  readonly heldUntil: number | null;
}

export interface SubjectState {
  readonly status: 'kept' | 'requested' | 'erased';
  readonly erasureId: string | null;
  readonly holds: readonly Hold[];
}

interface Common {
  readonly subjectId: string;
  readonly actorId: string;
  /** The service's clock, ms. */
  readonly now: number;
}

export type SubjectCommand = Common &
  (
    | { readonly type: 'requestErasure'; readonly erasureId: string; readonly proposedBy: string }
    | ({ readonly type: 'hold' } & Hold & { readonly reason: HoldReason })
    | { readonly type: 'liftHold'; readonly holdId: string }
  );

export const subjectDecider: Decider<SubjectCommand, SubjectState, SubjectEvent> = {
  initialState: { status: 'kept', erasureId: null, holds: [] },
  decide,
  evolve,
};

/** The hold that forbids an erasure at an instant; the one that lasts longest. */
export const holdAt = ({ holds }: SubjectState, now: number): Hold | undefined =>
  holds
    .filter(({ heldUntil }) => heldUntil === null || heldUntil > now)
    .toSorted((one, other) => (other.heldUntil ?? Number.MAX_VALUE) - (one.heldUntil ?? Number.MAX_VALUE))[0];

function decide(command: SubjectCommand, state: SubjectState): Decision<SubjectEvent> {
  const { subjectId, actorId, now: occurredAt } = command;
  const stamp = { occurredAt, actorId };
  if (state.status !== 'kept')
    return refuseWith('client_erased', 'What was kept of this person is erased, or about to be.');
  switch (command.type) {
    case 'requestErasure': {
      const refusal = heldRefusal(state, occurredAt);
      if (refusal !== undefined) return refusal;
      const { erasureId, proposedBy } = command;
      const data = { subjectId, erasureId, services: [...erasingServices], proposedBy, ...stamp };
      return accept({ type: 'privacy.ErasureRequested', data });
    }
    case 'hold': {
      const { holdId, reason, heldUntil } = command;
      if (heldUntil !== null && heldUntil <= occurredAt)
        return refuseWith('hold_over', 'The hold would be over already.');
      return accept({ type: 'privacy.ErasureHeld', data: { subjectId, holdId, reason, heldUntil, ...stamp } });
    }
    case 'liftHold': {
      const { holdId } = command;
      if (!state.holds.some((hold) => hold.holdId === holdId))
        return refuseWith('hold_unknown', 'There is no such hold.');
      return accept({ type: 'privacy.ErasureHoldLifted', data: { subjectId, holdId, ...stamp } });
    }
  }
}

/** Why a person cannot be erased now. */
export function heldRefusal(state: SubjectState, now: number) {
  const hold = holdAt(state, now);
  if (hold === undefined) return undefined;
  const until = hold.heldUntil === null ? 'it is lifted' : new Date(hold.heldUntil).toISOString();
  return refuseWith('erasure_held', `The law wants these data kept (${hold.reason}) until ${until}.`, {
    ...{ holdId: hold.holdId, reason: hold.reason },
    until: hold.heldUntil === null ? null : new Date(hold.heldUntil).toISOString(),
  });
}

function evolve(state: SubjectState, event: SubjectEvent): SubjectState {
  switch (event.type) {
    case 'privacy.ErasureRequested':
      return { ...state, status: 'requested', erasureId: event.data.erasureId };
    case 'privacy.ErasureProven':
      return { ...state, status: 'erased' };
    case 'privacy.ErasureHeld': {
      const { holdId, reason, heldUntil } = event.data;
      return { ...state, holds: [...state.holds, { holdId, reason, heldUntil }] };
    }
    case 'privacy.ErasureHoldLifted':
      return { ...state, holds: state.holds.filter(({ holdId }) => holdId !== event.data.holdId) };
    default:
      return state;
  }
}
