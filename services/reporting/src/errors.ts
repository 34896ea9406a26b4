/** Closed list of what a fold of the facts refuses; the bus parks the key of the event. */
export type FactErrorCode =
  | 'row_missing' // an event about a thing that was never registered, listed or opened
  | 'row_exists'; // a thing is registered, listed or opened a second time

export class FactError extends Error {
  readonly code: FactErrorCode;

  constructor(code: FactErrorCode, message: string) {
    super(message);
    this.name = 'FactError';
    this.code = code;
  }
}
