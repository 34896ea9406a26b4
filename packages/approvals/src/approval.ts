/** What needs a second person: proposed by one, confirmed by another, or expired, or withdrawn. Pure. */
import { accept, type Decider, type Decision, refuse } from '@vienuviet/event-store';
import type { EventOf } from '@vienuviet/schemas';

export type ApprovalEvent = EventOf<'approvals.Proposed' | 'approvals.Confirmed' | 'approvals.Withdrawn'>;

export type ApprovalState =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'proposed' | 'confirmed' | 'withdrawn';
      readonly action: string;
      readonly target: string;
      readonly digest: string;
      readonly proposedBy: string;
      readonly expiresAt: number;
    };

interface Common {
  readonly approvalId: string;
  readonly actorId: string;
  /** The service's clock, ms. */
  readonly now: number;
}

/** What is proposed, and again what is confirmed: both must be the same. */
export interface Proposal {
  /** Code of what is to be done, e.g. `discard_all`. */
  readonly action: string;
  /** What it is done to: a name or an id of ours. */
  readonly target: string;
  /** See `digestOf`. */
  readonly digest: string;
}

export type ApprovalCommand = Common &
  (
    | ({ readonly type: 'propose'; readonly validMs: number } & Proposal)
    | ({ readonly type: 'confirm' } & Proposal)
    | { readonly type: 'withdraw' }
  );

/** Closed list of why an approval is refused. */
export type ApprovalRefusal =
  | 'approval_exists'
  | 'approval_not_found'
  | 'approval_same_person'
  | 'approval_expired'
  | 'approval_done'
  | 'approval_withdrawn'
  | 'approval_of_something_else';

export const approvalDecider: Decider<ApprovalCommand, ApprovalState, ApprovalEvent> = {
  initialState: { status: 'unknown' },
  decide,
  evolve,
};

const no = (code: ApprovalRefusal, message: string) => refuse(code, message) as Decision<never>;

function decide(command: ApprovalCommand, state: ApprovalState): Decision<ApprovalEvent> {
  const { approvalId, actorId, now: occurredAt } = command;
  if (command.type === 'propose') {
    if (state.status !== 'unknown') return no('approval_exists', 'It was proposed already.');
    const { action, target, digest, validMs } = command;
    const data = { approvalId, action, target, digest, expiresAt: occurredAt + validMs, occurredAt, actorId };
    return accept({ type: 'approvals.Proposed', data });
  }
  if (state.status === 'unknown') return no('approval_not_found', 'Nothing was proposed under this id.');
  if (state.status === 'confirmed') return no('approval_done', 'It was confirmed and done before.');
  if (state.status === 'withdrawn') return no('approval_withdrawn', 'It was withdrawn: propose it again.');
  if (command.type === 'withdraw') {
    return accept({ type: 'approvals.Withdrawn', data: { approvalId, occurredAt, actorId } });
  }
  if (occurredAt > state.expiresAt) {
    const until = new Date(state.expiresAt).toISOString();
    return no('approval_expired', `It could be confirmed until ${until}: propose it again.`);
  }
  if (actorId === state.proposedBy) {
    return no('approval_same_person', 'Another person than the one who proposed it has to confirm it.');
  }
  const same = (['action', 'target', 'digest'] as const).every((part) => command[part] === state[part]);
  if (!same) return no('approval_of_something_else', 'What is to be confirmed is not what was proposed.');
  return accept({ type: 'approvals.Confirmed', data: { approvalId, occurredAt, actorId } });
}

function evolve(state: ApprovalState, event: ApprovalEvent): ApprovalState {
  if (event.type === 'approvals.Proposed') {
    const { action, target, digest, expiresAt, actorId: proposedBy } = event.data;
    return { status: 'proposed', action, target, digest, proposedBy, expiresAt };
  }
  if (state.status === 'unknown') return state;
  return { ...state, status: event.type === 'approvals.Confirmed' ? 'confirmed' : 'withdrawn' };
}
