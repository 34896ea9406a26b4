import { join } from 'node:path';
import type { MigrationSet } from '@vienuviet/database';
import type { Queryable } from './types.ts';

/** The store's tables and functions, for `migrate`. */
export const eventStoreMigrations: MigrationSet = {
  name: 'event-store',
  folder: join(import.meta.dirname, '..', 'sql'),
};

/** Answers of commands are kept for this long. */
export const COMMANDS_KEPT_DAYS = 90;

const ROWS_A_DELETE = 1_000;

/** Deletes the answers of commands older than 90 days, a thousand at a time; called as the owner. Returns how many. */
export async function purgeCommands(owner: Queryable, days: number = COMMANDS_KEPT_DAYS): Promise<number> {
  for (let purged = 0; ; ) {
    const { rows } = await owner.query<{ count: number }>(
      'select event_store.purge_commands(make_interval(days => $1), $2) as count',
      [days, ROWS_A_DELETE],
    );
    const { count } = rows[0]!;
    purged += count;
    if (count < ROWS_A_DELETE) return purged;
  }
}

/**
 * Names the history anew; called as the owner after the store was restored to an earlier state and before services
 * start again. Returns the new epoch. Whoever still holds the old one stops with `epoch_changed`.
 */
export async function startEpoch(owner: Queryable): Promise<string> {
  const { rows } = await owner.query<{ epoch: string }>('select event_store.start_epoch() as epoch');
  return rows[0]!.epoch;
}
