import type { Queryable } from '@vienuviet/event-bus';

/** Nobody reads as a person who was erased. What the items say is of a random id that leads to nobody any more. */
export const eraseTokens = (tx: Queryable, subjectId: string): Promise<unknown> =>
  tx.query('delete from status_feed.subject_token where subject_id = $1', [subjectId]);
