/** An aggregate is a decider: pure functions of command and state. Time, ids and chance come with the command. */
export interface Decider<Command, State, Event> {
  readonly initialState: State;
  decide(command: Command, state: State): Decision<Event>;
  evolve(state: State, event: Event): State;
}

export type Decision<Event> =
  | { readonly accepted: true; readonly events: readonly Event[] }
  | { readonly accepted: false; readonly refusal: Refusal };

/** Why a command was refused, in a form that a route turns into a problem document. */
export interface Refusal {
  /** Stable code in snake_case, from the closed list of its package. */
  readonly code: string;
  /** One sentence that tells the caller what to do. */
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Accepts a command with the events it makes; none is a command that changes nothing. */
export const accept = <Event>(...events: Event[]): Decision<Event> => ({ accepted: true, events });

/** Refuses a command. */
export const refuse = (
  code: string,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): Decision<never> => ({
  accepted: false,
  refusal: details === undefined ? { code, message } : { code, message, details },
});
