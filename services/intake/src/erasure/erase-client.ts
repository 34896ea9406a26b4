import type { Queryable } from '@vienuviet/event-bus';

/** What intake has of a person beside what is sealed: by what they are found. */
export const eraseIndex = (tx: Queryable, subjectId: string): Promise<unknown> =>
  tx.query('delete from intake.client_index where subject_id = $1', [subjectId]);
