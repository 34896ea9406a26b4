/** Something that the platform shows otherwise than what was done. One is enough for the day to have failed. */
export interface Difference {
  readonly where: 'commands' | 'clients' | 'feed' | 'items' | 'reports';
  /** What kind of difference, from a closed list. */
  readonly what:
    | 'unexpected_answer'
    | 'case_stopped'
    | 'not_allowed'
    | 'version_order'
    | 'client_differs'
    | 'event_missing'
    | 'event_unexpected'
    | 'event_twice'
    | 'event_out_of_order'
    | 'event_differs'
    | 'item_missing'
    | 'item_unexpected'
    | 'item_differs'
    | 'row_differs';
  /** The case, or the row of the report. */
  readonly of: string;
  readonly expected: string;
  readonly found: string;
}
