/** Closed list of what intake refuses, with the HTTP status of each. */
export const refusals = {
  // Not there, or not the caller's: the routes answer the same for both, so that nobody learns what exists elsewhere.
  case_not_found: 404,
  case_foreign: 404,
  centre_foreign: 404,
  centre_not_found: 404,

  // The state does not allow it (any more).
  transition_not_allowed: 409,
  not_claimed: 409,
  claimed_by_other: 409,
  already_evaluated: 409,
  reopening_time_over: 409,
  service_retired: 409,
  centre_exists: 409,
  centre_closed: 409,
  centre_has_open_cases: 409,
  import_running: 409,

  // The command does not fit together.
  service_unknown: 422,
  centre_unknown: 422,
  holder_unknown: 422,
  same_centre: 422,
  same_holder: 422,
  service_fixed: 422,
  holder_of_service: 422,
  result_form_of_centre: 422,
  occurred_in_future: 422,
  occurred_too_early: 422,
  occurred_before_registration: 422,
  occurred_before_ending: 422,
  invalid_clerk_minutes: 422,
  anonymous_with_subject: 422,
  invalid_opening_hours: 422,
  import_header: 422,
  import_encoding: 422,
  import_empty: 422,
  import_malformed: 422,
} as const satisfies Readonly<Record<string, number>>;

export type RefusalCode = keyof typeof refusals;
