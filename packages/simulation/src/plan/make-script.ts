/** Turns a story into a script: claims where the clerk needs one, instants, idempotency keys, duplicates. */
import { v5 as uuidV5 } from 'uuid';
import { rigaInstant } from '../calendar/riga-time.ts';
import type { Random } from '../chance/seeded-random.ts';
import type { Act, CaseScript, CommandBody, CommandName, Sender, Step } from './case-script.ts';
import { likely } from './likelihoods.ts';
import type { Moment } from './stories.ts';

/** Idempotency keys and subject ids of the simulation are UUIDv5 in this namespace. */
const simulationNamespace = uuidV5('simulation.vienuviet.lv', uuidV5.DNS);

/** An id that belongs to something named: same parts, same id. */
export const idOf = (...parts: readonly (string | number)[]): string =>
  uuidV5(JSON.stringify(parts), simulationNamespace);

/** Minutes after midnight from which nothing more happens on the day. */
export const endOfDay = 20 * 60;

/** Commands of a clerk that need no claim. */
const withoutClaim: ReadonlySet<CommandName> = new Set(['evaluate', 'reopen', 'links', 'claim', 'register']);
/** Commands with which the clerk hands the case on, and the claim ends. */
const endsClaim: ReadonlySet<CommandName> = new Set([
  'release',
  'request',
  'provide-information',
  'withdraw',
  'close',
  'hand-over',
  'deliver',
]);

export interface Opening {
  readonly seed: string;
  readonly date: string;
  /** `<centre>/<number>`. */
  readonly name: string;
  readonly centre: string;
  /** Minutes after midnight. */
  readonly minute: number;
  readonly holderId: string;
  readonly body: CommandBody;
}

/** The script of a case from its registration to where its story or the day ends. */
export function scriptOf(opening: Opening, story: Iterable<Moment>, random: Random): CaseScript {
  const { seed, date, name } = opening;
  const steps: Step[] = [];
  const repeats: number[] = [];
  let minute = opening.minute;
  let centre = opening.centre;
  let holderId = opening.holderId;
  let claimed = true;

  // A moment lasts some seconds, so that the commands of a case never happen at one instant.
  const instant = (): number => rigaInstant(date, minute) + steps.length * 1000;

  const act = (command: CommandName, sender: Sender, body: CommandBody): void => {
    const key = idOf(seed, date, name, steps.length);
    const rival = command === 'claim' && random.chance(likely.rivalClaim) ? rivalOf(sender, key) : undefined;
    const twin = rival === undefined && random.chance(likely.twin);
    if (!twin && rival === undefined && random.chance(likely.repeated)) repeats.push(steps.length);
    const step: Act = { kind: 'act', command, at: instant(), sender, body, key };
    steps.push({ ...step, ...(rival === undefined ? {} : { rival }), ...(twin ? { twin } : {}) });
  };

  const rivalOf = (sender: Sender, key: string): Act['rival'] => {
    const account = 'account' in sender ? sender.account : '';
    const other = account.endsWith('.1') ? account.replace(/1$/, '2') : account.replace(/2$/, '1');
    return { account: other, key: uuidV5('rival', key) };
  };

  const someClerk = (): Sender => ({ account: `clerk.${centre}.${random.integer(1, 2)}` });

  const byClerk = (command: CommandName, body: CommandBody): void => {
    if (withoutClaim.has(command)) {
      act(command, someClerk(), body);
      return;
    }
    if (!claimed) act('claim', someClerk(), {});
    act(command, { holdsTheClaim: true }, body);
    claimed = !endsClaim.has(command);
  };

  act('register', someClerk(), opening.body);
  for (const { after, by, command, body } of story) {
    minute += after;
    if (minute >= endOfDay) break;
    if (by === 'holder') act(command, { account: `specialist.${holderId}` }, body);
    else byClerk(command, body);
    if (body.service !== undefined) holderId = body.service.holderId;
    if (body.toCentre !== undefined) centre = body.toCentre;
  }
  for (const of of repeats) steps.push({ kind: 'repeat', at: instant(), of });
  return { name, centre: opening.centre, steps };
}
