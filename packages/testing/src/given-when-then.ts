import assert from 'node:assert/strict';

/** What the words below need of a decider; `Decider` of the event store fits. */
interface Decides<Command, State, Event> {
  readonly initialState: State;
  decide(command: Command, state: State): Outcome<Event>;
  evolve(state: State, event: Event): State;
}

type Outcome<Event> =
  | { readonly accepted: true; readonly events: readonly Event[] }
  | { readonly accepted: false; readonly refusal: ExpectedRefusal };

/** A refusal as a test expects it: the code always, the rest where it matters. */
export interface ExpectedRefusal {
  readonly code: string;
  readonly message?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A decider after its history, waiting for a command. */
export interface Given<Command, State, Event> {
  /** The state that the history leads to. */
  readonly state: State;
  when(command: Command): When<State, Event>;
}

/** What the command led to. */
export interface When<State, Event> {
  readonly decision: Outcome<Event>;
  /** The state after the events of the decision. */
  readonly state: State;
  /** Exactly these events in this order (none: `[]`), or a refusal with at least this in it. */
  then(expected: readonly Event[] | ExpectedRefusal): void;
}

/**
 * `given(decider, history).when(command).then(events | refusal)`: a decider's behaviour as one sentence.
 * History, states and command are frozen on the way, so a decider that changes what it was given fails.
 */
export function given<Command, State, Event>(
  decider: Decides<Command, State, Event>,
  history: readonly Event[] = [],
): Given<Command, State, Event> {
  const fold = (state: State, events: readonly Event[]): State =>
    freeze(events.reduce((before, event) => freeze(decider.evolve(before, freeze(event))), freeze(state)));
  const state = fold(decider.initialState, history);
  return {
    state,
    when(command) {
      const decision = freeze(decider.decide(freeze(command), state));
      return {
        decision,
        state: decision.accepted ? fold(state, decision.events) : state,
        // biome-ignore lint/suspicious/noThenProperty: the word of the method; an `await` on it is refused below
        then: (expected) => compare(decision, expected),
      };
    },
  };
}

function compare<Event>(decision: Outcome<Event>, expected: readonly Event[] | ExpectedRefusal): void {
  if (typeof expected === 'function') throw new Error('given-when-then is not a promise: do not await it');
  if (Array.isArray(expected)) {
    assert.deepEqual(decision, { accepted: true, events: expected });
  } else {
    assert.partialDeepStrictEqual(decision, { accepted: false, refusal: expected });
  }
}

/** Buffers cannot be frozen and are left. */
function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
  return value;
}
