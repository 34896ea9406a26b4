import { caseHistory } from './case-walk.ts';
import { centreHistory, serviceHistory } from './catalogue.ts';
import { createWorld, type HistoryOptions, type StreamHistory } from './world.ts';

export type { HistoryEvent, HistoryOptions, StreamHistory } from './world.ts';

/**
 * Seeded histories that intake could have written: a catalogue, a network of centres and cases that walk through
 * their stages, with consultations in the middle, wrong authorities, questions, reopenings, hand-overs and counts.
 * For tests of projections and reactions that must not know intake's code.
 */
export function caseHistories(options: HistoryOptions): readonly StreamHistory[] {
  const world = createWorld(options);
  const services = Array.from({ length: options.services ?? 8 }, (_, index) => serviceHistory(world, index));
  const centres = Array.from({ length: options.centres ?? 4 }, (_, index) => centreHistory(world, index));
  const cases = Array.from({ length: options.cases ?? 40 }, (_, index) => caseHistory(world, index));
  return [...services, ...centres, ...cases];
}
