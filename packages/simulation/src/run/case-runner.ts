/**
 * Plays the script of one case. Everything that the runner knows it knows from its entries, whether it has just made
 * them or found them in the journal of an interrupted run.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Act, CaseScript, CommandBody, Repeat, ServiceName } from '../plan/case-script.ts';
import { idOf } from '../plan/make-script.ts';
import type { Queued } from './day-queue.ts';
import { type CommandAnswer, caseIdOf, type IntakePort, isAccepted, type SentCommand } from './intake-port.ts';
import type { Entry } from './journal.ts';

export interface CaseSettings {
  readonly intake: IntakePort;
  /** Ids that the platform gave to what the plan names. */
  readonly serviceIdOf: (service: ServiceName) => string;
  readonly centreIdOf: (slug: string) => string;
  readonly record: (entry: Entry) => void;
  /** What earlier runs did with this case. */
  readonly earlier?: readonly Entry[];
}

interface CaseState {
  /** Index of the next step. */
  next: number;
  caseId: string | undefined;
  /** Who holds the claim, as far as the answers tell. */
  claimant: string | undefined;
  stopped: boolean;
  claimsAnew: number;
  readonly parts: Map<string, Entry>;
}

/** How often a claim that ran out in real time is taken anew for one step. */
const mostClaimsAnew = 5;

const partName = (step: number, part: Entry['part']): string => `${step} ${part}`;

export function caseRunner(script: CaseScript, settings: CaseSettings): Queued {
  const { intake, serviceIdOf, centreIdOf, record, earlier = [] } = settings;
  const state: CaseState = {
    next: 0,
    caseId: undefined,
    claimant: undefined,
    stopped: false,
    claimsAnew: 0,
    parts: new Map(),
  };

  /** Takes in an entry, new or old. */
  const learn = (entry: Entry): void => {
    const { step, part } = entry;
    state.parts.set(partName(step, part), entry);
    if (part === 'stopped') state.stopped = true;
    if (part === 'claim_anew') state.claimsAnew += 1;
    const planned = script.steps[step];
    if (isAccepted(entry) && planned?.kind === 'act' && part !== 'repeat') {
      if (planned.command === 'register') state.caseId = caseIdOf(entry.answer);
      if (planned.command === 'register' || planned.command === 'claim' || part === 'claim_anew') {
        state.claimant = entry.account;
      }
    }
    const done =
      planned?.kind === 'repeat' || (isDone(step, 'act') && (rivalOf(step) === undefined || isDone(step, 'rival')));
    if (done && state.next === step && part !== 'claim_anew') state.next = step + 1;
  };

  const isDone = (step: number, part: Entry['part']): boolean => state.parts.has(partName(step, part));

  const rivalOf = (step: number): Act['rival'] => {
    const planned = script.steps[step];
    return planned?.kind === 'act' ? planned.rival : undefined;
  };

  const note = (entry: Omit<Entry, 'case' | 'step'>): void => {
    const whole: Entry = { case: script.name, step: state.next, ...entry };
    record(whole);
    learn(whole);
  };

  const stop = (why: string): void => note({ part: 'stopped', account: '', key: '', status: 0, wrong: why });

  const commandOf = (act: Act, account: string, key: string): SentCommand => ({
    account,
    command: act.command,
    caseId: act.command === 'register' ? undefined : state.caseId,
    key,
    body: {
      // A clerk may work at several centres: this is the desk that the case comes to.
      ...(act.command === 'register' ? { centreId: centreIdOf(script.centre) } : {}),
      ...fieldsOf(act.body),
      occurredAt: new Date(act.at).toISOString(),
    },
  });

  /** The body with ids in the place of names. */
  const fieldsOf = ({ service, toCentre, ...fields }: CommandBody): Record<string, unknown> => ({
    ...fields,
    ...(service === undefined ? {} : { serviceId: serviceIdOf(service) }),
    ...(toCentre === undefined ? {} : { toCentreId: centreIdOf(toCentre) }),
  });

  const accountFor = (act: Act): string =>
    'account' in act.sender ? act.sender.account : (state.claimant ?? 'nobody holds the claim');

  async function perform(act: Act): Promise<void> {
    if (act.rival !== undefined) {
      await performAgainst(act, act.rival);
      return;
    }
    const account = accountFor(act);
    const command = commandOf(act, account, act.key);
    const [answer, twin] = await Promise.all([intake.send(command), act.twin ? intake.send(command) : undefined]);
    if (codeOf(answer) === 'not_claimed' && state.claimsAnew < mostClaimsAnew) {
      await claimAnew(act, account);
      return;
    }
    const wrong =
      twin !== undefined && !sameAnswer(answer, twin)
        ? `two answers to one command: ${words(answer)} and ${words(twin)}`
        : undefined;
    note({ part: 'act', account, key: act.key, ...outcomeOf(answer), ...(wrong === undefined ? {} : { wrong }) });
    if (!isAccepted(answer)) stop(`${act.command} was refused: ${words(answer)}`);
  }

  /** Two clerks claim at once: exactly one may win. Who has an entry of an earlier run has his answer already. */
  async function performAgainst(act: Act, rival: NonNullable<Act['rival']>): Promise<void> {
    const account = accountFor(act);
    const known = (part: 'act' | 'rival'): Entry | undefined => state.parts.get(partName(state.next, part));
    const [one, other] = await Promise.all([
      known('act') ?? intake.send(commandOf(act, account, act.key)).then(outcomeOf),
      known('rival') ?? intake.send(commandOf(act, rival.account, rival.key)).then(outcomeOf),
    ]);
    const step = state.next;
    const winners = [one, other].filter(isAccepted).length;
    const wrong =
      winners === 2
        ? 'two clerks hold one claim'
        : [one, other].some(lostOtherwise)
          ? `a claim was refused for another reason: ${one.code ?? ''} ${other.code ?? ''}`
          : undefined;
    if (!isDone(step, 'act'))
      note({ part: 'act', account, key: act.key, ...one, ...(wrong === undefined ? {} : { wrong }) });
    if (!isDone(step, 'rival')) {
      const whole: Entry = { case: script.name, step, part: 'rival', account: rival.account, key: rival.key, ...other };
      record(whole);
      learn(whole);
    }
    if (winners === 0) stop(`nobody got the claim: ${one.code ?? ''} and ${other.code ?? ''}`);
  }

  /** The claim ran out in real time, which the simulated day outlasts when it is interrupted: it is taken again. */
  async function claimAnew(act: Act, account: string): Promise<void> {
    const key = idOf('claim anew', act.key, state.claimsAnew);
    const answer = await intake.send({ ...commandOf({ ...act, command: 'claim', body: {} }, account, key) });
    note({ part: 'claim_anew', account, key, ...outcomeOf(answer) });
    if (!isAccepted(answer)) stop(`the claim could not be taken again: ${words(answer)}`);
  }

  /** A command of earlier comes once more: the answer of then, and nothing happens. */
  async function repeat({ of }: Repeat): Promise<void> {
    const act = script.steps[of];
    const before = state.parts.get(partName(of, 'act'));
    if (act?.kind !== 'act' || before === undefined) throw new Error(`${script.name} has nothing to repeat at ${of}`);
    const answer = await intake.send(commandOf(act, before.account, act.key));
    const same = isAccepted(answer) && isDeepStrictEqual(answer.body, before.answer);
    const wrong = same ? undefined : `a command came again and was answered ${words(answer)}`;
    note({
      part: 'repeat',
      account: before.account,
      key: act.key,
      ...outcomeOf(answer),
      ...(wrong === undefined ? {} : { wrong }),
    });
  }

  for (const entry of earlier) learn(entry);

  return {
    nextAt: () => (state.stopped ? undefined : script.steps[state.next]?.at),
    step: async () => {
      const planned = script.steps[state.next];
      if (planned?.kind === 'act') await perform(planned);
      else if (planned?.kind === 'repeat') await repeat(planned);
    },
  };
}

type Outcome = Pick<Entry, 'status' | 'code' | 'answer'>;

function outcomeOf(answer: CommandAnswer): Outcome {
  if (isAccepted(answer)) return { status: answer.status, answer: answer.body };
  return { status: answer.status, code: codeOf(answer) ?? '' };
}

const codeOf = ({ status, body }: CommandAnswer): string | undefined =>
  isAccepted({ status }) ? undefined : String(body['code']);

/** A claim that lost for another reason than that somebody else has it. */
const lostOtherwise = (outcome: Outcome): boolean => !isAccepted(outcome) && outcome.code !== 'claimed_by_other';

const sameAnswer = (one: CommandAnswer, other: CommandAnswer): boolean => isDeepStrictEqual(one.body, other.body);

const words = ({ status, body }: CommandAnswer): string => `${status} ${JSON.stringify(body).slice(0, 300)}`;
