/** Whatever commands come in whatever order, these things hold. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventsOf, plays, type Step } from '../test-support/random-plays.ts';
import { createCaseDecider } from './case.ts';
import { openStages, type Stage } from './stages.ts';
import { type CaseState, commandOf, type ServiceCase } from './state.ts';
import { reopenedTo, transitionOf } from './transitions.ts';

const decider = createCaseDecider();
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
