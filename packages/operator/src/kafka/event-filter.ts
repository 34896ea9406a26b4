import type { ShownEvent } from './shown-event.ts';

/** Which events are wanted; what is not given does not matter. */
export interface EventFilter {
  /** Stream id, or the UUID in it. */
  readonly key?: string;
  /** Event types, with or without their owner: `intake.CaseRegistered`, `CaseRegistered`. */
  readonly types?: readonly string[];
  /** From and to, ms; both included. */
  readonly since?: number;
  readonly until?: number;
}

/** True for an event that all conditions fit. */
export function isWanted({ key, types, since, until }: EventFilter, event: ShownEvent): boolean {
  const time = Date.parse(event.time);
  if (since !== undefined && time < since) return false;
  if (until !== undefined && time > until) return false;
  if (key !== undefined && event.key !== key && !event.key.endsWith(`-${key}`)) return false;
  if (types === undefined || types.length === 0) return true;
  return types.some((name) => event.type !== null && isTypeCalled(event.type, name));
}

/** True when a name, with or without its owner, means this type. */
export const isTypeCalled = (type: string, name: string): boolean => type === name || type.split('.').at(-1) === name;
