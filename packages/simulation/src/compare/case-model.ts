/**
 * What must have become of a case, told from the commands that were sent and accepted: the comparison's own reading of
 * the rules, written apart from the services on purpose. It knows stages, what the portal shows, and what counts.
 */
import type { CommandName, ServiceName } from '../plan/case-script.ts';

export type Stage =
  | 'registered'
  | 'consulted'
  | 'requested'
  | 'in_execution'
  | 'awaiting_information'
  | 'returned'
  | 'decided'
  | 'delivered'
  | 'closed'
  | 'withdrawn';

/** A countable service: help at a desk. */
export interface Counted {
  readonly service: ServiceName;
  readonly centre: string;
  readonly channel: string;
}

/** One step that the portal shows. */
export interface Shown {
  readonly milestone: string;
  readonly status: string;
}

export interface CaseModel {
  readonly stage: Stage;
  readonly endedFrom: Stage | undefined;
  readonly service: ServiceName;
  readonly centre: string;
  readonly channel: string;
  readonly shown: readonly Shown[];
  /** The count that stands; undefined before the first and after a correction. */
  readonly counted: Counted | undefined;
  readonly claimed: boolean;
  readonly evaluated: boolean;
}

/** A command as the model reads it. */
export interface Happened {
  readonly command: CommandName;
  readonly body: Readonly<Record<string, unknown>>;
  /** True when the institution itself acted. */
  readonly byHolder: boolean;
}

const statusOf: Readonly<Record<Stage, string>> = {
  registered: 'not_started',
  consulted: 'not_started',
  requested: 'in_progress',
  in_execution: 'in_progress',
  awaiting_information: 'waiting_for_you',
  returned: 'needs_attention',
  decided: 'decided',
  delivered: 'result_ready',
  closed: 'closed',
  withdrawn: 'closed',
};

interface Effect {
  readonly from: readonly Stage[];
  readonly to?: Stage;
  readonly milestone?: string;
  readonly claim?: 'needs' | 'ends' | 'gives';
}

const open: readonly Stage[] = [
  'registered',
  'consulted',
  'requested',
  'in_execution',
  'awaiting_information',
  'returned',
  'decided',
  'delivered',
];
const ended: readonly Stage[] = ['closed', 'withdrawn'];
const undecided = open.slice(0, 6);

const effects: Readonly<Record<Exclude<CommandName, 'register'>, Effect>> = {
  claim: { from: open, claim: 'gives' },
  release: { from: open, claim: 'ends' },
  consultations: { from: [...undecided, 'decided'], milestone: 'consulted', claim: 'needs' },
  request: { from: ['registered', 'consulted', 'returned'], to: 'requested', milestone: 'requested', claim: 'ends' },
  accept: { from: ['requested'], to: 'in_execution', milestone: 'accepted' },
  reject: { from: ['requested', 'in_execution'], to: 'returned', milestone: 'wrong_authority' },
  'ask-information': { from: ['in_execution'], to: 'awaiting_information', milestone: 'information_requested' },
  'provide-information': {
    from: ['awaiting_information'],
    to: 'in_execution',
    milestone: 'information_provided',
    claim: 'ends',
  },
  decide: { from: ['in_execution'], to: 'decided', milestone: 'decided' },
  deliver: { from: ['decided'], to: 'delivered', milestone: 'delivered', claim: 'ends' },
  evaluate: { from: ['delivered', 'closed'] },
  withdraw: { from: undecided, to: 'withdrawn', milestone: 'withdrawn', claim: 'ends' },
  reopen: { from: ended, milestone: 'reopened' },
  close: {
    from: ['registered', 'consulted', 'returned', 'delivered'],
    to: 'closed',
    milestone: 'closed',
    claim: 'ends',
  },
  'hand-over': { from: open, claim: 'ends' },
  links: { from: [...open, ...ended] },
};

/** The case after a command that was accepted. Throws when the rules do not allow the command there. */
export function afterCommand(model: CaseModel | undefined, happened: Happened, centre: string): CaseModel {
  const { command, body } = happened;
  if (command === 'register') {
    if (model !== undefined) throw new Error('registered twice');
    return {
      stage: 'registered',
      endedFrom: undefined,
      service: body['service'] as ServiceName,
      centre,
      channel: String(body['channel']),
      shown: [{ milestone: 'registered', status: 'not_started' }],
      counted: undefined,
      claimed: true,
      evaluated: false,
    };
  }
  if (model === undefined) throw new Error(`${command} before the registration`);
  const effect = effects[command];
  if (!effect.from.includes(model.stage)) throw new Error(`${command} in the stage ${model.stage}`);
  if (command === 'evaluate' && model.evaluated) throw new Error('evaluated twice');
  const needsClaim = effect.claim === 'needs' || effect.claim === 'ends';
  if (needsClaim && !model.claimed && !happened.byHolder) throw new Error(`${command} without a claim`);
  return withCount(withMilestone(step(model, happened, effect), effect), happened);
}

function step(model: CaseModel, { command, body }: Happened, effect: Effect): CaseModel {
  const claimed = effect.claim === 'gives' || (effect.claim === 'ends' ? false : model.claimed);
  const service = (body['service'] as ServiceName | undefined) ?? model.service;
  const stage = stageAfter(model, command, effect);
  const endedFrom = ended.includes(stage) && stage !== model.stage ? model.stage : model.endedFrom;
  const centre = String(body['toCentre'] ?? model.centre);
  return { ...model, stage, endedFrom, service, claimed, centre, evaluated: model.evaluated || command === 'evaluate' };
}

function stageAfter(model: CaseModel, command: CommandName, effect: Effect): Stage {
  if (command === 'consultations') return model.stage === 'registered' ? 'consulted' : model.stage;
  // A reopened case goes back to where it ended; what was delivered is executed again.
  if (command === 'reopen') return model.endedFrom === 'delivered' ? 'in_execution' : (model.endedFrom ?? model.stage);
  return effect.to ?? model.stage;
}

function withMilestone(model: CaseModel, { milestone }: Effect): CaseModel {
  if (milestone === undefined) return model;
  const before = model.shown.at(-1)?.status ?? '';
  const status = milestone === 'consulted' ? before : statusOf[model.stage];
  return { ...model, shown: [...model.shown, { milestone, status }] };
}

/** First row of Table 32: help to one client at a desk, once a case; a withdrawal or an error takes it back. */
function withCount(model: CaseModel, { command, body, byHolder }: Happened): CaseModel {
  if (command === 'withdraw' || (command === 'close' && body['reason'] === 'registered_in_error')) {
    return { ...model, counted: undefined };
  }
  const helps = command === 'consultations' || command === 'request' || (command === 'deliver' && !byHolder);
  if (!helps || model.counted !== undefined) return model;
  if (model.channel !== 'in_person' || body['channel'] !== 'in_person') return model;
  return { ...model, counted: { service: model.service, centre: model.centre, channel: 'in_person' } };
}
