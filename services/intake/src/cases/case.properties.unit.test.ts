/** Whatever commands come in whatever order, these things hold. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCaseDecider } from './case.ts';
import type { CaseCommand } from './commands.ts';
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
import { openStages, type Stage } from './stages.ts';
import { type CaseEvent, type CaseState, commandOf, type ServiceCase } from './state.ts';
import { allowedIn, type CommandName, commandNames, reopenedTo, transitionOf } from './transitions.ts';

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

interface Step {
  readonly command: CaseCommand;
  readonly before: CaseState;
  readonly after: CaseState;
  readonly events: readonly CaseEvent[];
}

/** Plays commands from the registration on; every step, accepted or refused. */
const plays = fc.array(step, { minLength: 1, maxLength: 40 }).map((steps): Step[] => {
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

const eventsOf = (play: readonly Step[]): CaseEvent[] => play.flatMap(({ events }) => events);
const isCase = (state: CaseState): state is ServiceCase => state.stage !== 'unregistered';

const holds = (property: (play: Step[]) => void): void => fc.assert(fc.property(plays, property), { numRuns: 500 });

describe('whatever is commanded', () => {
  test('the random commands reach every stage and every kind of event', () => {
    const stages = new Set<string>();
    const types = new Set<string>();
    for (const play of fc.sample(plays, { numRuns: 2_000, seed: 20260302 })) {
      for (const { after, events } of play) {
        stages.add(after.stage);
        for (const { type } of events) types.add(type);
      }
    }
    expect([...stages].toSorted()).toEqual([...openStages, 'closed', 'withdrawn'].toSorted());
    expect(types.size).toBe(Object.keys(commandOf).length + 2);
  });

  test('at most one count stands, and every correction names the one that stood', () => {
    holds((play) => {
      let standing: string | null = null;
      const made = new Set<string>();
      for (const event of eventsOf(play)) {
        if (event.type === 'intake.ServiceCounted') {
          expect(standing).toBeNull();
          expect(made).not.toContain(event.data.countId);
          standing = event.data.countId;
          made.add(standing);
        }
        if (event.type === 'intake.ServiceCountCorrected') {
          expect(event.data.countId).toBe(standing);
          standing = null;
        }
      }
    });
  });

  test('the stage is the one of the table', () => {
    holds((play) => {
      for (const { command, before, after, events } of play) {
        if (events.length === 0) continue;
        const next = transitionOf(command.type).next[before.stage];
        const ended = isCase(before) ? (before.ended?.from ?? null) : null;
        const expected = next === 'same' ? before.stage : next === 'before_the_end' ? reopenedTo(ended as Stage) : next;
        expect(after.stage).toBe(expected);
      }
    });
  });

  test('a claim is taken only when no other is live, and only its holder acts for the centre', () => {
    holds((play) => {
      for (const { command, before, events } of play) {
        if (events.length === 0 || !isCase(before)) continue;
        const live = before.claim !== null && command.now < before.claim.until;
        const { claim, by } = transitionOf(command.type);
        if (claim === 'given' && live) expect(before.claim?.actorId).toBe(command.actor.id);
        if (claim === 'needed' && by === 'centre') {
          expect(live && before.claim?.actorId === command.actor.id).toBe(true);
        }
      }
    });
  });

  test('nobody acts on a case of another centre or another holder', () => {
    holds((play) => {
      for (const { command, before, events } of play) {
        if (events.length === 0 || !isCase(before)) continue;
        const own =
          command.actor.centreIds.includes(before.centreId) || command.actor.holderIds.includes(before.holderId);
        expect(own).toBe(true);
      }
    });
  });

  test('folding the events again gives the same case,', () => {
    holds((play) => {
      const events = eventsOf(play);
      const folded = events.reduce(decider.evolve, decider.initialState);
      expect(folded).toEqual(play.at(-1)?.after);
      expect(events.map((event) => structuredClone(event)).reduce(decider.evolve, decider.initialState)).toEqual(
        folded,
      );
    });
  });

  test('any events in any order fold without a fault: history is never refused', () => {
    const events = plays.map(eventsOf).chain((made) => fc.shuffledSubarray(made));
    fc.assert(
      fc.property(events, (shuffled) => {
        const state = shuffled.reduce(decider.evolve, decider.initialState);
        expect(state).toEqual(shuffled.reduce(decider.evolve, decider.initialState));
      }),
    );
  });

  test('the same command on the same case decides the same', () => {
    holds((play) => {
      for (const { command, before } of play) {
        expect(decider.decide(command, before)).toEqual(decider.decide(command, before));
      }
    });
  });
});
