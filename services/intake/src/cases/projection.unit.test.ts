/** The table of cases and the decider are two readings of the same events: they must agree. */

import type { Row } from '@vienuviet/event-bus';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventsOf, plays } from '../test-support/random-plays.ts';
import { command, historyOf, pathTo } from '../test-support/sample-histories.ts';
import { createCaseDecider } from './case.ts';
import { caseAfter, cases } from './projection.ts';
import { type CaseEvent, commandOf } from './state.ts';

const decider = createCaseDecider();

/** The row after events, as the bus would fold them: each with its version. */
const rowAfter = (events: readonly CaseEvent[]): Row | undefined =>
  events.reduce<Row | undefined>(
    (row, event, index) =>
      caseAfter(row, { ...event, version: index + 1 } as unknown as Parameters<typeof caseAfter>[1]),
    undefined,
  );

describe('the row of a case', () => {
  test('says what the decider’s state says, whatever happened', () => {
    fc.assert(
      fc.property(plays, (play) => {
        const events = eventsOf(play);
        const state = events.reduce(decider.evolve, decider.initialState);
        if (state.stage === 'unregistered') return;
        expect(rowAfter(events)).toMatchObject({
          case_id: state.caseId,
          version: events.length,
          stage: state.stage,
          service_id: state.serviceId,
          holder_id: state.holderId,
          centre_id: state.centreId,
          municipality_id: state.municipalityId,
          clerk_minutes: state.clerkMinutes,
          claimed_by: state.claim?.actorId ?? null,
          claimed_until: state.claim?.until ?? null,
          registered_at: state.registeredAt,
        });
        expect(rowAfter(events)?.['count_id'] ?? null).toBe(state.countId);
      }),
    );
  });

  test('changes its stage only by an event that changes it, and knows since when', () => {
    const row = rowAfter(historyOf([...pathTo.requested, command('claim'), command('recordConsultation')]));
    expect(row).toMatchObject({ stage: 'requested' });
    expect(row?.['stage_since']).toBeLessThan(row?.['changed_at'] as number);
  });

  test('of a case that was never registered is a broken invariant', () => {
    const [, consulted] = historyOf(pathTo.consulted);
    expect(() => rowAfter([consulted as CaseEvent])).toThrow('not registered');
  });

  test('is folded from every event of a case', () => {
    const types = [...Object.keys(commandOf), 'intake.ServiceCounted', 'intake.ServiceCountCorrected'];
    expect(Object.keys(cases.tables['service_case']?.on ?? {}).toSorted()).toEqual(types.toSorted());
  });
});
