/** What must hold before a command does anything: whose case it is, the stage, the claim, the times given. */
import { refuseWith } from '../refusal.ts';
import type { CaseRules } from './case.ts';
import { formsOfHolder } from './codes.ts';
import type { CaseCommand } from './commands.ts';
import type { CaseState, Claim, ServiceCase } from './state.ts';
import { allowedIn, type CommandName, transitionOf } from './transitions.ts';

type No = ReturnType<typeof refuseWith>;
type LaterCommand = Exclude<CaseCommand, { type: 'register' }>;

/** A case as the command may go on with it, or why not. */
export type Permission =
  | { readonly granted: true; readonly state: ServiceCase; readonly side: 'centre' | 'holder'; readonly at: number }
  | { readonly granted: false; readonly no: No };

/** Checks in the order in which a caller can do something about it: whose case, which stage, whose claim, when. */
export function permissionFor(command: LaterCommand, state: CaseState, rules: CaseRules): Permission {
  if (state.stage === 'unregistered') return denied(notFound(command.caseId));
  const side = sideOf(command, state);
  if (side === undefined) return denied(foreign);
  if (transitionOf(command.type).next[state.stage] === undefined) return denied(notAllowed(command.type, state.stage));
  const claim = side === 'centre' ? claimRefusal(command, state.claim) : undefined;
  if (claim !== undefined) return denied(claim);
  const at = command.occurredAt ?? command.now;
  const time = timeRefusal(at, command.now, rules) ?? beforeRegistration(at, state) ?? minutesRefusal(command);
  return time === undefined ? { granted: true, state, side, at } : denied(time);
}

const denied = (no: No): Permission => ({ granted: false, no });

const notFound = (caseId: string): No => refuseWith('case_not_found', `There is no case ${caseId}.`);

/** The routes answer it as if the case did not exist, and log it. */
const foreign: No = refuseWith('case_foreign', 'The case is not among those of your centre or holder.');

export const notAllowed = (command: CommandName, stage: CaseState['stage']): No =>
  refuseWith(
    'transition_not_allowed',
    `${command} is not allowed in the stage ${stage}; allowed are: ${allowedIn(stage).join(', ') || 'none'}.`,
    { command, stage, allowed: allowedIn(stage) },
  );

/**
 * For which side the caller acts on this case; undefined when it is neither's. Who holds both (a municipality's clerk
 * may be its specialist too) delivers for the centre when holding the claim, otherwise for the holder.
 */
function sideOf(command: LaterCommand, state: ServiceCase): 'centre' | 'holder' | undefined {
  const { by } = transitionOf(command.type);
  const centre = by !== 'holder' && command.actor.centreIds.includes(state.centreId);
  const holder = by !== 'centre' && command.actor.holderIds.includes(state.holderId);
  if (centre && holder) return holdsClaim(command, state.claim) || !formOfHolder(command) ? 'centre' : 'holder';
  if (centre) return 'centre';
  return holder ? 'holder' : undefined;
}

const formOfHolder = (command: LaterCommand): boolean =>
  command.type !== 'deliverResult' || formsOfHolder.includes(command.resultForm);

const isLive = (claim: Claim | null, now: number): claim is Claim => claim !== null && now < claim.until;

const holdsClaim = (command: LaterCommand, claim: Claim | null): boolean =>
  isLive(claim, command.now) && claim.actorId === command.actor.id;

function claimRefusal(command: LaterCommand, claim: Claim | null): No | undefined {
  const need = transitionOf(command.type).claim;
  if (need === 'free' || holdsClaim(command, claim)) return undefined;
  if (isLive(claim, command.now)) {
    const until = new Date(claim.until).toISOString();
    return refuseWith('claimed_by_other', `The case is claimed by ${claim.actorId} until ${until}.`, {
      heldBy: claim.actorId,
      centreId: claim.centreId,
      until,
    });
  }
  if (need === 'given') return undefined;
  return refuseWith('not_claimed', 'Claim the case first: only who holds its claim may act for the centre.');
}

/** What happened cannot lie ahead of the service's clock by more than clocks differ. */
export function timeRefusal(at: number, now: number, rules: CaseRules): No | undefined {
  if (at <= now + rules.clockSkewMs) return undefined;
  const latest = new Date(now + rules.clockSkewMs).toISOString();
  return refuseWith('occurred_in_future', `occurredAt may not be later than ${latest}.`, { latest });
}

/** A case is entered when it begins, or some time later from paper; a time long past is a slip of the pen. */
export function lateEntryRefusal(at: number, now: number, rules: CaseRules): No | undefined {
  if (at >= now - rules.lateEntryMs) return undefined;
  const earliest = new Date(now - rules.lateEntryMs).toISOString();
  return refuseWith('occurred_too_early', `occurredAt may not be earlier than ${earliest}.`, { earliest });
}

function beforeRegistration(at: number, state: ServiceCase): No | undefined {
  if (at >= state.registeredAt) return undefined;
  const earliest = new Date(state.registeredAt).toISOString();
  return refuseWith('occurred_before_registration', `The case was registered at ${earliest}.`, { earliest });
}

/** Minutes are whole and at most ten hours; more is a slip of the pen. */
export function minutesRefusal(command: CaseCommand): No | undefined {
  if (!('clerkMinutes' in command)) return undefined;
  const { clerkMinutes } = command;
  if (Number.isInteger(clerkMinutes) && clerkMinutes >= 0 && clerkMinutes <= 600) return undefined;
  return refuseWith('invalid_clerk_minutes', 'clerkMinutes is a whole number from 0 to 600.');
}
