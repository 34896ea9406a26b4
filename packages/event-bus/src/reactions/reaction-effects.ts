import type { Append, EventStore, NewEvent } from '@vienuviet/event-store';
import { v5 } from 'uuid';
import type { ApplyStep, Effects } from '../consumer/effects.ts';
import { BusError, messageOf } from '../errors.ts';
import type { Reaction, ReactionAppend } from '../types.ts';
import { noteVersions, readVersions } from './reaction-versions.ts';
import { storeRefusal } from './store-refusal.ts';

/** Name space of the ids of events that reactions append. */
export const REACTION_NAMESPACE = '5b0e6f0a-6c0c-5d39-9a57-2f1a6f3f6f0e';

/** Id of the nth event that a reaction appends for a source event: the same in every replay. */
export const reactionEventId = (reaction: string, sourceEventId: string, index: number): string =>
  v5(`${reaction}:${sourceEventId}:${index}`, REACTION_NAMESPACE);

/** Few at once: from the first append to the commit nobody else appends to the store. */
const BATCH_SIZE = 100;

/**
 * Turns foreign events into appends to one's own store, in the transaction that moves the offset. An event that was
 * answered before appends nothing: its answers are in the store by their ids, and the versions of its stream are noted.
 */
export function reactionEffects(reaction: Reaction, store: EventStore): Effects {
  return {
    types: new Set(Object.keys(reaction.on)),
    batchSize: BATCH_SIZE,
    prepare: async () => undefined,
    joinsAnywhere: true,
    streamVersions: (tx, streams) => readVersions(tx, reaction.name, streams),
    noteVersions: (tx, versions) => noteVersions(tx, reaction.name, versions),

    async apply(tx, steps, isParked, onFault) {
      const waiting = steps.filter(({ key }) => !isParked(key));
      const memory = await reaction.memory?.recall(
        tx,
        waiting.map(({ event }) => event),
      );
      const appends: Append[] = [];
      for (const step of waiting) {
        if (isParked(step.key)) continue;
        try {
          const append = appendOf(reaction, step, memory);
          if (append !== undefined) appends.push(append);
        } catch (error) {
          onFault(step, { code: 'reaction_failed', reason: messageOf(error) });
        }
      }
      if (memory !== undefined) await reaction.memory?.keep(tx, memory as never);
      // All answers are known before the first append takes the store's lock.
      const results = await Promise.all(appends.map((append) => store.appendIn(tx, append)));
      for (const result of results) {
        if (result.outcome !== 'conflict') continue;
        const { streamId, expected, actual } = result;
        throw new BusError('append_conflict', `${streamId} has version ${actual}, not ${expected}`);
      }
    },

    refusal: storeRefusal,
    committed: () => store.announce(),
  };
}

function appendOf(reaction: Reaction, step: ApplyStep, memory: unknown): Append | undefined {
  const { event, message } = step;
  const wanted = reaction.on[event.type]!(event, memory as never);
  if (wanted.length === 0) return undefined;
  const { traceparent } = message.headers;
  let index = 0;
  const streams = mergedByStream(wanted).map(({ streamId, streamType, events, expectedVersion = 'any' as const }) => ({
    streamId,
    streamType,
    expectedVersion,
    events: events.map(
      (made): NewEvent => ({ ...made, eventId: reactionEventId(reaction.name, event.eventId, index++) }),
    ),
  }));
  return { streams, meta: { causationId: event.eventId, ...(traceparent === undefined ? {} : { traceparent }) } };
}

function mergedByStream(appends: readonly ReactionAppend[]): ReactionAppend[] {
  const streams = new Map<string, ReactionAppend>();
  for (const append of appends) {
    const known = streams.get(append.streamId);
    streams.set(
      append.streamId,
      known === undefined ? append : { ...known, events: [...known.events, ...append.events] },
    );
  }
  return [...streams.values()].filter(({ events }) => events.length > 0);
}
