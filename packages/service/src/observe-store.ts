import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { APPEND_CHANNEL, type AppendObservation } from '@vienuviet/event-store';
import type { Metrics } from '@vienuviet/telemetry';

/** Counts the appends of this process. Returns a function that ends it. */
export function observeStore(metrics: Metrics): () => void {
  const listener = (message: unknown): void => {
    const { events, milliseconds } = message as AppendObservation;
    metrics.eventsAppended.inc(events);
    metrics.appendDuration.observe(milliseconds / 1000);
  };
  subscribe(APPEND_CHANNEL, listener);
  return () => unsubscribe(APPEND_CHANNEL, listener);
}
