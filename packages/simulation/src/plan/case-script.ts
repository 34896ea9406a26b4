/**
 * The script of one case: what its clerks and holders will do, command by command, with times and idempotency keys. A
 * script is made before anything is sent and never changes; what only the running platform knows (ids of services,
 * who won a claim) is named here and filled in when a command is sent.
 */

/** Commands of a case, by the names of intake's routes. */
export const commandNames = [
  'register',
  'claim',
  'release',
  'consultations',
  'request',
  'accept',
  'reject',
  'ask-information',
  'provide-information',
  'decide',
  'deliver',
  'evaluate',
  'withdraw',
  'reopen',
  'close',
  'hand-over',
  'links',
] as const;
export type CommandName = (typeof commandNames)[number];

/** An entry of the catalogue, as the tables name it. */
export interface ServiceName {
  readonly holderId: string;
  readonly titleLv: string;
}

/** What a command says; ids of services and centres are filled in from `service` and `toCentre`. */
export interface CommandBody {
  readonly [field: string]: unknown;
  readonly service?: ServiceName;
  /** Slug of a centre. */
  readonly toCentre?: string;
}

/** Who sends a command: an account, or whichever clerk holds the claim then. */
export type Sender = { readonly account: string } | { readonly holdsTheClaim: true };

export interface Act {
  readonly kind: 'act';
  readonly command: CommandName;
  /** When it happens in the world, ms. */
  readonly at: number;
  readonly sender: Sender;
  readonly body: CommandBody;
  /** Idempotency key. */
  readonly key: string;
  /** The same command, sent twice at the same time: one is executed, both get one answer. */
  readonly twin?: true;
  /** Another clerk of the centre claims at the same time: one wins, the other is refused. */
  readonly rival?: { readonly account: string; readonly key: string };
}

/** An earlier act once more, much later, with its key: the same answer, and nothing happens. */
export interface Repeat {
  readonly kind: 'repeat';
  readonly at: number;
  /** Index of the act in the script. */
  readonly of: number;
}

export type Step = Act | Repeat;

export interface CaseScript {
  /** `<centre>/<number>`, unique within a day. */
  readonly name: string;
  readonly centre: string;
  readonly steps: readonly Step[];
}

export interface DayPlan {
  readonly seed: string;
  readonly date: string;
  /** Slugs of the centres that take part. */
  readonly centres: readonly string[];
  readonly cases: readonly CaseScript[];
}

/** Commands of a day: every step, and the claim of the other clerk where two claim at once. A twin is no further one. */
export function commandsIn({ cases }: DayPlan): number {
  const steps = cases.flatMap((script) => script.steps);
  return steps.length + steps.filter((step) => step.kind === 'act' && step.rival !== undefined).length;
}
