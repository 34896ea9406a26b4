/**
 * The state machine of a service case as one table: command × stage → next stage, who may act, what becomes of the
 * claim and of the count. The decider, the list of allowed commands in a refusal, the diagram in
 * `docs/case-state-machine.md` and the generated tests all read this table; nothing else knows a transition.
 */
import { endedStages, openStages, type Stage, stages } from './stages.ts';

export type StageOrNone = Stage | 'unregistered';

/** `same`: the stage stays; `before_the_end`: the stage in which the case ended, or execution when it was delivered. */
export type Next = Stage | 'same' | 'before_the_end';

export interface Transition {
  /** Who acts: a centre's clerk, the institution that holds the service, or either. */
  readonly by: 'centre' | 'holder' | 'either';
  /** `given`: the caller gets the claim; `needed`: only who holds a live one may act; `free`: none is asked for. */
  readonly claim: 'given' | 'needed' | 'free';
  /** The case is handed on, and the claim ends with it. */
  readonly endsClaim: boolean;
  /** Help at a desk that makes the case a countable service when it is the first. */
  readonly counts: boolean;
  /** Takes the count back: always, or when the case turns out to have been registered in error. */
  readonly corrects: 'never' | 'always' | 'in_error';
  readonly next: Readonly<Partial<Record<StageOrNone, Next>>>;
}

const from = (from: readonly Stage[], to: Next): Partial<Record<Stage, Next>> =>
  Object.fromEntries(from.map((stage) => [stage, to]));

const none = { claim: 'free', endsClaim: false, counts: false, corrects: 'never' } as const;
const atTheDesk = { ...none, by: 'centre', claim: 'needed' } as const;
const handedOn = { ...atTheDesk, endsClaim: true } as const;
const atTheHolder = { ...none, by: 'holder' } as const;

/** Stages before the decision: the client may still withdraw. */
const undecided = ['registered', 'consulted', 'requested', 'in_execution', 'awaiting_information', 'returned'] as const;

export const transitions = {
  register: { ...none, by: 'centre', claim: 'given', next: { unregistered: 'registered' } },
  claim: { ...none, by: 'centre', claim: 'given', next: from(openStages, 'same') },
  release: { ...handedOn, next: from(openStages, 'same') },
  recordConsultation: {
    ...atTheDesk,
    counts: true,
    next: {
      ...from(['requested', 'in_execution', 'awaiting_information', 'returned', 'decided'], 'same'),
      registered: 'consulted',
      consulted: 'same',
    },
  },
  request: { ...handedOn, counts: true, next: from(['registered', 'consulted', 'returned'], 'requested') },
  accept: { ...atTheHolder, next: { requested: 'in_execution' } },
  rejectAsWrongAuthority: { ...atTheHolder, next: from(['requested', 'in_execution'], 'returned') },
  askForInformation: { ...atTheHolder, next: { in_execution: 'awaiting_information' } },
  provideInformation: { ...handedOn, next: { awaiting_information: 'in_execution' } },
  decide: { ...atTheHolder, next: { in_execution: 'decided' } },
  deliverResult: { ...handedOn, by: 'either', counts: true, next: { decided: 'delivered' } },
  evaluate: { ...none, by: 'centre', next: from(['delivered', 'closed'], 'same') },
  withdraw: { ...handedOn, corrects: 'always', next: from(undecided, 'withdrawn') },
  reopen: { ...none, by: 'centre', next: from(endedStages, 'before_the_end') },
  close: {
    ...handedOn,
    corrects: 'in_error',
    next: from(['registered', 'consulted', 'returned', 'delivered'], 'closed'),
  },
  handOver: { ...handedOn, next: from(openStages, 'same') },
  link: { ...none, by: 'centre', next: from(stages, 'same') },
} as const satisfies Readonly<Record<string, Transition>>;

export type CommandName = keyof typeof transitions;
export const commandNames = Object.keys(transitions) as CommandName[];

/** The row of a command, with the same type for every command. */
export const transitionOf = (command: CommandName): Transition => transitions[command];

/** The commands that a stage allows, in the order of the table. */
export const allowedIn = (stage: StageOrNone): CommandName[] =>
  commandNames.filter((command) => transitionOf(command).next[stage] !== undefined);

/**
 * The stage after an accepted command. What was once accepted stays true when the table is narrowed later: an event
 * from a stage that the table no longer allows leads where the command leads from elsewhere.
 */
export function stageAfter(command: CommandName, stage: Stage, beforeTheEnd: Stage | null): Stage {
  const { next } = transitionOf(command);
  const targets = Object.values(next);
  const target = next[stage] ?? (targets.includes('same') ? 'same' : targets[0]) ?? 'same';
  if (target === 'same') return stage;
  return target === 'before_the_end' ? reopenedTo(beforeTheEnd ?? stage) : target;
}

/** A reopened case goes back to where it ended; one that had been delivered is executed again. */
export const reopenedTo = (beforeTheEnd: Stage): Stage =>
  beforeTheEnd === 'delivered' ? 'in_execution' : beforeTheEnd;
