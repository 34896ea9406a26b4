/**
 * How cases go: assumptions of the simulation where the report states no figure. The only figures of the report here
 * are the minutes: a service at a desk takes 15 minutes and a contact 3 (Table 41).
 */
import type { DemandKind } from '../demand/service-mix.ts';

export const minutesOf: Readonly<Record<DemandKind, number>> = { desk: 15, authorised_e_service: 15, remote: 3 };

export const purposesOf = {
  desk: { information: 50, application: 42, result_delivery: 5, complaint: 3 },
  authorised_e_service: { authorised_e_service: 100 },
  remote: { information: 85, application: 12, complaint: 3 },
} as const satisfies Readonly<Record<DemandKind, Readonly<Record<string, number>>>>;

/** How a remote client comes to a centre; calls and e-mails are what the report counts most. */
export const remoteChannels = { phone: 70, email: 20, form: 4, chat: 3, social: 2, sms: 1 } as const;

export const customerKinds = { citizen: 88, business: 10, other: 2 } as const;

export const outcomes = { granted: 85, partly: 5, refused: 10 } as const;
export const reasonOf = { granted: 'requirements_met', partly: 'partly_met', refused: 'requirements_not_met' } as const;

export const informationReasons = {
  missing_document: 60,
  unclear_request: 20,
  identity_check: 10,
  payment: 8,
  other: 2,
} as const;
export const scores = { 1: 3, 2: 4, 3: 13, 4: 30, 5: 50 } as const;
export const reopeningReasons = { result_faulty: 40, new_circumstances: 40, closed_by_mistake: 15, other: 5 } as const;
export const handOverReasons = { client_moved: 50, capacity: 40, other: 10 } as const;
export const withdrawalReasons = { client_request: 60, no_longer_needed: 35, other: 5 } as const;

/** Probabilities of what may happen to a case, each where it can. */
export const likely = {
  anonymous: 0.12,
  crossBorder: 0.02,
  /** The client is one who came to the centre before on the same day. */
  sameClient: 0.08,
  consultedBeforeRequest: 0.6,
  informedAndClosed: 0.9,
  registeredInError: 0.01,
  released: 0.05,
  withdrawn: 0.02,
  handedOver: 0.015,
  linked: 0.01,
  answeredToday: 0.85,
  wrongAuthority: 0.04,
  wrongAuthorityAfterAccepting: 0.01,
  addressedAnew: 0.6,
  informationAsked: 0.12,
  informationProvidedToday: 0.7,
  consultedWhileWaiting: 0.05,
  decidedToday: 0.8,
  deliveredByHolder: 0.65,
  deliveredToday: 0.9,
  evaluated: 0.25,
  closedAfterDelivery: 0.85,
  reopened: 0.03,
  /** A second clerk claims at the same time. */
  rivalClaim: 0.25,
  /** A command is sent twice at the same time, or once more later. */
  twin: 0.02,
  repeated: 0.02,
} as const;

/** Minutes until something happens, from and to. */
export const delays = {
  holderAnswers: [5, 90],
  holderAsks: [5, 60],
  clientProvides: [20, 120],
  holderDecides: [10, 120],
  delivered: [2, 60],
  evaluated: [1, 10],
  reopened: [10, 90],
  clerkReturns: [3, 45],
} as const;
