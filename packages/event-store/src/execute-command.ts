import type { Decider, Refusal } from './decider.ts';
import { EventStoreError } from './errors.ts';
import type { AppendResult, EventMeta, EventStore, NewEvent, RecordedEvent, StreamAppend } from './types.ts';

export interface CommandExecution<Command, State, Event extends NewEvent> {
  readonly decider: Decider<Command, State, Event>;
  readonly streamType: string;
  readonly streamId: string;
  /** The command, or how to prepare it from what other streams say; prepared anew for every attempt. */
  readonly command: Command | (() => Promise<PreparedCommand<Command>>);
  /** Without it the command is not remembered, and a repeat of it executes again. */
  readonly idempotency?: { readonly key: string; readonly scope: string; readonly requestHash: Buffer };
  readonly meta?: EventMeta;
  /** What the caller is answered, as JSON text; stored with the idempotency key. */
  readonly answer?: (executed: Executed<State, Event>) => string;
  /** How often to decide anew when others append to the stream meanwhile; default 10. */
  readonly attempts?: number;
}

/** A command that relies on what other streams say, and the versions at which they were read. */
export interface PreparedCommand<Command> {
  readonly command: Command;
  /** Nothing is appended when one of these has moved on: their versions are checked under the order lock. */
  readonly reliesOn: readonly StreamRead[];
}

export interface StreamRead {
  readonly streamId: string;
  readonly streamType: string;
  /** 0 for a stream that is not there. */
  readonly version: number;
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
    const { command, reliesOn } = await prepared(execution.command);
    const decision = decider.decide(command, before);
    if (!decision.accepted) return { outcome: 'refused', refusal: decision.refusal };

    const { events } = decision;
    const state = events.reduce(decider.evolve, before);
    const version = (history.at(-1)?.version ?? 0) + events.length;
    const executed = { streamId, version, events, state };
    const answer = execution.answer?.(executed) ?? JSON.stringify({ streamId, version });

    const decided = { events, expectedVersion: version - events.length, reliesOn, answer };
    const result = await appendDecided(store, execution, decided, attempt < attempts);
    if (result === 'lost') continue;
    if (result.outcome === 'appended') return { outcome: 'executed', answer, ...executed };
    if (result.outcome !== 'conflict') return result;
    if (attempt >= attempts) {
      const message = `others appended to ${streamId} each of the ${attempts} times; nothing was appended, try again`;
      throw new EventStoreError('contended', message);
    }
  }
}

async function prepared<Command>(
  command: Command | (() => Promise<PreparedCommand<Command>>),
): Promise<PreparedCommand<Command>> {
  return typeof command === 'function'
    ? (command as () => Promise<PreparedCommand<Command>>)()
    : { command, reliesOn: [] };
}

interface Decided {
  readonly events: readonly NewEvent[];
  readonly expectedVersion: number;
  readonly reliesOn: readonly StreamRead[];
  readonly answer: string;
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
  { events, expectedVersion, reliesOn, answer }: Decided,
  mayRepeat: boolean,
): Promise<AppendResult | 'lost'> {
  const { streamId, streamType, idempotency, meta } = execution;
  if (events.length === 0 && idempotency === undefined) return { outcome: 'appended', streams: [] };
  try {
    return await store.append({
      streams: [{ streamId, streamType, expectedVersion, events }, ...reliesOn.map(unchanged)],
      ...(idempotency === undefined ? {} : { command: { ...idempotency, answer } }),
      ...(meta === undefined ? {} : { meta }),
    });
  } catch (error) {
    const unknown = error instanceof EventStoreError && error.code === 'outcome_unknown';
    if (unknown && idempotency !== undefined && mayRepeat) return 'lost';
    throw error;
  }
}

/** A stream that gets no event, and must be as it was read. */
const unchanged = ({ streamId, streamType, version }: StreamRead): StreamAppend => ({
  streamId,
  streamType,
  expectedVersion: version,
  events: [],
});
