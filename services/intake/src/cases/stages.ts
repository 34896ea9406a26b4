/**
 * Words of a service case's path.
 *
 * - stage: where the case stands. `unregistered` is the stage before the first event and is never stored.
 * - open: every stage but the two in which a case has ended, `closed` and `withdrawn`.
 */
export const stages = [
  'registered',
  'consulted',
  'requested',
  'in_execution',
  'awaiting_information',
  'returned',
  'decided',
  'delivered',
  'closed',
  'withdrawn',
] as const;
export type Stage = (typeof stages)[number];

export const endedStages = ['closed', 'withdrawn'] as const satisfies readonly Stage[];

/** The stages in which something may still be owed; a centre closes only when it has no case in one of them. */
export const openStages: readonly Stage[] = stages.filter((stage) => !isEnded(stage));

/** True when the case has ended; it can then only be evaluated, linked or, for a time, reopened. */
export function isEnded(stage: Stage): boolean {
  return (endedStages as readonly Stage[]).includes(stage);
}

/** True for the name of a stage, as an event from a newer schema may carry another. */
export const isStage = (name: string): name is Stage => (stages as readonly string[]).includes(name);
