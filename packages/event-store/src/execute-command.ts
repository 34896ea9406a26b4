import type { Decider, Refusal } from './decider.ts';
import { EventStoreError } from './errors.ts';
import type { AppendResult, EventMeta, EventStore, NewEvent, RecordedEvent } from './types.ts';

export interface CommandExecution<Command, State, Event extends NewEvent> {
  readonly decider: Decider<Command, State, Event>;
  readonly streamType: string;
  readonly streamId: string;
  readonly command: Command;
  /** Without it the command is not remembered, and a repeat of it executes again. */
  readonly idempotency?: { readonly key: string; readonly scope: string; readonly requestHash: Buffer };
  readonly meta?: EventMeta;
  /** What the caller is answered, as JSON text; stored with the idempotency key. */
  readonly answer?: (executed: Executed<State, Event>) => string;
  /** How often to decide anew when others append to the stream meanwhile; default 10. */
  readonly attempts?: number;
}

export interface Executed<State, Event> {
  readonly streamId: string;
  /** Version of the stream after the command; 0 when there is none. */
  readonly version: number;
  readonly events: readonly Event[];
  /** State after the events. */
  readonly state: State;
}

export type CommandResult<State, Event> =
  | ({ readonly outcome: 'executed'; readonly answer: string } & Executed<State, Event>)
  /** Executed before with the same key and body: its answer again. */
  | { readonly outcome: 'known_command'; readonly answer: string }
  /** The key was used before with another body. */
  | { readonly outcome: 'key_reused' }
  /** The decider gave the events ids, and all are in the store: a timer or reaction that was repeated. */
  | { readonly outcome: 'known_events' }
  /** Leaves no trace; the same key may be sent again. */
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

const ATTEMPTS = 10;

/**
 * Executes a command: looks for its answer from an earlier time, folds the stream, decides, and appends at exactly
 * the version that was decided on. Decides anew when somebody else appended meanwhile, and when the connection was
 * lost and the command carries a key by which its fate can be told. Throws `EventStoreError` `contended` when others
 * were quicker every time.
 */
export async function executeCommand<Command, State, Event extends NewEvent>(
  store: EventStore,
  execution: CommandExecution<Command, State, Event>,
): Promise<CommandResult<State, Event>> {
  const attempts = execution.attempts ?? ATTEMPTS;
  for (let attempt = 1; ; attempt++) {
    const { known, events: history } = await load(store, execution);
    if (known !== undefined) return known;

    const { decider, streamId } = execution;
    const before = history.reduce(
      (state, event) => decider.evolve(state, event as unknown as Event),
      decider.initialState,
    );
    const decision = decider.decide(execution.command, before);
    if (!decision.accepted) return { outcome: 'refused', refusal: decision.refusal };

    const { events } = decision;
    const state = events.reduce(decider.evolve, before);
    const version = (history.at(-1)?.version ?? 0) + events.length;
    const executed = { streamId, version, events, state };
    const answer = execution.answer?.(executed) ?? JSON.stringify({ streamId, version });

    const result = await appendDecided(store, execution, events, version - events.length, answer, attempt < attempts);
    if (result === 'lost') continue;
    if (result.outcome === 'appended') return { outcome: 'executed', answer, ...executed };
    if (result.outcome !== 'conflict') return result;
    if (attempt >= attempts) {
      const message = `others appended to ${streamId} each of the ${attempts} times; nothing was appended, try again`;
      throw new EventStoreError('contended', message);
    }
  }
}

async function load(
  store: EventStore,
  execution: Pick<CommandExecution<never, never, never>, 'idempotency' | 'streamId'>,
) {
  if (execution.idempotency !== undefined) return store.readCommandOrStream(execution.streamId, execution.idempotency);
  return { known: undefined, events: (await store.readStream(execution.streamId)) as RecordedEvent[] };
}

/** `lost`: the connection broke and the next attempt will find out. */
async function appendDecided(
  store: EventStore,
  execution: Pick<CommandExecution<never, never, never>, 'idempotency' | 'streamId' | 'streamType' | 'meta'>,
  events: readonly NewEvent[],
  expectedVersion: number,
  answer: string,
  mayRepeat: boolean,
): Promise<AppendResult | 'lost'> {
  const { streamId, streamType, idempotency, meta } = execution;
  if (events.length === 0 && idempotency === undefined) return { outcome: 'appended', streams: [] };
  try {
    return await store.append({
      streams: [{ streamId, streamType, expectedVersion, events }],
      ...(idempotency === undefined ? {} : { command: { ...idempotency, answer } }),
      ...(meta === undefined ? {} : { meta }),
    });
  } catch (error) {
    const unknown = error instanceof EventStoreError && error.code === 'outcome_unknown';
    if (unknown && idempotency !== undefined && mayRepeat) return 'lost';
    throw error;
  }
}
