import { channel } from 'node:diagnostics_channel';
import type { CallReport } from './append-queue.ts';

/** What is published on `vienuviet:event-store:append` after each call. */
export type AppendObservation = CallReport;

/** Name of the channel of `node:diagnostics_channel` that tells of each append call. */
export const APPEND_CHANNEL = 'vienuviet:event-store:append';

const appends = channel(APPEND_CHANNEL);

/** Costs nothing while nobody listens. */
export function observeAppend(report: () => CallReport): void {
  if (appends.hasSubscribers) appends.publish(report());
}
