/**
 * The closed list of what the HTTP layer itself answers. A decider's refusal has a code of its own package's list
 * and becomes a problem by `refusalProblem`. `docs/problems.md` shows this list; a test keeps the two together.
 */
export const problems = {
  malformed_request: { status: 400, title: 'The request is not HTTP as we understand it' },
  malformed_url: { status: 400, title: 'The address is not well formed' },
  malformed_json: { status: 400, title: 'The body is not JSON in UTF-8' },
  invalid_request: { status: 400, title: 'Fields of the request are missing, unknown or of the wrong kind' },
  invalid_cursor: { status: 400, title: 'The cursor was not given out by this route' },
  token_missing: { status: 401, title: 'No bearer token was sent' },
  token_malformed: { status: 401, title: 'The bearer token is not one that we know' },
  token_expired: { status: 401, title: 'The token has expired' },
  token_not_yet_valid: { status: 401, title: 'The token starts in the future; is a clock off?' },
  token_wrong_issuer: { status: 401, title: 'The token is of another issuer' },
  token_wrong_audience: { status: 401, title: 'The token is meant for somebody else' },
  token_wrong_signature: { status: 401, title: 'The signature of the token does not hold' },
  token_revoked: { status: 401, title: 'Access was changed or ended since the token was issued' },
  token_unknown_key: { status: 401, title: 'The token is signed with a key that its issuer does not publish' },
  sign_in_insufficient: { status: 401, title: 'The sign-in behind the token is too weak, or too long ago, for this' },
  role_missing: { status: 403, title: 'None of your roles may do this' },
  not_found: { status: 404, title: 'There is no such thing, or it is not yours' },
  route_not_found: { status: 404, title: 'There is no such route' },
  method_not_allowed: { status: 405, title: 'The route does not take this method' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  concurrent_change: { status: 409, title: 'Somebody else changed it meanwhile' },
  body_too_large: { status: 413, title: 'The body is larger than this route takes' },
  url_too_long: { status: 414, title: 'The address is too long' },
  unsupported_media_type: { status: 415, title: 'The body is of a media type that this route does not take' },
  idempotency_key_missing: { status: 422, title: 'A command needs the header Idempotency-Key' },
  idempotency_key_malformed: { status: 422, title: 'The header Idempotency-Key is not a UUID' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another request' },
  purpose_missing: { status: 422, title: "Reading a person's case needs the header Purpose" },
  purpose_unknown: { status: 422, title: 'The header Purpose is not one of the known codes' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are larger than we take' },
  unexpected: { status: 500, title: 'Something went wrong on our side' },
  keys_unavailable: { status: 503, title: "The issuer's keys cannot be had at the moment" },
  store_unavailable: { status: 503, title: 'The store cannot be reached at the moment' },
  record_unavailable: { status: 503, title: 'What is read has to be put on record first, and that cannot be done now' },
  not_ready: { status: 503, title: 'The service is not ready' },
  shutting_down: { status: 503, title: 'The service is shutting down' },
  timed_out: { status: 503, title: 'The answer took too long to make' },
  not_yet_visible: { status: 504, title: 'What was asked to be waited for has not arrived here yet' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof problems;

/** Closed list of mistakes in how an app is put together; they stop it at start. */
export type AppErrorCode = 'policy_missing' | 'policy_contradictory' | 'hash_key_missing' | 'settings';

export class AppError extends Error {
  readonly code: AppErrorCode;

  constructor(code: AppErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }
}
