/** Closed list of what the folds of this service refuse; the bus parks the key of the event. */
export type FoldErrorCode =
  | 'item_without_owner' // the first change of an item does not say whose it is
  | 'service_unknown'; // a service retires that was never listed

export class FoldError extends Error {
  readonly code: FoldErrorCode;

  constructor(code: FoldErrorCode, message: string) {
    super(message);
    this.name = 'FoldError';
    this.code = code;
  }
}

/** Problems that only this service answers; the rest is in `@vienuviet/http`. */
export const feedProblems = {
  feed_epoch_changed: {
    status: 410,
    title: 'The cursor belongs to an earlier history of the feed',
    detail: 'The store was restored to an earlier state. Read the feed again from its beginning, without a cursor.',
  },
  cursor_ahead: {
    status: 400,
    title: 'The cursor is ahead of the feed',
    detail: 'No feed item has had this cursor yet. Use a cursor that the feed gave out.',
  },
} as const;
