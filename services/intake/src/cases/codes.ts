/** Closed lists of what a case's commands may say; the schemas have the same words and `unknown` beside them. */

export const channels = ['in_person', 'phone', 'sms', 'email', 'form', 'chat', 'social', 'e_service', 'post'] as const;
export type Channel = (typeof channels)[number];

export const customerKinds = ['citizen', 'business', 'other'] as const;
export const openingPurposes = [
  'information',
  'application',
  'authorised_e_service',
  'result_delivery',
  'complaint',
  'other',
] as const;
export const informationReasons = [
  'missing_document',
  'unclear_request',
  'identity_check',
  'payment',
  'other',
] as const;
export const outcomes = ['granted', 'refused', 'partly'] as const;
export const decisionReasons = [
  'requirements_met',
  'requirements_not_met',
  'partly_met',
  'no_jurisdiction',
  'other',
] as const;
export const resultForms = ['e_address', 'at_centre', 'post', 'electronic'] as const;
export const withdrawalReasons = ['client_request', 'no_longer_needed', 'other'] as const;
export const reopeningReasons = ['result_faulty', 'new_circumstances', 'closed_by_mistake', 'other'] as const;
export const closingReasons = ['completed', 'informed_only', 'no_answer', 'registered_in_error', 'other'] as const;
export const handOverReasons = ['client_moved', 'capacity', 'centre_closing', 'other'] as const;
export const linkKinds = ['contact', 'mandate', 'waiting_list'] as const;

/** Ways of delivery that an institution can perform without a centre. */
export const formsOfHolder: readonly ResultForm[] = ['e_address', 'electronic'];

export type CustomerKind = (typeof customerKinds)[number];
export type OpeningPurpose = (typeof openingPurposes)[number];
export type InformationReason = (typeof informationReasons)[number];
export type Outcome = (typeof outcomes)[number];
export type DecisionReason = (typeof decisionReasons)[number];
export type ResultForm = (typeof resultForms)[number];
export type WithdrawalReason = (typeof withdrawalReasons)[number];
export type ReopeningReason = (typeof reopeningReasons)[number];
export type ClosingReason = (typeof closingReasons)[number];
export type HandOverReason = (typeof handOverReasons)[number];
export type LinkKind = (typeof linkKinds)[number];
