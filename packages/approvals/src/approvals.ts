import { randomUUID } from 'node:crypto';
import type { EventStore, Refusal, StreamAppend } from '@vienuviet/event-store';
import { type ApprovalEvent, type ApprovalState, approvalDecider } from './approval.ts';
import { digestOf } from './digest.ts';

/** How long a proposal waits for its second person. */
const VALID_MS = 24 * 3_600_000;

/** What somebody wants done: named, and with everything that it depends on. */
export interface Wanted {
  /** Code of what is to be done, e.g. `discard_all`. */
  readonly action: string;
  /** What it is done to: a name or an id of ours, never of a person. */
  readonly target: string;
  /** Whatever else decides what happens, as JSON; only its digest is kept. */
  readonly parameters: unknown;
}

export interface Acting {
  readonly actorId: string;
  /** The service's clock, ms. */
  readonly now: number;
}

export interface Proposed {
  readonly approvalId: string;
  /** ms. */
  readonly expiresAt: number;
}

const streamOf = (approvalId: string): string => `approval-${approvalId}`;
const proposalOf = ({ action, target, parameters }: Wanted) => ({ action, target, digest: digestOf(parameters) });

/** Records a proposal in the service's own store, for another person to confirm. */
export async function propose(store: EventStore, wanted: Wanted, { actorId, now }: Acting): Promise<Proposed> {
  const approvalId = randomUUID();
  const command = { type: 'propose', approvalId, actorId, now, validMs: VALID_MS, ...proposalOf(wanted) } as const;
  const decision = approvalDecider.decide(command, approvalDecider.initialState);
  if (!decision.accepted) throw new Error(decision.refusal.message);
  await store.append({
    streams: [
      { streamId: streamOf(approvalId), streamType: 'approval', expectedVersion: 'no_stream', events: decision.events },
    ],
  });
  return { approvalId, expiresAt: now + VALID_MS };
}

export type Confirmation =
  /** Append it in one unit with what was approved: done and recorded, or neither. A conflict: somebody was faster. */
  | { readonly accepted: true; readonly append: StreamAppend; readonly proposedBy: string }
  | { readonly accepted: false; readonly refusal: Refusal };

/**
 * What a second person says to a proposal. Refused for who proposed it, for anything else than was proposed, too late,
 * and a second time.
 */
export async function confirm(
  store: EventStore,
  approvalId: string,
  wanted: Wanted,
  { actorId, now }: Acting,
): Promise<Confirmation> {
  const { state, version } = await load(store, approvalId);
  const decision = approvalDecider.decide({ type: 'confirm', approvalId, actorId, now, ...proposalOf(wanted) }, state);
  if (!decision.accepted) return { accepted: false, refusal: decision.refusal };
  const { events } = decision;
  return {
    accepted: true,
    append: { streamId: streamOf(approvalId), streamType: 'approval', expectedVersion: version, events },
    proposedBy: state.status === 'unknown' ? '' : state.proposedBy,
  };
}

/** Takes a proposal back; anybody who may propose may. */
export async function withdraw(
  store: EventStore,
  approvalId: string,
  { actorId, now }: Acting,
): Promise<Refusal | undefined> {
  const { state, version } = await load(store, approvalId);
  const decision = approvalDecider.decide({ type: 'withdraw', approvalId, actorId, now }, state);
  if (!decision.accepted) return decision.refusal;
  const result = await store.append({
    streams: [
      {
        ...{ streamId: streamOf(approvalId), streamType: 'approval', expectedVersion: version },
        events: decision.events,
      },
    ],
  });
  // Confirmed or withdrawn at the same moment: decided anew, on what is there now.
  return result.outcome === 'conflict' ? withdraw(store, approvalId, { actorId, now }) : undefined;
}

async function load(store: EventStore, approvalId: string): Promise<{ state: ApprovalState; version: number }> {
  const events = await store.readStream(streamOf(approvalId));
  const state = events.reduce(
    (before, event) => approvalDecider.evolve(before, event as unknown as ApprovalEvent),
    approvalDecider.initialState,
  );
  return { state, version: events.at(-1)?.version ?? 0 };
}
