// Made from the .avsc files by schemas/src/generate.ts; do not edit.

import type { Sealed } from '../sealed.ts';

/** Another person confirmed it, and it was done: recorded in the same transaction. */
export interface ApprovalsConfirmed {
  /** The approval. */
  readonly approvalId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Somebody proposed what needs a second person. Local to the store of the service that does it, on no topic. */
export interface ApprovalsProposed {
  /** The approval. */
  readonly approvalId: string;
  /** What is to be done. */
  readonly action: string;
  /** What it is done to: a name or an id of ours, never of a person. */
  readonly target: string;
  /** SHA-256 of everything that was proposed: another person confirms this and nothing else. */
  readonly digest: string;
  /** Until when it may be confirmed, milliseconds since 1970 in UTC. */
  readonly expiresAt: number;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** It was withdrawn before it was done. */
export interface ApprovalsWithdrawn {
  /** The approval. */
  readonly approvalId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The end of a chain. */
export interface AuditChainHead {
  /** The chain. */
  readonly chainId: string;
  /** Sequence of its newest record. */
  readonly sequence: number;
  /** Hash of its newest record. */
  readonly hash: string;
}

/** How far every chain of a service's audit had come, signed: a copy of the checkpoint that stands beside the records. */
export interface AuditCheckpointSigned {
  /** The service whose audit it is. */
  readonly service: string;
  /** Number of the checkpoint in its service: 1, 2, 3 … */
  readonly number: number;
  /** Hash of the checkpoint before; zeros before the first. */
  readonly previous: string;
  /** Every chain with a record, in the order of their ids. */
  readonly chains: readonly AuditChainHead[];
  /** What was known of the records that are dropped because their time is over. */
  readonly closing: AuditClosing | null;
  /** SHA-256 of the public key that the signature is checked with. */
  readonly keyId: string;
  /** Hash of what is signed. */
  readonly hash: string;
  /** Ed25519 over the checkpoint; over which bytes, packages/audit says. */
  readonly signature: string;
  /** When it was signed, milliseconds since 1970 in UTC. */
  readonly occurredAt: number;
  /** The service itself. */
  readonly actorId: string;
}

/** Everything before an instant is dropped. */
export interface AuditClosing {
  /** The instant, milliseconds since 1970 in UTC. */
  readonly until: number;
  /** The newest record before it in each chain that had one. */
  readonly chains: readonly AuditChainHead[];
  /** Number of the newest checkpoint before it; 0 where there was none. */
  readonly checkpointNumber: number;
  /** Its hash; zeros where there was none. */
  readonly checkpointHash: string;
}

/** The account lets nobody in any more. */
export interface IdentityAccountDeactivated {
  /** The account. */
  readonly accountId: string;
  /** Who says so: `administration`, or the name of a directory. */
  readonly source: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Somebody can be given access from now on; names are kept beside the events. */
export interface IdentityAccountOpened {
  /** The account. */
  readonly accountId: string;
  /** Where the account comes from: `sample`, `people` for who signs in at the federated provider, or the name of a directory. */
  readonly source: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The account lets its person in again. */
export interface IdentityAccountReactivated {
  /** The account. */
  readonly accountId: string;
  /** Who says so: `administration`, or the name of a directory. */
  readonly source: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Why tokens stopped counting. */
export type IdentityRevocationReason =
  | 'unknown'
  | 'signed_out'
  | 'access_changed'
  | 'deactivated';

/** The account holds a role at a place. */
export interface IdentityRoleGranted {
  /** The account. */
  readonly accountId: string;
  /** The grant. */
  readonly grantId: string;
  /** The role. */
  readonly role: string;
  /** Centre where the role holds; null for roles of other places. */
  readonly centreId: string | null;
  /** Institution or municipality for which the role holds; null for roles of other places. */
  readonly holderId: string | null;
  /** From when it counts, milliseconds since 1970 in UTC; null: at once. */
  readonly validFrom: number | null;
  /** Until when it counts, milliseconds since 1970 in UTC, this instant not among them; null: until it is revoked. */
  readonly validUntil: number | null;
  /** Whether the holder of the role may give it on, at this place. */
  readonly mayGrant: boolean;
  /** Who gave it: `administration`, `sample`, or the name of a directory, which alone takes its own away. */
  readonly source: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The account does not hold the role of a grant any more. */
export interface IdentityRoleRevoked {
  /** The account. */
  readonly accountId: string;
  /** The grant. */
  readonly grantId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The substitute acts for the account no more, before the time was over. */
export interface IdentitySubstituteEnded {
  /** The account. */
  readonly accountId: string;
  /** The absence. */
  readonly absenceId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** While the person of this account is away, another one acts with its roles. */
export interface IdentitySubstituteNamed {
  /** The account. */
  readonly accountId: string;
  /** The absence. */
  readonly absenceId: string;
  /** Account of the substitute. */
  readonly substituteId: string;
  /** From when, milliseconds since 1970 in UTC. */
  readonly startsAt: number;
  /** Until when, milliseconds since 1970 in UTC, this instant not among them. */
  readonly endsAt: number;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Access tokens that were given to the account until now count no more; who still has access fetches a new one. */
export interface IdentityTokensRevoked {
  /** The account. */
  readonly accountId: string;
  /** Why. */
  readonly reason: IdentityRevocationReason;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A clerk took the case; nobody else can act for the centre until the claim ends. */
export interface IntakeCaseClaimed {
  /** The service case. */
  readonly caseId: string;
  /** Centre for which the clerk acts. */
  readonly centreId: string;
  /** End of the claim, milliseconds since 1970 in UTC; it ends then by itself. */
  readonly claimedUntil: number;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The case ended. */
export interface IntakeCaseClosed {
  /** The service case. */
  readonly caseId: string;
  /** Why. */
  readonly reason: IntakeClosingReason;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The client rated the service. */
export interface IntakeCaseEvaluated {
  /** The service case. */
  readonly caseId: string;
  /** 1 is worst, 5 is best. */
  readonly score: number;
  /** Channel of this act. */
  readonly channel: IntakeChannel;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Another centre takes the case over. */
export interface IntakeCaseHandedOver {
  /** The service case. */
  readonly caseId: string;
  /** Centre that had it. */
  readonly fromCentreId: string;
  /** Centre that has it from now on. */
  readonly toCentreId: string;
  /** Municipality of the centre that has it from now on. */
  readonly toMunicipalityId: string;
  /** Why. */
  readonly reason: IntakeHandOverReason;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The case was linked to something else of the same client. */
export interface IntakeCaseLinked {
  /** The service case. */
  readonly caseId: string;
  /** What it was linked to. */
  readonly linkKind: IntakeLinkKind;
  /** Id of what it was linked to. */
  readonly linkedId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A service case was opened at a centre. Its clerk holds the claim. */
export interface IntakeCaseRegistered {
  /** The service case. */
  readonly caseId: string;
  /** The client: a random id that says nothing about the person; an anonymous client gets a fresh one. */
  readonly subjectId: string;
  /** Whether the client stayed unknown. */
  readonly anonymous: boolean;
  /** The entry of the catalogue: UUIDv5 of holder and normalised title. */
  readonly serviceId: string;
  /** Holder of the service. */
  readonly holderId: string;
  /** Centre at which it was opened. */
  readonly centreId: string;
  /** Municipality of the centre. */
  readonly municipalityId: string;
  /** Channel in which the client came. */
  readonly channel: IntakeChannel;
  /** What the client came for. */
  readonly purpose: IntakeOpeningPurpose;
  /** Kind of client. */
  readonly customerKind: IntakeCustomerKind;
  /** Whether the client or the service is of another country. */
  readonly crossBorder: boolean;
  /** Time that the clerk spent on this act, minutes. */
  readonly clerkMinutes: number;
  /** End of the claim of the clerk who registered it, milliseconds since 1970 in UTC; it ends then by itself. */
  readonly claimedUntil: number;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The clerk gave the claim back. */
export interface IntakeCaseReleased {
  /** The service case. */
  readonly caseId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** An ended case goes on. */
export interface IntakeCaseReopened {
  /** The service case. */
  readonly caseId: string;
  /** Stage in which it stands again. */
  readonly toStage: IntakeCaseStage;
  /** Why. */
  readonly reason: IntakeReopeningReason;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Where a service case stands. */
export type IntakeCaseStage =
  | 'unknown'
  | 'registered'
  | 'consulted'
  | 'requested'
  | 'in_execution'
  | 'awaiting_information'
  | 'returned'
  | 'decided'
  | 'delivered'
  | 'closed'
  | 'withdrawn';

/** The client does not go on. */
export interface IntakeCaseWithdrawn {
  /** The service case. */
  readonly caseId: string;
  /** Why. */
  readonly reason: IntakeWithdrawalReason;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Facts of a centre changed. */
export interface IntakeCentreChanged {
  /** The centre. */
  readonly centreId: string;
  /** Name of the centre. */
  readonly name: string;
  /** Kind of service point. */
  readonly kind: IntakeCentreKind;
  /** Municipality: ASCII slug of its name, e.g. `cesu-novads`. */
  readonly municipalityId: string;
  /** Name of the municipality. */
  readonly municipalityName: string;
  /** Postal address of the centre. */
  readonly address: string;
  /** Opening hours by weekday; a weekday that is not listed is closed. */
  readonly openingHours: readonly IntakeOpeningDay[];
  /** Where the facts come from. */
  readonly origin: IntakeOrigin;
  /** Names of the fields that changed. */
  readonly changed: readonly string[];
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A centre was closed; it has no open case. */
export interface IntakeCentreClosed {
  /** The centre. */
  readonly centreId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Kind of service point; local, county, regional and national are the kinds of the older rules. */
export type IntakeCentreKind =
  | 'unknown'
  | 'administrative_centre'
  | 'parish'
  | 'library'
  | 'local'
  | 'county'
  | 'regional'
  | 'national';

/** A centre of the network was opened. */
export interface IntakeCentreOpened {
  /** The centre. */
  readonly centreId: string;
  /** Name of the centre. */
  readonly name: string;
  /** Kind of service point. */
  readonly kind: IntakeCentreKind;
  /** Municipality: ASCII slug of its name, e.g. `cesu-novads`. */
  readonly municipalityId: string;
  /** Name of the municipality. */
  readonly municipalityName: string;
  /** Postal address of the centre. */
  readonly address: string;
  /** Opening hours by weekday; a weekday that is not listed is closed. */
  readonly openingHours: readonly IntakeOpeningDay[];
  /** Where the facts come from. */
  readonly origin: IntakeOrigin;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Way in which client and provider meet. `unknown` is read by those who have an older version of this list. */
export type IntakeChannel =
  | 'unknown'
  | 'in_person'
  | 'phone'
  | 'sms'
  | 'email'
  | 'form'
  | 'chat'
  | 'social'
  | 'e_service'
  | 'post';

/** What is known of a client is this from now on: all of it anew, since a sealed value opens in its own event only. */
export interface IntakeClientChanged {
  /** The client: a random id that says nothing about the person. */
  readonly subjectId: string;
  /** Natural or legal person. */
  readonly kind: IntakeClientKind;
  /** Of a legal person, which is public; absent for a natural one and for who has none. */
  readonly registrationNumber: string | null;
  /** Personal code of a natural person, eleven digits; absent for who has none. */
  readonly personalCode: Sealed | null;
  /** Whether the check digit did not fit and the clerk, who saw the document, said that the code is right. */
  readonly codeConfirmed: boolean;
  /** First name and surname, or the name of the legal person. */
  readonly clientName: Sealed;
  /** Telephone number with country code. */
  readonly phone: Sealed | null;
  /** E-mail address. */
  readonly email: Sealed | null;
  /** Official electronic address. */
  readonly eAddress: Sealed | null;
  /** Postal address. */
  readonly postalAddress: Sealed | null;
  /** Language in which the client wants to be spoken to. */
  readonly language: IntakeClientLanguage;
  /** Names of what is another than before. */
  readonly changed: readonly string[];
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Kind of person that the law knows. */
export type IntakeClientKind =
  | 'unknown'
  | 'natural'
  | 'legal';

/** Language in which a client wants to be spoken to. */
export type IntakeClientLanguage =
  | 'unknown'
  | 'lv'
  | 'en'
  | 'ru'
  | 'other';

/** The merging was wrong: the two records are two people again. */
export interface IntakeClientMergeUndone {
  /** The client: a random id that says nothing about the person. */
  readonly subjectId: string;
  /** The record that it was merged into. */
  readonly fromSubjectId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Two records were one person: this one is looked for under another id from now on. */
export interface IntakeClientMerged {
  /** The client: a random id that says nothing about the person. */
  readonly subjectId: string;
  /** The record that stays. */
  readonly intoSubjectId: string;
  /** What showed it. */
  readonly reason: IntakeMergeReason;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A person became a client of the network. What is theirs is sealed with their own key. */
export interface IntakeClientRegistered {
  /** The client: a random id that says nothing about the person. */
  readonly subjectId: string;
  /** Centre at which the client was registered. */
  readonly centreId: string;
  /** Natural or legal person. */
  readonly kind: IntakeClientKind;
  /** Of a legal person, which is public; absent for a natural one and for who has none. */
  readonly registrationNumber: string | null;
  /** Personal code of a natural person, eleven digits; absent for who has none. */
  readonly personalCode: Sealed | null;
  /** Whether the check digit did not fit and the clerk, who saw the document, said that the code is right. */
  readonly codeConfirmed: boolean;
  /** First name and surname, or the name of the legal person. */
  readonly clientName: Sealed;
  /** Telephone number with country code. */
  readonly phone: Sealed | null;
  /** E-mail address. */
  readonly email: Sealed | null;
  /** Official electronic address. */
  readonly eAddress: Sealed | null;
  /** Postal address. */
  readonly postalAddress: Sealed | null;
  /** Language in which the client wants to be spoken to. */
  readonly language: IntakeClientLanguage;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Why a case was closed. */
export type IntakeClosingReason =
  | 'unknown'
  | 'completed'
  | 'informed_only'
  | 'no_answer'
  | 'registered_in_error'
  | 'other';

/** A clerk informed or advised the client. */
export interface IntakeConsultationRecorded {
  /** The service case. */
  readonly caseId: string;
  /** Channel of this act. */
  readonly channel: IntakeChannel;
  /** Time that the clerk spent on this act, minutes. */
  readonly clerkMinutes: number;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Why a count is taken back. */
export type IntakeCorrectionReason =
  | 'unknown'
  | 'withdrawn'
  | 'annulled'
  | 'other';

/** Kind of client. */
export type IntakeCustomerKind =
  | 'unknown'
  | 'citizen'
  | 'business'
  | 'other';

/** The holder decided. */
export interface IntakeDecisionMade {
  /** The service case. */
  readonly caseId: string;
  /** Holder that decided. */
  readonly holderId: string;
  /** What was decided. */
  readonly outcome: IntakeDecisionOutcome;
  /** Ground of the decision. */
  readonly reason: IntakeDecisionReason;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** What the holder decided. */
export type IntakeDecisionOutcome =
  | 'unknown'
  | 'granted'
  | 'refused'
  | 'partly';

/** Ground of the decision, as a code. */
export type IntakeDecisionReason =
  | 'unknown'
  | 'requirements_met'
  | 'requirements_not_met'
  | 'partly_met'
  | 'no_jurisdiction'
  | 'other';

/** Stage of a service that can be gone through electronically. */
export type IntakeElectronicStage =
  | 'unknown'
  | 'information'
  | 'request'
  | 'execution'
  | 'result'
  | 'evaluation';

/** One field of the description, before and after, as text for people. */
export interface IntakeFieldChange {
  /** Name of the field. */
  readonly field: string;
  /** Value before; null: empty. */
  readonly before: string | null;
  /** Value after; null: empty. */
  readonly after: string | null;
}

/** Why another centre takes over. */
export type IntakeHandOverReason =
  | 'unknown'
  | 'client_moved'
  | 'capacity'
  | 'centre_closing'
  | 'other';

/** The client gave what the holder asked for. */
export interface IntakeInformationProvided {
  /** The service case. */
  readonly caseId: string;
  /** Channel of this act. */
  readonly channel: IntakeChannel;
  /** Time that the clerk spent on this act, minutes. */
  readonly clerkMinutes: number;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Why the holder cannot go on without the client. */
export type IntakeInformationReason =
  | 'unknown'
  | 'missing_document'
  | 'unclear_request'
  | 'identity_check'
  | 'payment'
  | 'other';

/** The holder waits for something from the client. */
export interface IntakeInformationRequested {
  /** The service case. */
  readonly caseId: string;
  /** Holder that asks. */
  readonly holderId: string;
  /** What is missing. */
  readonly reason: IntakeInformationReason;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** What kind of thing the case is linked to. */
export type IntakeLinkKind =
  | 'unknown'
  | 'contact'
  | 'mandate'
  | 'waiting_list';

/** What showed that two records are one person. */
export type IntakeMergeReason =
  | 'unknown'
  | 'same_code'
  | 'code_changed'
  | 'misspelt'
  | 'client_said';

/** Opening hours of one weekday. */
export interface IntakeOpeningDay {
  /** Day of the week, 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
  /** Periods in order, without overlap. */
  readonly periods: readonly IntakeOpeningPeriod[];
}

/** From opening to closing, wall clock of Europe/Riga. */
export interface IntakeOpeningPeriod {
  /** `HH:MM`, first minute open. */
  readonly opens: string;
  /** `HH:MM`, first minute closed again; `24:00` is the end of the day. */
  readonly closes: string;
}

/** What the client came for. */
export type IntakeOpeningPurpose =
  | 'unknown'
  | 'information'
  | 'application'
  | 'authorised_e_service'
  | 'result_delivery'
  | 'complaint'
  | 'other';

/** Where the facts come from: `report` is a table of the source documents, `invented` is sample data, `operator` was entered by hand. */
export type IntakeOrigin =
  | 'unknown'
  | 'report'
  | 'invented'
  | 'operator';

/** How long the holder takes in one channel. */
export interface IntakeProcessingTime {
  /** Channel of the request. */
  readonly channel: IntakeChannel;
  /** Time from request to result, in working days of the holder. */
  readonly workingDays: number;
}

/** Why an ended case goes on. */
export type IntakeReopeningReason =
  | 'unknown'
  | 'result_faulty'
  | 'new_circumstances'
  | 'closed_by_mistake'
  | 'other';

/** By what right somebody acts for a client. */
export type IntakeRepresentationGround =
  | 'unknown'
  | 'parent'
  | 'guardian'
  | 'trustee'
  | 'power_of_attorney'
  | 'board_member'
  | 'procuration';

/** The person acts for the client no more. */
export interface IntakeRepresentativeEnded {
  /** The client: a random id that says nothing about the person. */
  readonly subjectId: string;
  /** Who acted. */
  readonly representativeId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Another person acts for the client. */
export interface IntakeRepresentativeNamed {
  /** The client: a random id that says nothing about the person. */
  readonly subjectId: string;
  /** Who acts: a client of their own. */
  readonly representativeId: string;
  /** By what right. */
  readonly ground: IntakeRepresentationGround;
  /** Until when, milliseconds since 1970 in UTC; absent when nothing is said. */
  readonly validUntil: number | null;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The holder took the request and works on it. */
export interface IntakeRequestAccepted {
  /** The service case. */
  readonly caseId: string;
  /** Holder that accepted it. */
  readonly holderId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The holder is not competent; the case returns to the centre. */
export interface IntakeRequestRejectedAsWrongAuthority {
  /** The service case. */
  readonly caseId: string;
  /** Holder that rejected it. */
  readonly holderId: string;
  /** Holder that is competent in its opinion; null: none proposed. */
  readonly proposedHolderId: string | null;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The client received the result. */
export interface IntakeResultDelivered {
  /** The service case. */
  readonly caseId: string;
  /** Channel of this act. */
  readonly channel: IntakeChannel;
  /** Way of delivery. */
  readonly resultForm: IntakeResultForm;
  /** Time that the clerk spent on this act, minutes. */
  readonly clerkMinutes: number;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Way in which the result reached the client. */
export type IntakeResultForm =
  | 'unknown'
  | 'e_address'
  | 'at_centre'
  | 'post'
  | 'electronic';

/** A source says something else of a service than the catalogue did. */
export interface IntakeServiceChanged {
  /** The entry of the catalogue: UUIDv5 of holder and normalised title. */
  readonly serviceId: string;
  /** The whole description after the change. */
  readonly description: IntakeServiceDescription;
  /** What changed, field by field. */
  readonly changes: readonly IntakeFieldChange[];
  /** File or table that says so. */
  readonly source: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A count is taken back. */
export interface IntakeServiceCountCorrected {
  /** The count that no longer stands. */
  readonly countId: string;
  /** The service case. */
  readonly caseId: string;
  /** Why. */
  readonly reason: IntakeCorrectionReason;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A countable service was given; reporting, funding and open data count these and nothing else. */
export interface IntakeServiceCounted {
  /** The count; a correction names it. */
  readonly countId: string;
  /** Version of the counting rule, e.g. `1`. */
  readonly ruleVersion: string;
  /** The service case. */
  readonly caseId: string;
  /** The entry of the catalogue: UUIDv5 of holder and normalised title. */
  readonly serviceId: string;
  /** Holder of the service. */
  readonly holderId: string;
  /** Centre that gave it. */
  readonly centreId: string;
  /** Municipality of the centre. */
  readonly municipalityId: string;
  /** Channel in which it was given. */
  readonly channel: IntakeChannel;
  /** Kind of client. */
  readonly customerKind: IntakeCustomerKind;
  /** Whether the client or the service is of another country. */
  readonly crossBorder: boolean;
  /** Time that clerks spent on the case up to and with the counted act, minutes. */
  readonly clerkMinutes: number;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** What the catalogue says of a service. */
export interface IntakeServiceDescription {
  /** Title in Latvian. */
  readonly titleLv: string;
  /** Title in English; null where nobody has translated it. */
  readonly titleEn: string | null;
  /** Competent institution or municipality: ASCII slug of its name, e.g. `vsaa`. */
  readonly holderId: string;
  /** Name of the holder as the source prints it. */
  readonly holderName: string;
  /** Registration number of the holder, eleven digits; null where the source has none. */
  readonly holderRegistrationNumber: string | null;
  /** Channels in which the service can be had. */
  readonly channels: readonly IntakeChannel[];
  /** Stages that are available electronically. */
  readonly electronicStages: readonly IntakeElectronicStage[];
  /** Processing time by channel; a channel that is not listed has no stated time. */
  readonly processingTimes: readonly IntakeProcessingTime[];
  /** Support that a centre gives: 0 automatic answer, 1 clerk, 2 specialist of the holder, 3 expert of the holder; null where it is not known. */
  readonly supportLevel: number | null;
  /** Whether a clerk can file it electronically for a client under a mandate. */
  readonly authorisedEService: boolean;
  /** Codes of the life events to which it belongs, e.g. `moving`. */
  readonly lifeEvents: readonly string[];
  /** Code of the template that the same services of several holders share; null where there is none. */
  readonly template: string | null;
}

/** A source named a service that the catalogue did not have. */
export interface IntakeServiceListed {
  /** The entry of the catalogue: UUIDv5 of holder and normalised title. */
  readonly serviceId: string;
  /** What is known of it. */
  readonly description: IntakeServiceDescription;
  /** File or table that named it. */
  readonly source: string;
  /** Where the facts come from. */
  readonly origin: IntakeOrigin;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A source names a retired service again. */
export interface IntakeServiceRelisted {
  /** The entry of the catalogue: UUIDv5 of holder and normalised title. */
  readonly serviceId: string;
  /** What is known of it. */
  readonly description: IntakeServiceDescription;
  /** File or table that names it. */
  readonly source: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The request was submitted to the holder. */
export interface IntakeServiceRequested {
  /** The service case. */
  readonly caseId: string;
  /** The entry of the catalogue: UUIDv5 of holder and normalised title. */
  readonly serviceId: string;
  /** Holder to whom it was submitted. */
  readonly holderId: string;
  /** Channel of this act. */
  readonly channel: IntakeChannel;
  /** Time that the clerk spent on this act, minutes. */
  readonly clerkMinutes: number;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The last source that named the service no longer does. It takes no new cases and stays in the history. */
export interface IntakeServiceRetired {
  /** The entry of the catalogue: UUIDv5 of holder and normalised title. */
  readonly serviceId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** One more source names the service. */
export interface IntakeServiceSourceAdded {
  /** The entry of the catalogue: UUIDv5 of holder and normalised title. */
  readonly serviceId: string;
  /** File or table that names it now. */
  readonly source: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A source no longer names the service; others still do. */
export interface IntakeServiceSourceRemoved {
  /** The entry of the catalogue: UUIDv5 of holder and normalised title. */
  readonly serviceId: string;
  /** File or table that named it until now. */
  readonly source: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Why the client does not go on. */
export type IntakeWithdrawalReason =
  | 'unknown'
  | 'client_request'
  | 'no_longer_needed'
  | 'other';

/** What a partner agency is told of a case of its own services, on its own topic partner.<registration number>.case-events. Names nobody: neither client nor clerk, centre or account. */
export interface PartnerCaseEvent {
  /** The service case. */
  readonly caseId: string;
  /** The entry of the catalogue under which the partner has the case; a closing event names the one under which it had it. */
  readonly serviceId: string;
  /** Number of the event among all that this partner gets: 1, 2, 3 and so on, without a gap, over the ends of subscriptions too. The same event always has the same number. */
  readonly sequence: number;
  /** What happened. */
  readonly happened: PartnerCaseHappening;
  /** Where the case stands after it; for a closing event, where the partner left it. */
  readonly stage: PartnerCaseStage;
  /** In which way client and provider met; null where they did not. */
  readonly channel: PartnerChannel | null;
  /** It happened before the partner followed the case, and is told now because the partner does. */
  readonly history: boolean;
  /** The case went to another holder: the partner is told nothing more of it. */
  readonly closing: boolean;
  /** When it happened in the world, milliseconds since 1970 in UTC. */
  readonly occurredAt: number;
}

/** What happened to a case. `unknown` is read by those who have an older version of this list. */
export type PartnerCaseHappening =
  | 'unknown'
  | 'registered'
  | 'consulted'
  | 'requested'
  | 'accepted'
  | 'rejected_as_wrong_authority'
  | 'information_requested'
  | 'information_provided'
  | 'decided'
  | 'delivered'
  | 'withdrawn'
  | 'reopened'
  | 'closed'
  | 'readdressed';

/** Where a service case stands. */
export type PartnerCaseStage =
  | 'unknown'
  | 'registered'
  | 'consulted'
  | 'requested'
  | 'in_execution'
  | 'awaiting_information'
  | 'returned'
  | 'decided'
  | 'delivered'
  | 'closed'
  | 'withdrawn';

/** Way in which client and provider meet. `unknown` is read by those who have an older version of this list. */
export type PartnerChannel =
  | 'unknown'
  | 'in_person'
  | 'phone'
  | 'sms'
  | 'email'
  | 'form'
  | 'chat'
  | 'social'
  | 'e_service'
  | 'post';

/** The partner is told nothing more and reads nothing more. Local to the partner gateway, on no topic. */
export interface PartnergatewaySubscriptionEnded {
  /** Registration number of the partner, with right check digit. */
  readonly registrationNumber: string;
  /** Holder whose cases the partner is told of. */
  readonly holderId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A partner agency is told of the cases of a holder from now on. Local to the partner gateway, on no topic. */
export interface PartnergatewaySubscriptionOpened {
  /** Registration number of the partner, with right check digit. */
  readonly registrationNumber: string;
  /** Holder whose cases the partner is told of. */
  readonly holderId: string;
  /** Common name of the certificate with which the partner reads: its account in Kafka. */
  readonly certificateName: string;
  /** When it happened in the world, milliseconds since 1970 in UTC. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** A service erased what it had of a person: keys, tables, indexes. */
export interface PrivacyErasureConfirmed {
  /** Whose data it is about: a random id that says nothing about the person. */
  readonly subjectId: string;
  /** The erasure; of two records of one person the same. */
  readonly erasureId: string;
  /** The service. */
  readonly service: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The law wants the data of this person kept: an erasure is refused for this reason until then. */
export interface PrivacyErasureHeld {
  /** Whose data it is about: a random id that says nothing about the person. */
  readonly subjectId: string;
  /** The hold. */
  readonly holdId: string;
  /** Why. */
  readonly reason: PrivacyHoldReason;
  /** Until when, milliseconds since 1970 in UTC; absent: until it is lifted. */
  readonly heldUntil: number | null;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** The data need not be kept any longer. */
export interface PrivacyErasureHoldLifted {
  /** Whose data it is about: a random id that says nothing about the person. */
  readonly subjectId: string;
  /** The hold. */
  readonly holdId: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Every service confirmed. What is left, and until when. */
export interface PrivacyErasureProven {
  /** Whose data it is about: a random id that says nothing about the person. */
  readonly subjectId: string;
  /** The erasure; of two records of one person the same. */
  readonly erasureId: string;
  /** Services that confirmed. */
  readonly services: readonly string[];
  /** When the wrapping keys are changed at the latest, milliseconds since 1970 in UTC: until then backups and write-ahead logs hold the erased key, wrapped. */
  readonly backupsGoneBy: number;
  /** Until when the audit keeps under a key of its own who looked at the person, milliseconds since 1970 in UTC. */
  readonly auditKeptUntil: number;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** What is kept of a person is to be erased everywhere. Proposed by one, confirmed by another; from here on nothing more is sealed for this id. */
export interface PrivacyErasureRequested {
  /** Whose data it is about: a random id that says nothing about the person. */
  readonly subjectId: string;
  /** The erasure; of two records of one person the same. */
  readonly erasureId: string;
  /** Services that have to erase and to confirm it. */
  readonly services: readonly string[];
  /** Account that proposed it; another one confirmed it. */
  readonly proposedBy: string;
  /** When it happened in the world, milliseconds since 1970 in UTC; when it was recorded is kept beside the event. */
  readonly occurredAt: number;
  /** Account that did it; never a personal code. */
  readonly actorId: string;
}

/** Why data have to be kept. */
export type PrivacyHoldReason =
  | 'unknown'
  | 'court_proceedings'
  | 'legal_obligation'
  | 'open_case'
  | 'claim';

/** Status of a case in the words of the portal. */
export type StatusfeedItemStatus =
  | 'unknown'
  | 'not_started'
  | 'in_progress'
  | 'waiting_for_you'
  | 'needs_attention'
  | 'decided'
  | 'result_ready'
  | 'closed';

/** What the portal shows of a case changed. Local to the status feed, on no topic. What the source event does not say is null and stays as it was. */
export interface StatusfeedItemStatusChanged {
  /** The service case. */
  readonly caseId: string;
  /** The client; null: as before. */
  readonly subjectId: string | null;
  /** The entry of the catalogue; null: as before. */
  readonly serviceId: string | null;
  /** Holder of the service; null: as before. */
  readonly holderId: string | null;
  /** Status from now on; null: as before. */
  readonly status: StatusfeedItemStatus | null;
  /** Step that was reached; null: none. */
  readonly milestone: StatusfeedMilestone | null;
  /** Event of the case that made the change. */
  readonly sourceEventId: string;
  /** Version of that event in the case's stream. */
  readonly sourceVersion: number;
  /** When that event happened in the world, milliseconds since 1970 in UTC. */
  readonly sourceOccurredAt: number;
}

/** Step that the portal shows for a running service. */
export type StatusfeedMilestone =
  | 'unknown'
  | 'registered'
  | 'consulted'
  | 'requested'
  | 'accepted'
  | 'wrong_authority'
  | 'information_requested'
  | 'information_provided'
  | 'decided'
  | 'delivered'
  | 'withdrawn'
  | 'reopened'
  | 'closed';

/** Data of every event, by type. */
export interface EventMap {
  readonly 'approvals.Confirmed': ApprovalsConfirmed;
  readonly 'approvals.Proposed': ApprovalsProposed;
  readonly 'approvals.Withdrawn': ApprovalsWithdrawn;
  readonly 'audit.CheckpointSigned': AuditCheckpointSigned;
  readonly 'identity.AccountDeactivated': IdentityAccountDeactivated;
  readonly 'identity.AccountOpened': IdentityAccountOpened;
  readonly 'identity.AccountReactivated': IdentityAccountReactivated;
  readonly 'identity.RoleGranted': IdentityRoleGranted;
  readonly 'identity.RoleRevoked': IdentityRoleRevoked;
  readonly 'identity.SubstituteEnded': IdentitySubstituteEnded;
  readonly 'identity.SubstituteNamed': IdentitySubstituteNamed;
  readonly 'identity.TokensRevoked': IdentityTokensRevoked;
  readonly 'intake.CaseClaimed': IntakeCaseClaimed;
  readonly 'intake.CaseClosed': IntakeCaseClosed;
  readonly 'intake.CaseEvaluated': IntakeCaseEvaluated;
  readonly 'intake.CaseHandedOver': IntakeCaseHandedOver;
  readonly 'intake.CaseLinked': IntakeCaseLinked;
  readonly 'intake.CaseRegistered': IntakeCaseRegistered;
  readonly 'intake.CaseReleased': IntakeCaseReleased;
  readonly 'intake.CaseReopened': IntakeCaseReopened;
  readonly 'intake.CaseWithdrawn': IntakeCaseWithdrawn;
  readonly 'intake.CentreChanged': IntakeCentreChanged;
  readonly 'intake.CentreClosed': IntakeCentreClosed;
  readonly 'intake.CentreOpened': IntakeCentreOpened;
  readonly 'intake.ClientChanged': IntakeClientChanged;
  readonly 'intake.ClientMergeUndone': IntakeClientMergeUndone;
  readonly 'intake.ClientMerged': IntakeClientMerged;
  readonly 'intake.ClientRegistered': IntakeClientRegistered;
  readonly 'intake.ConsultationRecorded': IntakeConsultationRecorded;
  readonly 'intake.DecisionMade': IntakeDecisionMade;
  readonly 'intake.InformationProvided': IntakeInformationProvided;
  readonly 'intake.InformationRequested': IntakeInformationRequested;
  readonly 'intake.RepresentativeEnded': IntakeRepresentativeEnded;
  readonly 'intake.RepresentativeNamed': IntakeRepresentativeNamed;
  readonly 'intake.RequestAccepted': IntakeRequestAccepted;
  readonly 'intake.RequestRejectedAsWrongAuthority': IntakeRequestRejectedAsWrongAuthority;
  readonly 'intake.ResultDelivered': IntakeResultDelivered;
  readonly 'intake.ServiceChanged': IntakeServiceChanged;
  readonly 'intake.ServiceCountCorrected': IntakeServiceCountCorrected;
  readonly 'intake.ServiceCounted': IntakeServiceCounted;
  readonly 'intake.ServiceListed': IntakeServiceListed;
  readonly 'intake.ServiceRelisted': IntakeServiceRelisted;
  readonly 'intake.ServiceRequested': IntakeServiceRequested;
  readonly 'intake.ServiceRetired': IntakeServiceRetired;
  readonly 'intake.ServiceSourceAdded': IntakeServiceSourceAdded;
  readonly 'intake.ServiceSourceRemoved': IntakeServiceSourceRemoved;
  readonly 'partner.CaseEvent': PartnerCaseEvent;
  readonly 'partnergateway.SubscriptionEnded': PartnergatewaySubscriptionEnded;
  readonly 'partnergateway.SubscriptionOpened': PartnergatewaySubscriptionOpened;
  readonly 'privacy.ErasureConfirmed': PrivacyErasureConfirmed;
  readonly 'privacy.ErasureHeld': PrivacyErasureHeld;
  readonly 'privacy.ErasureHoldLifted': PrivacyErasureHoldLifted;
  readonly 'privacy.ErasureProven': PrivacyErasureProven;
  readonly 'privacy.ErasureRequested': PrivacyErasureRequested;
  readonly 'statusfeed.ItemStatusChanged': StatusfeedItemStatusChanged;
}

/** Every event type. */
export const eventTypes = [
  'approvals.Confirmed',
  'approvals.Proposed',
  'approvals.Withdrawn',
  'audit.CheckpointSigned',
  'identity.AccountDeactivated',
  'identity.AccountOpened',
  'identity.AccountReactivated',
  'identity.RoleGranted',
  'identity.RoleRevoked',
  'identity.SubstituteEnded',
  'identity.SubstituteNamed',
  'identity.TokensRevoked',
  'intake.CaseClaimed',
  'intake.CaseClosed',
  'intake.CaseEvaluated',
  'intake.CaseHandedOver',
  'intake.CaseLinked',
  'intake.CaseRegistered',
  'intake.CaseReleased',
  'intake.CaseReopened',
  'intake.CaseWithdrawn',
  'intake.CentreChanged',
  'intake.CentreClosed',
  'intake.CentreOpened',
  'intake.ClientChanged',
  'intake.ClientMergeUndone',
  'intake.ClientMerged',
  'intake.ClientRegistered',
  'intake.ConsultationRecorded',
  'intake.DecisionMade',
  'intake.InformationProvided',
  'intake.InformationRequested',
  'intake.RepresentativeEnded',
  'intake.RepresentativeNamed',
  'intake.RequestAccepted',
  'intake.RequestRejectedAsWrongAuthority',
  'intake.ResultDelivered',
  'intake.ServiceChanged',
  'intake.ServiceCountCorrected',
  'intake.ServiceCounted',
  'intake.ServiceListed',
  'intake.ServiceRelisted',
  'intake.ServiceRequested',
  'intake.ServiceRetired',
  'intake.ServiceSourceAdded',
  'intake.ServiceSourceRemoved',
  'partner.CaseEvent',
  'partnergateway.SubscriptionEnded',
  'partnergateway.SubscriptionOpened',
  'privacy.ErasureConfirmed',
  'privacy.ErasureHeld',
  'privacy.ErasureHoldLifted',
  'privacy.ErasureProven',
  'privacy.ErasureRequested',
  'statusfeed.ItemStatusChanged',
] as const;
