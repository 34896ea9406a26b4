import { type Decision, refuse } from '@vienuviet/event-store';
import type { RefusalCode } from './errors.ts';

/** Refuses with a code of intake's closed list. The message tells what to do; ids in it are never a person's. */
export const refuseWith = (
  code: RefusalCode,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): Extract<Decision<never>, { accepted: false }> =>
  refuse(code, message, details) as Extract<Decision<never>, { accepted: false }>;
