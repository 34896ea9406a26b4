import { EventStoreError } from '@vienuviet/event-store';
import type { Fault } from '../consumer/envelope.ts';
import { messageOf } from '../errors.ts';

const permanent = new Set([
  'append_invalid',
  'event_too_large',
  'append_too_large',
  'append_refused',
  'events_partly_known',
]);

/** What the store or the contracts refuse each time; undefined for trouble of the moment. */
export function storeRefusal(error: unknown): Fault | undefined {
  if (error instanceof EventStoreError) {
    return permanent.has(error.code)
      ? { code: 'append_refused', reason: `${error.code}: ${error.message}` }
      : undefined;
  }
  const { name } = error as { name?: unknown };
  if (name === 'SchemaError' || error instanceof TypeError) return { code: 'append_refused', reason: messageOf(error) };
  return undefined;
}
