import { BusError } from '../errors.ts';
import type { Effects } from './effects.ts';

/** What `event_bus.enter_projection` and `event_bus.open_batch` answer. */
export type Entry = 'open' | 'moved' | 'rebuilt' | 'superseded' | 'outdated' | 'missing';

/** Throws unless the consumer may write. */
export function throwUnlessOpen(entry: Entry, consumer: string): void {
  switch (entry) {
    case 'open':
      return;
    case 'moved':
      throw new BusError('offset_moved', `${consumer}: somebody else moved the offset`);
    case 'rebuilt':
      throw new BusError('offset_moved', `${consumer} was rebuilt; going on from the offsets of the new tables`);
    case 'superseded':
      throw new BusError(
        'projection_superseded',
        `the database holds a newer version of ${consumer} than this process knows`,
      );
    case 'outdated':
      throw new BusError('projection_outdated', `the database still holds an older version of ${consumer}`);
    case 'missing':
      throw new BusError('projection_missing', `projection ${consumer} is not prepared: run the migrations`);
  }
}

/** The query that enters a projection outside of a batch, e.g. to redrive; always open for what has no live schema. */
export const enterQuery = (effects: Effects, generation: string) =>
  effects.live === undefined
    ? { text: `select 'open' as entry` }
    : {
        text: 'select event_bus.enter_projection($1, $2, $3) as entry',
        values: [effects.live.name, effects.live.version, generation],
      };
