/** Closed list of what the gateway refuses, with the HTTP status of each. */
export const refusals = {
  registration_number_wrong: 422,
  certificate_of_another: 422,
  holder_of_another: 422,
  already_subscribed: 409,
  holder_has_partner: 409,
  not_subscribed: 404,
  kafka_unavailable: 503,
} as const satisfies Readonly<Record<string, number>>;

export type RefusalCode = keyof typeof refusals;

/** Status of a refusal by its code. */
export const statusOf = ({ code }: { readonly code: string }): number => refusals[code as RefusalCode] ?? 409;

/** Closed list of events that the reaction cannot answer; the bus parks the key of the case. */
export type CaseEventErrorCode = 'case_without_beginning' | 'event_of_another_case';

export class CaseEventError extends Error {
  readonly code: CaseEventErrorCode;

  constructor(code: CaseEventErrorCode, message: string) {
    super(message);
    this.name = 'CaseEventError';
    this.code = code;
  }
}
