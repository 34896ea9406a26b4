/**
 * Closed list of what this package throws.
 *
 * - `append_invalid`: the append contradicts itself or the rules of ids; nothing was sent.
 * - `event_too_large`, `append_too_large`: over the limits of the store; nothing was sent.
 * - `overloaded`: too much is waiting to be appended; nothing was sent, try again later.
 * - `events_partly_known`: some, not all, of the given event ids are in the store; nothing was appended.
 * - `append_refused`: the server refused this one append (cause kept); nothing was appended.
 * - `unavailable`: the server could not take the append (cause kept); nothing was appended, try again later.
 * - `outcome_unknown`: the connection was lost while the append was under way; it may or may not be in the store. A
 *   repeat with the same idempotency key or event ids tells.
 * - `contended`: a command lost to other appends on its stream each time it was tried; nothing was appended.
 * - `epoch_changed`: the store was restored and continues another history; start the process again.
 * - `closed`: the store was closed.
 */
export type EventStoreErrorCode =
  | 'append_invalid'
  | 'event_too_large'
  | 'append_too_large'
  | 'overloaded'
  | 'events_partly_known'
  | 'append_refused'
  | 'unavailable'
  | 'outcome_unknown'
  | 'contended'
  | 'epoch_changed'
  | 'closed';

export class EventStoreError extends Error {
  readonly code: EventStoreErrorCode;

  constructor(code: EventStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EventStoreError';
    this.code = code;
  }
}
