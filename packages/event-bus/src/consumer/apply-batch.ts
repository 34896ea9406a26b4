import type { EventCodec } from '@vienuviet/event-store';
import type pg from 'pg';
import { type ClusterOf, discardedAmong, lockParkedKeys, type Parked, park } from '../parking/parked-store.ts';
import type { InboundMessage } from '../types.ts';
import type { ApplyStep, Effects } from './effects.ts';
import { type Fault, isStreamId } from './envelope.ts';
import { planBatch, type Step } from './plan-batch.ts';

export interface BatchContext {
  readonly consumer: string;
  readonly clusterOf: ClusterOf;
  readonly codec: EventCodec;
  readonly effects: Effects;
  /** Whether any key is parked, and whether anything was discarded, as `open_batch` said. */
  readonly anyParked: boolean;
  readonly anyDiscarded: boolean;
  /** Of the streams of the batch, where they were asked for already. */
  readonly knownVersions?: Promise<Map<string, number>> | undefined;
}

export interface BatchOutcome {
  readonly applied: ReadonlySet<InboundMessage>;
  /** Keys that were not parked before this batch. */
  readonly newlyParked: readonly { readonly key: string; readonly message: InboundMessage; readonly fault: Fault }[];
  readonly versions: ReadonlyMap<string, number>;
}

/**
 * Does a batch inside an open transaction: plans it, applies what can be applied, parks what cannot, notes the
 * versions of the streams. `oneByOne` gives every event a savepoint of its own: slow, and chosen only after the
 * database refused a whole batch, to find the event that it refuses.
 */
export async function applyBatch(
  tx: pg.ClientBase,
  context: BatchContext,
  messages: readonly InboundMessage[],
  oneByOne: boolean,
): Promise<BatchOutcome> {
  const { effects, consumer } = context;
  const keys = streamsOf(messages);
  const parkedBefore = context.anyParked ? await lockParkedKeys(tx, consumer, keys) : new Set<string>();
  const discarded = context.anyDiscarded
    ? await discardedAmong(tx, consumer, context.clusterOf, messages)
    : new Set<InboundMessage>();
  const known = await (context.knownVersions ?? effects.streamVersions?.(tx, keys));
  const steps = planBatch({
    messages,
    codec: context.codec,
    types: effects.types,
    parked: parkedBefore,
    discarded: (message) => discarded.has(message),
    ...(known === undefined ? {} : { versions: known, joinsAnywhere: effects.joinsAnywhere ?? false }),
  });
  const faults = new Map<string, Fault>();
  const failed = new Map<Step, Fault>();
  const onFault = (step: ApplyStep, fault: Fault): void => {
    failed.set(step, fault);
    faults.set(step.key, fault);
  };
  const isParked = (key: string): boolean => faults.has(key);
  const toApply = steps.filter((step) => step.kind === 'apply');
  if (oneByOne) await applyOneByOne(tx, effects, toApply, isParked, onFault);
  else await effects.apply(tx, toApply, isParked, onFault);
  const { parked, versions } = settle(steps, failed);
  if (parked.length > 0) await park(tx, consumer, context.clusterOf, parked);
  if (versions.size > 0) await effects.noteVersions?.(tx, versions);
  const newlyParked = parked.flatMap(({ key, message, fault }) =>
    fault === undefined ? [] : [{ key, message, fault }],
  );
  const waiting = new Set(parked.map(({ message }) => message));
  const applied = toApply.map(({ message }) => message).filter((message) => !waiting.has(message));
  return { applied: new Set(applied), newlyParked, versions };
}

/** The streams that messages belong to, each once. */
export const streamsOf = (messages: readonly InboundMessage[]): string[] => [
  ...new Set(messages.map((message) => message.key).filter(isStreamId)),
];

/** What waits in the end, in order, and how far each stream came. */
function settle(steps: readonly Step[], failed: ReadonlyMap<Step, Fault>) {
  const parked: Parked[] = [];
  const versions = new Map<string, number>();
  const behind = new Set<string>();
  for (const step of steps) {
    const { key, message } = step;
    const fault = failed.get(step) ?? (step.kind === 'park' ? step.fault : undefined);
    if (fault !== undefined && !behind.has(key)) {
      behind.add(key);
      parked.push({ key, message, fault });
    } else if (step.kind === 'park' || (behind.has(key) && step.kind !== 'skip')) {
      parked.push({ key, message });
    } else if (step.kind === 'count' || step.kind === 'apply') {
      versions.set(key, step.envelope.version);
    } else if (step.kind === 'skip' && step.version !== undefined && !behind.has(key)) {
      versions.set(key, step.version);
    }
  }
  return { parked, versions };
}

async function applyOneByOne(
  tx: pg.ClientBase,
  effects: Effects,
  steps: readonly ApplyStep[],
  isParked: (key: string) => boolean,
  onFault: (step: ApplyStep, fault: Fault) => void,
): Promise<void> {
  for (const step of steps) {
    if (isParked(step.key)) continue;
    await tx.query('savepoint event');
    try {
      await effects.apply(tx, [step], isParked, onFault);
      await tx.query('release savepoint event');
    } catch (error) {
      const fault = effects.refusal(error);
      if (fault === undefined) throw error;
      await tx.query('rollback to savepoint event');
      onFault(step, fault);
    }
  }
}
