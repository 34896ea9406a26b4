/** Closed list of what keeps identity from starting, or from doing what it was asked. */
export type IdentityErrorCode =
  | 'not_loopback'
  | 'people_file'
  | 'clients_file'
  | 'directories_file'
  | 'directory_read'
  | 'key_file'
  | 'settings'
  | 'upstream_away'
  | 'upstream_denied'
  | 'upstream_answer'
  | 'signing_key'
  | 'rotation_under_way'
  | 'account_refused';

export class IdentityError extends Error {
  readonly code: IdentityErrorCode;

  constructor(code: IdentityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IdentityError';
    this.code = code;
  }
}

/** Closed list of what is refused to whoever keeps accounts, directories and keys, with the HTTP status of each. */
export const refusals = {
  account_exists: 409,
  account_unknown: 404,
  account_of_another: 409,
  login_taken: 409,
  no_provider: 409,
  role_unknown: 422,
  role_not_of_people: 422,
  role_held: 409,
  grant_unknown: 404,
  not_yours_to_give: 403,
  self_grant: 403,
  own_account: 403,
  left_directory: 409,
  too_many_roles: 422,
  period_wrong: 422,
  own_substitute: 422,
  substitute_unknown: 422,
  substitute_elsewhere: 422,
  absence_overlaps: 409,
  absence_unknown: 404,
  hold_changed: 409,
  own_second_factor: 409,
  rotation_under_way: 409,
} as const satisfies Readonly<Record<string, number>>;

export type RefusalCode = keyof typeof refusals;

/** Status of a refusal by its code. */
export const statusOf = ({ code }: { readonly code: string }): number => refusals[code as RefusalCode] ?? 409;
