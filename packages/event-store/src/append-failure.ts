import { EventStoreError } from './errors.ts';

/** SQLSTATE classes by which the server refuses what it was given, as opposed to being unable to work. */
const REFUSALS = new Set(['22', '23', '54', '42', 'P0']);

/** What became of a batch whose call failed. */
export type Failure =
  /** The call could not be made or was rolled back because of what one of its appends holds: the others can still be appended. */
  | { readonly kind: 'refused'; readonly error: EventStoreError }
  /** Nothing was appended, or nobody knows; sending the same again at once would not help. */
  | { readonly kind: 'failed'; readonly error: EventStoreError };

/**
 * Tells a refusal from a failure. Only an answer of severity ERROR says that the transaction was rolled back; a
 * session that ended in the middle (FATAL, or no answer at all) may have committed.
 */
export function judge(cause: unknown): Failure {
  if (cause instanceof EventStoreError) {
    return { kind: cause.code === 'append_refused' ? 'refused' : 'failed', error: cause };
  }
  const { code, severity } = cause as { code?: unknown; severity?: unknown };
  if (severity !== 'ERROR' || typeof code !== 'string') {
    const message = 'the connection was lost while the append was under way; repeat it with the same key or event ids';
    return { kind: 'failed', error: new EventStoreError('outcome_unknown', message, { cause }) };
  }
  if (REFUSALS.has(code.slice(0, 2))) {
    const message = `the database refused the append (${code}); nothing was appended`;
    return { kind: 'refused', error: new EventStoreError('append_refused', message, { cause }) };
  }
  const message = `the database could not take the append (${code}); nothing was appended`;
  return { kind: 'failed', error: new EventStoreError('unavailable', message, { cause }) };
}
