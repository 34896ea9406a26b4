/** Random cases: commands by anybody in any order, mostly such as the stage allows, played on the decider. */
import fc from 'fast-check';
import { createCaseDecider } from '../cases/case.ts';
import type { CaseCommand } from '../cases/commands.ts';
import type { CaseEvent, CaseState } from '../cases/state.ts';
import { allowedIn, type CommandName, commandNames, transitionOf } from '../cases/transitions.ts';
import {
  centre,
  centreIds,
  clerk,
  clerkElsewhere,
  command,
  minutes,
  morning,
  otherClerk,
  service,
  serviceIds,
  specialist,
  specialistElsewhere,
} from './sample-histories.ts';

const decider = createCaseDecider();
const actors = [clerk, otherClerk, clerkElsewhere, specialist, specialistElsewhere];
const channel = fc.constantFrom('in_person', 'phone', 'post' as const);

const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ arbitrary: fc.constant(null), weight: 5 }, { arbitrary, weight: 1 });

/** Mostly what the stage allows, by the usual actor and shortly after; sometimes anything by anybody, much later. */
const step = fc.record({
  any: seldom(fc.constantFrom(...commandNames)),
  allowed: fc.nat(),
  claims: fc.boolean(),
  actor: seldom(fc.constantFrom(...actors)),
  pause: fc.constantFrom(0, 1, 1, 1, 5, 5, 16, 80 * 60),
  back: fc.constantFrom(0, 0, 0, 3),
  changes: fc.record({
    channel,
    reason: fc.constantFrom('other', 'registered_in_error'),
    toCentre: fc.constantFrom(centre(centreIds.there), centre(centreIds.here), centre(centreIds.closed, 'closed')),
    service: fc.constantFrom(undefined, undefined, service(serviceIds.tax, 'vid')),
    resultForm: fc.constantFrom('at_centre', 'electronic'),
    linkedId: fc.uuid(),
  }),
});

/** A command on a case, what it made, and the case before and after. */
export interface Step {
  readonly command: CaseCommand;
  readonly before: CaseState;
  readonly after: CaseState;
  readonly events: readonly CaseEvent[];
}

/** Plays commands from the registration on; every step, accepted or refused. */
export const plays = fc.array(step, { minLength: 1, maxLength: 40 }).map((steps): Step[] => {
  const played: Step[] = [];
  const play = (sent: CaseCommand): CaseState => {
    const before = played.at(-1)?.after ?? decider.initialState;
    const decision = decider.decide(sent, before);
    const events = decision.accepted ? decision.events : [];
    const after = events.reduce(decider.evolve, before);
    played.push({ command: sent, before, after, events });
    return after;
  };
  let now = morning;
  let state = play(command('register'));
  for (const { any, allowed, claims, actor, pause, back, changes } of steps) {
    now += minutes(pause);
    const choice = allowedIn(state.stage);
    const name = any ?? choice[allowed % choice.length] ?? 'claim';
    const given = { ...changes, now, ...(actor ? { actor } : {}), ...(back > 0 ? { occurredAt: now - back } : {}) };
    const sent = command(name, only(name, given) as object);
    if (claims && transitionOf(name).claim === 'needed') play(command('claim', { now, actor: sent.actor }));
    state = play(sent);
  }
  return played;
});

/** Of the random values those that the command has a place for. */
function only(name: CommandName, values: Record<string, unknown>): Record<string, unknown> {
  const places = new Set([...Object.keys(command(name)), 'occurredAt', ...(name === 'request' ? ['service'] : [])]);
  if (name === 'register') places.delete('service');
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => places.has(key) && value !== undefined));
}

export const eventsOf = (play: readonly Step[]): CaseEvent[] => play.flatMap(({ events }) => events);
